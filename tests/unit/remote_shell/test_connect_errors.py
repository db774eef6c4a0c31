"""A real sshd that does not let us in: each message says whose fault it is, and what to do."""

from dataclasses import replace

import pytest

from tests.unit.remote_shell.sshd import Sshd
from trueup.remote_shell import AuthenticationRefused, HostKeyRefused, Shell


def test_another_host_key_is_refused_with_both_fingerprints(sshd: Sshd) -> None:
    """A node that was reinstalled and a man in the middle look the same: a person decides."""
    with pytest.raises(HostKeyRefused, match=r"SHA256:.*SHA256:.*ssh-keygen -R"):
        Shell(sshd.target(known_hosts="wrong_hosts"))


def test_an_unknown_host_key_is_never_accepted(sshd: Sshd) -> None:
    """Not even the first time, and no file is written."""
    with pytest.raises(HostKeyRefused, match=r"none is pinned.*Log in once by hand \(ssh "):
        Shell(sshd.target(known_hosts="empty_hosts"))

    assert "" == (sshd.home / "empty_hosts").read_text()


def test_what_the_user_has_pinned_is_shown(sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file in the inventory the keys are in ~/.ssh/known_hosts, and a changed one is no first contact."""
    (sshd.home / ".ssh").mkdir()
    (sshd.home / ".ssh/known_hosts").write_text((sshd.home / "wrong_hosts").read_text())
    monkeypatch.setenv("HOME", str(sshd.home))

    with pytest.raises(HostKeyRefused, match=r"in your known_hosts \(ssh-\S+ SHA256:.*ssh-keygen -R"):
        Shell(replace(sshd.target(), known_hosts=None))


def test_a_strange_key_is_refused(sshd: Sshd) -> None:
    """The error names the key that was tried."""
    with pytest.raises(AuthenticationRefused, match="stranger"):
        Shell(replace(sshd.target(), key=str(sshd.home / "stranger")))


def test_files_that_are_not_there_are_named(sshd: Sshd) -> None:
    """A mistyped path in the inventory is not a network fault."""
    with pytest.raises(AuthenticationRefused, match="no-such-key"):
        Shell(replace(sshd.target(), key=str(sshd.home / "no-such-key")))
    with pytest.raises(HostKeyRefused, match=r"no_such_hosts \(none is pinned\)"):
        Shell(sshd.target(known_hosts="no_such_hosts"))
