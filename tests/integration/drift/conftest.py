"""What drift's tests need of Debian; a machine that lacks it is told what to type, and nothing is skipped."""

import shutil
from pathlib import Path

import pytest

from lab.host_capabilities import missing_packages

PACKAGES = Path(__file__).with_name("host-packages.txt")


@pytest.fixture(scope="session", autouse=True)
def packages() -> None:
    """Fails at once, with the command, where a package is not installed."""
    missing = missing_packages(PACKAGES.read_text(), lambda file: Path(file).exists() or bool(shutil.which(file)))
    if missing:
        pytest.exit(f"apt-get install -y --no-install-recommends {' '.join(missing)}", returncode=2)
