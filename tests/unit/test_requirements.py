"""The two locks of the controller: what everybody installs, and what the project's own tests need beside it."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package -> version."""
    return dict(_PIN.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")))


def test_an_operator_s_packages_are_those_that_were_tested() -> None:
    """`tox -e lock` writes both; one that was forgotten would ship what nobody ran."""
    tested = pins("dev.txt")

    assert {} == {name: version for name, version in pins("run.txt").items() if tested.get(name) != version}


def test_what_trueup_imports_is_locked() -> None:
    """Every dependency, those of the extras for files and history, and the builder of an editable install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    needed = [
        *project["project"]["dependencies"],
        *extras["mirror"],
        *extras["drift"],
        *project["build-system"]["requires"],
    ]

    assert {re.split(r"[<>=]", name)[0] for name in needed} - set(pins("run.txt")) == set()
