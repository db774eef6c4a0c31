"""Print the environment's stray files as a JSON list, on a node.

The environment's Python runs it with the standard library alone.
"""

import csv
import json
import pathlib
import re
import sys
import sysconfig

LIBRARY = re.compile(
    r"^lib(cublas|cublasLt|cudart|cudnn[a-z_]*|cufft|cufftw|cupti|curand|cusolver|cusparse|nccl|nvrtc)[-.].*so"
)
site = pathlib.Path(sysconfig.get_paths()["purelib"])


def brought(record: pathlib.Path) -> "set[str]":
    """The files of a RECORD (PEP 376) that could be taken for strays; to resolve all of them costs seconds."""
    with record.open(encoding="utf-8", newline="") as lines:
        return {str((site / row[0]).resolve()) for row in csv.reader(lines) if row and concerns(row[0])}


def concerns(name: str) -> bool:
    """Return whether the path is a CUDA library or a possible hook."""
    last = name.rpartition("/")[2]
    return bool(LIBRARY.match(last)) or last.endswith(".pth") or last in ("sitecustomize.py", "usercustomize.py")


known = {name for record in site.glob("*.dist-info/RECORD") for name in brought(record)}


def is_hook(path: pathlib.Path) -> bool:
    """A .pth with a line that counts, or a module that site imports by itself (site module's documentation)."""
    if path.suffix == ".pth":
        return any(line.strip() and not line.startswith("#") for line in path.read_text(errors="replace").splitlines())
    return True


libraries = [
    path
    for folder in (site / "torch/lib", *site.glob("nvidia/*/lib"), pathlib.Path(sys.prefix) / "lib")
    if folder.is_dir()
    for path in folder.iterdir()
    if LIBRARY.match(path.name)
]
hooks = [*site.glob("*.pth"), *site.glob("sitecustomize.py"), *site.glob("usercustomize.py")]
strays = [path for path in libraries if str(path.resolve()) not in known]
strays += [path for path in hooks if str(path.resolve()) not in known and is_hook(path)]
print(json.dumps(sorted(map(str, strays))))
