"""Keys: what ssh-keygen says of them on this machine, and what is made of it."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.facts.ssh_keys import HostKeys, KeyPair


def answer(path: Path) -> dict[str, str]:
    fact = KeyPair()
    done = subprocess.run(["sh", "-c", fact.command(str(path))], capture_output=True, text=True, check=True)
    return fact.process(done.stdout.splitlines())


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key pair with a comment."""
    path = tmp_path / "id $(touch canary)"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "node1 x", "-f", str(path)], check=True)
    return path


def test_both_halves_are_reported(key: Path) -> None:
    """The derived half has no comment; the .pub file is told as it is; the private key itself never is."""
    actual = answer(key)
    public = key.with_name(f"{key.name}.pub").read_text().strip()

    assert (public.rsplit(" ", 2)[0], public) == (actual["derived"], actual["public"])
    assert "600" == actual["private"].split()[0]
    assert "PRIVATE" not in "".join(actual.values())


def test_missing_public_half(key: Path) -> None:
    """It can be derived again."""
    key.with_name(f"{key.name}.pub").unlink()

    assert {"private", "derived"} == set(answer(key))


def test_broken_private_key_derives_nothing(key: Path) -> None:
    """A key that ssh-keygen cannot read is no key."""
    key.write_text("rubbish\n")

    assert {"private", "public"} == set(answer(key))


def test_no_key_at_all(tmp_path: Path) -> None:
    """An empty answer, not an error."""
    assert {} == answer(tmp_path / "none")


def test_host_keys_are_sorted_and_lose_their_comments() -> None:
    """The comment names whoever made the image; noise between keys is left out."""
    lines = ["ssh-rsa BBBB root@image", "ecdsa-sha2-nistp256 CCCC", "cat: x: No such file", "ssh-ed25519 AAAA root@x y"]

    assert ["ecdsa-sha2-nistp256 CCCC", "ssh-ed25519 AAAA", "ssh-rsa BBBB"] == HostKeys().process(lines)


@given(st.lists(st.text(max_size=30), max_size=4))
def test_hostile_answers_are_read_without_trust(lines: list[str]) -> None:
    """No line ends the run."""
    HostKeys().process(lines)
    KeyPair().process(lines)
