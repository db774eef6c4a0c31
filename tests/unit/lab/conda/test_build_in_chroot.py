"""The chroot is made of inputs that never change, from the mirror that this machine's apt uses."""

from pathlib import Path

import pytest

from lab.conda import build_in_chroot
from lab.errors import LabError
from lab.host_apt import HostAptSettings

CARRIED = HostAptSettings(
    sources=("deb http://site/debian bookworm main", "deb http://site/security bookworm-security main"),
    options=('Acquire::http::Proxy "http://proxy:3128";',),
    certificates=(),
)


def test_the_old_suite_comes_from_the_same_mirror() -> None:
    """Its one frozen release; never its updates."""
    assert ["deb http://site/debian bullseye main"] == build_in_chroot.sources(CARRIED)


def test_a_host_that_is_not_debian_uses_mmdebstrap_s_own() -> None:
    """No address is written down here."""
    assert [] == build_in_chroot.sources(HostAptSettings((), (), ()))


def test_updates_are_dropped_from_the_default_sources() -> None:
    """mmdebstrap adds them by itself when it is given no line."""
    found = build_in_chroot.command(Path("/out"), CARRIED)

    assert f"--setup-hook={build_in_chroot.NO_UPDATES}" in found
    assert '--aptopt=Acquire::http::Proxy "http://proxy:3128";' in found
    assert "deb http://site/debian bullseye main" == found[-1]


def test_nothing_of_the_user_s_environment_gets_in() -> None:
    """A CFLAGS or PYTHONDONTWRITEBYTECODE would change the bytes, and the lock would no longer fit."""
    compile_ = next(word for word in build_in_chroot.command(Path("/out"), CARRIED) if "build.sh" in word)

    assert compile_.startswith("--customize-hook=env -i PATH=")


def test_a_missing_mmdebstrap_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LabError, match="apt-get install mmdebstrap"):
        build_in_chroot.compile_python(tmp_path, tmp_path / "log", print)


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """An mmdebstrap that runs a script."""
    program = tmp_path / "mmdebstrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(build_in_chroot, "gather", lambda: CARRIED)


def test_steps_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes pass; each part is named as it begins, and the log has everything."""
    fake(tmp_path, monkeypatch, 'echo "I: extracting archives..." >&2; echo "step: compile CPython"; echo noise')
    told: list[str] = []

    build_in_chroot.compile_python(tmp_path, tmp_path / "log", told.append)

    assert ["chroot: extracting archives...", "compile CPython"] == told
    assert "noise" in (tmp_path / "log").read_text()


def test_a_failure_shows_the_end_of_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreachable mirror is the likely one; nothing else is tried in its place."""
    fake(tmp_path, monkeypatch, 'echo "E: cannot reach the mirror" >&2; exit 1')

    with pytest.raises(LabError, match="cannot reach the mirror") as caught:
        build_in_chroot.compile_python(tmp_path, tmp_path / "log", print)

    assert str(tmp_path / "log") in str(caught.value)
