"""The look into an environment: what its scripts print is read without trust, and they say what is there."""

import json
import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.env.probe import Environment, ProbeFailed, TorchReport, parse

WHEELS = files("trueup.env.node").joinpath("wheel_records.py").read_text()
TORCH = files("trueup.env.node").joinpath("torch_report.py").read_text()
GOOD = {
    "python": "3.11.2",
    "prefix": "/e",
    "wheels": {"a": {"version": "1", "installer": "uv", "requires": [], "altered": []}},
}


def test_good_answer() -> None:
    """One JSON document."""
    found = parse(json.dumps(GOOD).encode(), Environment, "python - < script")

    assert ("3.11.2", "1", ()) == (found.python, found.wheels["a"].version, found.wheels["a"].altered)


@pytest.mark.parametrize(
    "out",
    [
        b"",
        b"Traceback (most recent call last):\n",
        b"\xff\xfe",
        b"null",
        b"[]",
        json.dumps(GOOD).encode() + b"\nmore",
        json.dumps({**GOOD, "more": 1}).encode(),
        json.dumps({**GOOD, "wheels": {"a": {"version": 1}}}).encode(),
    ],
)
def test_any_other_answer_is_named(out: bytes) -> None:
    """The message says what was run and what came back."""
    with pytest.raises(ProbeFailed, match="python - < script: expected one JSON document, found"):
        parse(out, Environment, "python - < script")


@given(st.binary(max_size=60))
def test_hostile_answers_are_refused(out: bytes) -> None:
    """Nothing else is raised."""
    try:
        parse(out, TorchReport, "x")
    except ProbeFailed:
        return


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with one wheel of two files, as an installer leaves it."""
    info = tmp_path / "Demo_Pkg-1.0.dist-info"
    info.mkdir()
    (tmp_path / "demo.py").write_text("x = 1\n")
    (tmp_path / "large.so").write_bytes(b"\0" * 5000)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Demo_Pkg\nVersion: 1.0\nRequires-Dist: numpy\n")
    (info / "INSTALLER").write_text("uv\n")
    digest = urlsafe_b64encode(sha256(b"x = 1\n").digest()).decode().rstrip("=")
    (info / "RECORD").write_text(
        f"demo.py,sha256={digest},6\nlarge.so,sha256=AAAA,5000\nDemo_Pkg-1.0.dist-info/RECORD,,\n"
    )
    return tmp_path


def files_report(site: Path, limit: int) -> dict[str, object]:
    """The script's answer about that folder's one wheel."""
    script = f"import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p] + [{str(site)!r}]\n{WHEELS}"
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-", str(limit)], input=script, capture_output=True, text=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout)["wheels"]["demo-pkg"]
    return found


def test_wheel_is_described(site: Path) -> None:
    """Name by PEP 503, version, installer, needs; a file over the limit is held to its size alone."""
    found = files_report(site, 100)

    assert ("1.0", "uv", ["numpy"]) == (found["version"], found["installer"], found["requires"])
    assert [] == found["altered"]


def test_damage_is_described(site: Path) -> None:
    """Other bytes, missing, of another size."""
    (site / "demo.py").write_text("x = 2\n")
    assert ["demo.py has other bytes than its wheel"] == files_report(site, 100)["altered"]
    (site / "large.so").write_bytes(b"")
    (site / "demo.py").unlink()

    assert ["demo.py is missing", "large.so has 0 bytes, its wheel 5000"] == files_report(site, 100)["altered"]


def test_a_large_file_that_is_newer_than_its_record_is_hashed(site: Path) -> None:
    """No installer writes after its RECORD: who did, patched it in place."""
    written = next(site.glob("*/RECORD")).stat().st_mtime + 60
    os.utime(site / "large.so", (written, written))

    assert ["large.so has other bytes than its wheel"] == files_report(site, 100)["altered"]


def test_every_byte_can_be_requested(site: Path) -> None:
    """With a limit above every size all files are hashed."""
    assert "large.so has other bytes than its wheel" in str(files_report(site, 10**9)["altered"])


def test_torch_that_does_not_import_is_an_answer(tmp_path: Path) -> None:
    """The guide's own error is a library that is missing at import."""
    (tmp_path / "torch.py").write_text("raise OSError('libcudart.so.11.0: cannot open shared object file')\n")
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.modules['numpy'] = sys\n{TORCH}"
    done = subprocess.run([sys.executable, "-B", "-"], input=script.encode(), capture_output=True, check=True)

    assert "libcudart.so.11.0" in parse(done.stdout, TorchReport, "torch").error
