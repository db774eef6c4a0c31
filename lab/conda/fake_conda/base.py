"""Lays out a base prefix from the unpacked installer: argv is PREFIX, the unpacked CPython package, and 0 or 1.

Run by path on that package's own Python; the last thing that appears is PREFIX/bin/conda.
"""

import compileall
import importlib
import json
import py_compile
import shutil
import sys
from pathlib import Path
from string import Template

PACKAGE = "lab_conda"
CONDA = """\
#!$prefix/bin/python -I
# The lab's stand-in for conda.
import sys

from lab_conda.cli import main

sys.exit(main())
"""
CONDA_SH = """\
# The lab's stand-in for conda's shell function.
export CONDA_EXE='$prefix/bin/conda'
export CONDA_PYTHON_EXE='$prefix/bin/python'
conda() {
    case "$${1-}" in
        activate | deactivate)
            __conda_answer=$$("$$CONDA_EXE" shell.posix "$$@") || return
            eval "$$__conda_answer"
            hash -r
            ;;
        *) "$$CONDA_EXE" "$$@" ;;
    esac
}
if [ -z "$${CONDA_SHLVL+x}" ]; then
    export CONDA_SHLVL=0
    export PATH="$prefix/condabin:$$PATH"
fi
"""
ACTIVATE = """\
# The lab's stand-in: . $prefix/bin/activate NAME
. '$prefix/etc/profile.d/conda.sh'
conda activate "$${1:-base}"
"""
CONDARC = """\
add_pip_as_python_dependency: False
auto_update_conda: False
"""


def _write(path: Path, text: str, prefix: Path, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(text).substitute(prefix=prefix), encoding="utf-8")
    path.chmod(mode)


def _origin(package: Path) -> dict[str, object]:
    """The record that the package would have come from a channel with."""
    index = json.loads((package / "info" / "index.json").read_text(encoding="utf-8"))
    no_file = {"md5": "", "sha256": "", "size": 0, "fn": f"{package.name}.tar.bz2", "channel_url": "installer"}
    return {**index, **no_file, "url": f"installer/{index['subdir']}/{package.name}.tar.bz2"}


def main(prefix: Path, package: Path) -> None:
    """Link CPython, install the stand-in for conda, and finish with bin/conda."""
    library = prefix / "lib" / "python3.11" / "site-packages" / PACKAGE
    shutil.rmtree(library, ignore_errors=True)
    shutil.copytree(Path(__file__).parent, library)
    sys.path.insert(0, str(library.parent))
    link = importlib.import_module(f"{PACKAGE}.link")
    record = _origin(package)
    link.link(package, record, prefix, "python=3.11")
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(library, quiet=1, invalidation_mode=mode)
    (prefix / "envs").mkdir(exist_ok=True)
    _write(prefix / ".condarc", CONDARC, prefix)
    _write(prefix / "etc" / "profile.d" / "conda.sh", CONDA_SH, prefix)
    _write(prefix / "bin" / "activate", ACTIVATE, prefix)
    _write(prefix / "condabin" / "conda", CONDA, prefix, 0o755)
    link.write_history(prefix, "installer", [record], ["python=3.11"])
    _write(prefix / "bin" / "conda", CONDA, prefix, 0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
