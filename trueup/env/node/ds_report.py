"""Print every row of ds_report as JSON; run by the environment's own Python with DS_ACCELERATOR set.

The functions are those of DeepSpeed's own report (deepspeed/env_report.py); their output goes to standard error, so
that standard output holds the JSON alone.
"""

import atexit
import contextlib
import importlib.util
import json
import os
import pathlib
import sys
import tempfile

# DeepSpeed's import makes a folder for triton's timings in the home, and its end writes them. What was registered
# first runs last: the folder goes after they were written.
scratch = tempfile.TemporaryDirectory(prefix="trueup-")
atexit.register(scratch.cleanup)
os.environ.update(TRITON_CACHE_DIR=scratch.name, TORCH_EXTENSIONS_DIR=scratch.name)


def report() -> "dict[str, object]":
    """Collect ops, versions and what the wheel was compiled with, or the error of the import."""
    try:
        import deepspeed
        import torch
        from deepspeed import env_report
        from deepspeed.accelerator import get_accelerator
        from deepspeed.git_version_info import installed_ops, torch_info
        from deepspeed.ops.op_builder.all_ops import ALL_OPS
    except (ImportError, OSError, AttributeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    root = pathlib.Path(deepspeed.__path__[0])
    size, warnings = env_report.get_shm_size()
    return {
        "accelerator": get_accelerator().device_name(),
        "ops": {
            name: {"installed": bool(installed_ops.get(name)), "compatible": bool(builder.is_compatible(verbose=False))}
            for name, builder in ALL_OPS.items()
        },
        "ninja": env_report.ninja_installed() and importlib.util.find_spec("ninja") is not None,
        "torch_path": str(torch.__path__[0]),
        "torch": torch.__version__,
        "torch_cuda": torch.version.cuda,
        "deepspeed_path": str(root),
        "deepspeed": deepspeed.__version__,
        "nvcc": env_report.nvcc_version(),
        "compiled_torch": str(torch_info["version"]),
        "compiled_cuda": str(torch_info["cuda_version"]),
        "shm": size,
        "shm_warnings": warnings or [],
        "libraries": {path.name.partition("_op.")[0]: str(path) for path in sorted(root.glob("ops/**/*_op.*so"))},
    }


with contextlib.redirect_stdout(sys.stderr):
    rows = report()
print(json.dumps(rows))
