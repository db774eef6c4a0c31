"""trueup.env.node.ds_report: asking DeepSpeed leaves nothing in the home, where its import and its end write."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
# As DeepSpeed 0.14.5 does where triton is (ops/transformer/inference/triton/matmul_ext.py); then the import fails.
WRITER = """
import atexit, os, pathlib
place = pathlib.Path(os.environ.get("TRITON_CACHE_DIR", pathlib.Path.home() / ".triton/autotune"))
place.mkdir(parents=True, exist_ok=True)
def write():
    (place / "kernel.pickle").write_bytes(b"x")
    pathlib.Path(os.environ["REPORTED"]).write_text(str(place))
atexit.register(write)
raise ImportError("no torch")
"""


def test_what_deepspeed_writes_goes_with_the_probe(tmp_path: Path) -> None:
    """Looking never touches: a cache in root's home is one that a user's job would read."""
    home, temporary, told = tmp_path / "home", tmp_path / "tmp", tmp_path / "told"
    for folder in (home, temporary, tmp_path / "site/deepspeed"):
        folder.mkdir(parents=True)
    (tmp_path / "site/deepspeed/__init__.py").write_text(WRITER)
    own = {"HOME": str(home), "TMPDIR": str(temporary), "REPORTED": str(told), "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(
        [sys.executable, "-B", "-"],
        input=(ROOT / "trueup/env/node/ds_report.py").read_text(),
        env={"PATH": os.environ["PATH"], **own},
        capture_output=True,
        text=True,
        check=True,
    )

    assert {"error": "ImportError: no torch"} == json.loads(done.stdout), done.stderr
    assert [str(temporary)] == [str(Path(told.read_text()).parent)]
    assert [] == [*home.iterdir(), *temporary.iterdir()]
