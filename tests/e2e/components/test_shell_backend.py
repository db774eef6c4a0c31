"""The long-lived shell on lab nodes: stock testinfra gives the same answers, and a sick node is still looked at."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import testinfra
from testinfra.host import Host

from lab.instance import load
from tests.e2e.conftest import Pair
from trueup.remote_shell import LocalTransport, Result, Shell, Target, as_testinfra_host

pytestmark = pytest.mark.slow

READ_ONLY = """#!/bin/sh
exec unshare -m sh -c 'mount -o remount,bind,ro / && exec sh "$@"' sh "$@"
"""

QUESTIONS: list[Callable[[Host], object]] = [
    lambda host: host.file("/etc/passwd").mode,
    lambda host: host.file("/etc/passwd").content,
    lambda host: host.file("/etc/no such").exists,
    lambda host: host.file("/usr/bin/env").sha256sum,
    lambda host: host.package("openssh-server").version,
    lambda host: host.package("no-such-package").is_installed,
    lambda host: host.service("ssh").is_running,
    lambda host: host.service("ssh").is_enabled,
    lambda host: host.user("root").home,
    lambda host: host.group("root").gid,
    lambda host: host.sysctl("kernel.ostype"),
    lambda host: host.mount_point("/proc").filesystem,
    lambda host: host.system_info.distribution,
    lambda host: host.environment()["HOME"],
    lambda host: [each["comm"] for each in host.process.filter(comm="systemd-logind")],
    lambda host: host.run("printf 'a\\377'; printf b >&2; exit 9").rc,
    lambda host: host.run("printf 'a\\377'; printf b >&2; exit 9").stdout_bytes,
    lambda host: host.run("printf %s %s", "it's", "$HOME").stdout,
]


@pytest.fixture(scope="module")
def target(pair: Pair) -> Target:
    """How to reach the first node."""
    lab = load(pair.name)
    assert lab is not None
    return Target("node1", lab.address("node1"), 22, "root", str(lab.key), str(lab.known_hosts))


@pytest.fixture(scope="module")
def shell(target: Target) -> Iterator[Shell]:
    """A shell on it."""
    with Shell(target) as shell:
        yield shell


def test_stock_modules_answer_as_over_plain_ssh(shell: Shell, target: Target, tmp_path: Path) -> None:
    """A check must not depend on how its question travels."""
    config = tmp_path / "config"
    config.write_text(
        f"Host node1\n  HostName {target.hostname}\n  User root\n  IdentityFile {target.key}\n"
        f"  UserKnownHostsFile {target.known_hosts}\n"
    )
    plain = testinfra.get_host("ssh://node1", ssh_config=str(config))
    ours = as_testinfra_host(shell)

    assert [ask(plain) for ask in QUESTIONS] == [ask(ours) for ask in QUESTIONS]


def test_a_full_tmp_stops_no_check(target: Target, shell: Shell) -> None:
    """A full disk is a thing to report, not a thing to fail on: the shell needs no file."""
    shell.run("mount -t tmpfs -o size=64k full /tmp && head -c 1M /dev/zero >/tmp/full")
    try:
        with Shell(target) as second:
            found = second.run("cat; df -P /tmp | grep -c 100%", stdin=b"in\n")
    finally:
        shell.run("umount /tmp")

    assert Result(0, b"in\n1\n", b"") == found


def test_a_read_only_root_stops_no_check(tmp_path: Path) -> None:
    """Nor is a file system that went read-only. The namespace of a process stands in for a node here."""
    program = tmp_path / "sh"
    program.write_text(READ_ONLY)
    program.chmod(0o755)
    with Shell.over(LocalTransport("read-only", str(program))) as shell:
        found = shell.run("cat; : >/trueup-was-here", stdin=b"in\n")

    assert (b"in\n", True) == (found.out, b"Read-only" in found.err)
    assert not Path("/trueup-was-here").exists()
