"""What the lab serves in the place of Anaconda: CPython as a conda package, and the installer. Built once, kept.

`python -m lab.conda.build` builds and prints the folder; `trueup mirror lock lab --keep --folder lab=FOLDER` puts
its files into the lock after a change of the recipe or the stand-in.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from lab.conda import installer
from lab.conda.build_in_chroot import PACKAGES, RECIPE, compile_python
from lab.paths import cache_root
from lab.progress import Steps
from trueup.files import locked

Progress = Callable[[str], None]


def _key() -> str:
    """Changes with anything that goes into the package."""
    digest = hashlib.sha256(repr(PACKAGES).encode())
    for path in sorted(path for path in RECIPE.iterdir() if path.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _python(folder: Path, progress: Progress) -> Path:
    """The folder with the compiled package, which appears only when it is whole."""
    done = folder / f"python-{_key()}"
    if not done.is_dir():
        fresh = folder / "python.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        compile_python(fresh, folder / "build.log", progress)
        fresh.rename(done)
    return done


def ensure(progress: Progress | None = None) -> Path:
    """The folder that is origin `lab`: the installer and the conda package, flat. LabError if it cannot be built.

    progress gets one line per step. The first call takes about two minutes on two cores, later ones none.
    """
    say = progress or (lambda _line: None)
    folder = cache_root() / "conda"
    with locked(folder / ".lock"):
        python = _python(folder, say)
        served = folder / "served"
        served.mkdir(exist_ok=True)
        for old in served.glob("*.tar.bz2"):
            old.unlink()
        for package in python.glob("*.tar.bz2"):
            (served / package.name).hardlink_to(package)
        installer.make(next(python.glob("*.tar.gz")), served / installer.NAME)
    return served


def main() -> None:
    """Build what is missing, with a line per step, and print the folder."""
    with Steps() as steps, steps.step("CPython and the lab's installer (about two minutes, once)"):
        folder = ensure(steps.say)
    print(folder)


if __name__ == "__main__":
    main()
