"""Import torch and print its build and the mapped CUDA libraries as JSON.

Run by the environment's own Python, with the variables that an ssh command gets.
"""

import base64
import csv
import hashlib
import json
import pathlib
import re
import sysconfig

LIBRARY = re.compile(
    r"^lib(cublas|cublasLt|cudart|cudnn[a-z_]*|cufft|cufftw|cupti|curand|cusolver|cusparse|nccl|nvrtc)[-.].*so"
)
HASHED = ("libnccl", "libcudart", "libcublas.", "libcublasLt")


def digest(path: str) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    total = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            total.update(piece)
    return total.hexdigest()


def mapped() -> "dict[str, str]":
    """Return the path of every CUDA library in this process, with the hash of those in HASHED."""
    with open("/proc/self/maps") as file:
        files = {line.split(None, 5)[5].strip() for line in file if "/" in line}
    paths = sorted(path for path in files if LIBRARY.match(path.rsplit("/", 1)[1]))
    return {path: digest(path) if path.rsplit("/", 1)[1].startswith(HASHED) else "" for path in paths}


def recorded(paths: "list[str]") -> "dict[str, str]":
    """Return the SHA-256 in hex that the RECORDs of the environment have for these files (PEP 376, PEP 427)."""
    site = pathlib.Path(sysconfig.get_paths()["purelib"])
    hashes = dict.fromkeys(paths, "")
    for record in site.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as lines:
            for name, value, _ in csv.reader(lines):
                path = str(site / name)
                if path in hashes and value.startswith("sha256="):
                    hashes[path] = base64.urlsafe_b64decode(value[7:] + "=").hex()
    return hashes


def computed() -> "dict[str, object]":
    """Sum a numpy array; a torch that was compiled against another numpy raises RuntimeError."""
    import numpy as np
    import torch

    try:
        return {"sum": float(torch.from_numpy(np.arange(1000, dtype="float64")).sum())}
    except RuntimeError as error:
        return {"trouble": str(error)}


def report() -> "dict[str, object]":
    """Collect what torch reports, or the error of its import."""
    try:
        import numpy as np
        import torch
    except (ImportError, OSError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    libraries = mapped()
    return {
        "version": torch.__version__,
        "cuda": torch.version.cuda,
        "cuda_available": torch.cuda.is_available(),
        "architectures": torch._C._cuda_getArchFlags(),
        "nccl": ".".join(str(part) for part in torch.cuda.nccl.version()),
        "numpy": np.__version__,
        **computed(),
        "mapped": libraries,
        "recorded": recorded(list(libraries)),
    }


print(json.dumps(report()))
