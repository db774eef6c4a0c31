# pyinfra's own settings, nothing else.

REQUIRE_PYINFRA_VERSION = ">=3.10,<4"
