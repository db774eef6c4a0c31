"""How yum and dnf are told: the lock is waited for with an end, and all of the names or none."""

import os
import subprocess
from pathlib import Path

import pytest

from deploy import package_managers


def test_rpm_s_managers_never_wait_by_themselves() -> None:
    """Both wait for each other without end."""
    command = package_managers.rpm("yum", "install", ["a", "b;c"], options="--disableplugin=versionlock")

    assert "yum -y --setopt=exit_on_lock=1 --disableplugin=versionlock install a 'b;c'" == command


def wait(tmp_path: Path, seconds: int) -> subprocess.CompletedProcess[str]:
    command = package_managers.ready("dnf", "node2", seconds).replace("/var/", f"{tmp_path}/var/")
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=30)


def lock(tmp_path: Path, process: int) -> None:
    place = tmp_path / "var/lib/dnf/rpmdb_lock.pid"
    place.parent.mkdir(parents=True)
    place.write_text(str(process))


def test_held_lock_names_its_holder(tmp_path: Path) -> None:
    """The node, the process, and what to do."""
    lock(tmp_path, os.getpid())
    done = wait(tmp_path, 0)

    assert 1 == done.returncode
    for word in ("node2: dnf: wanted its lock within 0 s", f"process {os.getpid()} (", "then converge again."):
        assert word in done.stderr


def test_lost_list_of_locks_is_there_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it dnf installs nothing; one that is there is left as it is."""
    confs = [tmp_path / "yum.conf", tmp_path / "dnf.conf", tmp_path / "none.conf"]
    lists = [tmp_path / "yum.list", tmp_path / "dnf.list"]
    for conf, path in zip(confs, lists, strict=False):
        conf.write_text(f"[main]\nenabled = 1\nlocklist = {path}\n")
    lists[0].write_text("0:nvidia-driver-580*\n")
    monkeypatch.setattr(package_managers, "_LISTS", " ".join(map(str, confs)))
    done = wait(tmp_path, 0)

    assert (0, "") == (done.returncode, done.stderr)
    assert ["0:nvidia-driver-580*\n", ""] == [path.read_text() for path in lists]


def test_lock_of_the_dead_is_none(tmp_path: Path) -> None:
    """A killed dnf leaves its file behind; dnf itself takes such a lock over."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock(tmp_path, ended.pid)

    assert (0, "") == ((done := wait(tmp_path, 0)).returncode, done.stderr)


def test_rpm_s_own_lock_counts(tmp_path: Path) -> None:
    """A bare rpm writes no process id; the kernel knows who holds its lock."""
    place = tmp_path / "var/lib/rpm/.rpm.lock"
    place.parent.mkdir(parents=True)
    hold = f"import fcntl, sys; f = open({str(place)!r}, 'w'); fcntl.lockf(f, fcntl.LOCK_EX); "
    hold += "print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(["python3", "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert "held\n" == holder.stdout.readline()
        done = wait(tmp_path, 0)
        assert holder.stdin is not None
        holder.stdin.close()

    assert (1, True) == (done.returncode, f"process {holder.pid} (python3)" in done.stderr)


@pytest.mark.parametrize("manager", ["apt", "dnf", "yum"])
def test_every_command_is_shell(manager: str) -> None:
    """Quoted, whatever a name holds."""
    for command in package_managers.install(manager, ["a$(b)", "c'd"], "node2"):
        assert 0 == subprocess.run(["sh", "-n", "-c", command], check=False).returncode


def test_yum_is_checked_to_have_installed_all() -> None:
    """yum 3 ends well where it found one of two packages."""
    command = package_managers.install("yum", ["there", "missing"], "node2")[-1]

    assert "&& rpm -q there missing >/dev/null" in command
    assert "node2: packages: wanted there, missing from yum" in command
