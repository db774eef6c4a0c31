"""The site's own lock."""

from pathlib import Path

import pytest

from trueup.declaration import LAB
from trueup.lockfile.lockfile import LockError
from trueup.lockfile.site_lockfile import find_artifact, read_site_lock, site_lock_path
from trueup.lockfile.wheel_names import wheel_name
from trueup.platforms import distro_of

SHA = "0" * 64


def test_no_file_is_an_empty_lock(tmp_path: Path) -> None:
    """Most sites have none."""
    assert () == read_site_lock(tmp_path / "lab.lock").artifacts


def test_one_project_may_come_once_an_architecture(tmp_path: Path) -> None:
    """Two kinds of GPU are two wheels of DeepSpeed."""
    names = [wheel_name(LAB.deepspeed, LAB.env, capability) for capability in ("7.0", "8.0")]
    site_lock_path(tmp_path / "lab.lock").write_text("".join(f"{name} 1 {SHA} lab\n" for name in names))
    lock = read_site_lock(tmp_path / "lab.lock")
    found = [find_artifact(name, lock) for name in names]

    assert names == [artifact.name for artifact in found if artifact]


@pytest.mark.parametrize("text", ["a.whl 1\n", f"a 1 {SHA} lab\na 1 {SHA} lab\n", f"../a 1 {SHA} lab\n"])
def test_mistakes_are_refused(tmp_path: Path, text: str) -> None:
    """What is trusted here is installed as root."""
    site_lock_path(tmp_path / "lab.lock").write_text(text)

    with pytest.raises(LockError, match=r"lab\.site\.lock"):
        read_site_lock(tmp_path / "lab.lock")


def test_wheel_s_name_says_for_whom_it_is() -> None:
    """One torch, one CUDA, one architecture."""
    wanted = "deepspeed-0.14.5-1_torch2.0.1_cu11.7_sm_80_fused_adam-cp311-cp311-linux_x86_64.whl"

    assert wanted == wheel_name(LAB.deepspeed, LAB.env, "8.0")


@pytest.mark.parametrize(
    ("distro", "version", "folder"),
    [
        ("debian", "12", "apt/debian12/x86_64"),
        ("ubuntu", "22.04", "apt/ubuntu2204/x86_64"),
        ("rocky", "9.3", "yum/rhel9/x86_64"),
    ],
)
def test_folders_are_nvidia_s(distro: str, version: str, folder: str) -> None:
    """A mirror of NVIDIA's repository is served as it is."""
    assert folder == distro_of(distro, version).nvidia.folder
