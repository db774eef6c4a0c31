"""Acceptance: its machinery, and the fixtures that a check may ask for."""

pytest_plugins = ["trueup.accept.fixtures", "trueup.accept.plugin"]
