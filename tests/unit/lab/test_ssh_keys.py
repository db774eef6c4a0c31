"""Host keys are pinned as Podman reads them; ssh is called with them and nothing of the user's."""

from pathlib import Path

import pytest

from lab import ssh_keys
from lab.instance import Instance
from lab.podman import Podman


class Reading(Podman):
    """Podman whose nodes show one host key."""

    def call(self, *arguments: str, **_options: object) -> str:
        """The key, named after the container."""
        return f"ssh-ed25519 KEY-OF-{arguments[1]} root@node\n"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """An instance in a home of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return Instance("second", 7)


def test_known_hosts_lines_name_address_and_node() -> None:
    """One line a key, without its comment; empty lines are none."""
    found = ssh_keys.known_hosts_lines("node1", "10.213.7.11", "ssh-ed25519 AAAA root@x\n\nssh-rsa BBBB\n")

    assert found == ["10.213.7.11,node1 ssh-ed25519 AAAA", "10.213.7.11,node1 ssh-rsa BBBB"]


def test_pinning_one_node_leaves_the_others(lab: Instance) -> None:
    """A node made anew replaces its own lines only, also where one address begins another."""
    lab.known_hosts.parent.mkdir(parents=True)
    lab.known_hosts.write_text("10.213.7.110,node100 ssh-ed25519 OTHER\n10.213.7.11,node1 ssh-ed25519 OLD\n")
    ssh_keys.pin(lab, "node1", Reading(lab.containers_conf))

    assert lab.known_hosts.read_text().splitlines() == [
        "10.213.7.11,node1 ssh-ed25519 KEY-OF-trueup-second-node1",
        "10.213.7.110,node100 ssh-ed25519 OTHER",
    ]


def test_the_private_key_is_private_and_made_once(lab: Instance) -> None:
    """Mode 600, the same key at the second call, and its public half for both accounts."""
    ssh_keys.ensure(lab)
    first = lab.key.read_bytes()
    ssh_keys.ensure(lab)
    public = lab.key.with_suffix(".pub").read_text()
    authorized = [(lab.state / "keys" / account).read_text() for account in ("root", "ops")]

    assert (lab.key.read_bytes(), lab.key.stat().st_mode & 0o777) == (first, 0o600)
    assert authorized == [public, public]


def test_half_a_key_pair_is_made_anew(lab: Instance) -> None:
    """A killed `up` may leave one half."""
    ssh_keys.ensure(lab)
    lab.key.with_suffix(".pub").unlink()
    ssh_keys.ensure(lab)

    assert lab.key.with_suffix(".pub").exists()


@pytest.mark.parametrize("word", ["StrictHostKeyChecking=yes", "BatchMode=yes", "IdentitiesOnly=yes", "none"])
def test_ssh_is_strict(lab: Instance, word: str) -> None:
    """No user's configuration, agent or known hosts take part."""
    assert word in ssh_keys.ssh_command(lab, "node1", "true")
