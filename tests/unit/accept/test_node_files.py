"""trueup.accept.node_files: what any user can read is named, in a real shell; what only looks like it is not."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from trueup.accept.node_files import SCRIPT, homes, readable, text
from trueup.outcome import CouldNotCheck


@dataclass
class File:
    """As testinfra's, which raises where there is nothing to read."""

    content: str | None

    @property
    def exists(self) -> bool:
        return self.content is not None

    @property
    def content_string(self) -> str:
        if self.content is None:
            raise RuntimeError("Unexpected output")
        return self.content


class Host:
    """One file."""

    def __init__(self, content: str | None) -> None:
        self.content = content

    def file(self, _path: str) -> File:
        return File(self.content)


@pytest.mark.parametrize(("content", "expected"), [("a\nb\n", "a\nb\n"), ("", ""), (None, "")])
def test_text(content: str | None, expected: str) -> None:
    """Whoever deleted a file broke what it declared: the check then fails, it is not blind."""
    assert expected == text(cast("Any", Host(content)), "/x")


KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"  # its first line, and no key
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n"


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that all may enter: pytest's own folders are closed to the user that looks."""
    with tempfile.TemporaryDirectory(prefix="trueup-secrets-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def write(home: Path, name: str, text: str, mode: int = 0o644) -> None:
    """A file of the home, in folders that all may enter."""
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def readable_secrets(home: Path) -> list[str]:
    """What the look finds there, as the user that it is made for."""
    as_nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        ["sh", "-c", SCRIPT, "look", str(home)], capture_output=True, text=True, check=True, **as_nobody
    )  # type: ignore[call-overload]  # a mapping of three options
    assert "" == done.stderr
    return [name.removeprefix(f"{home}/") for name in readable(done.stdout) if name.startswith(str(home))]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".netrc", "machine x"),
        (".git-credentials", "https://a:b@x"),
        (".cache/huggingface/token", "hf_x"),
        (".aws/credentials", "[default]"),
        (".kaggle/kaggle.json", "{}"),
        (".docker/config.json", '{"auths": {"x": {"auth": "YTpi"}}}'),
        (".config/pip/pip.conf", "index-url = https://a:b@x/simple"),
        ("cluster.pem", KEY),
        ("id_old", KEY),
        ("a key.key", KEY),
    ],
)
def test_what_every_user_can_read_is_named(home: Path, name: str, text: str) -> None:
    """By its place where the file is a secret as a whole, by its text elsewhere."""
    write(home, name, text)

    assert [name] == readable_secrets(home)


@pytest.mark.parametrize(
    ("name", "text", "mode"),
    [
        (".netrc", "machine x", 0o600),
        (".netrc", "", 0o644),
        (".docker/config.json", '{"auths": {}, "credsStore": "pass"}', 0o644),
        (".config/pip/pip.conf", "index-url = https://x/simple", 0o644),
        ("site.pem", CERTIFICATE, 0o644),
        ("id_old.pub", "ssh-ed25519 AAAA", 0o644),
        ("cluster.pem", KEY, 0o640),
    ],
)
def test_what_is_closed_or_no_secret_is_not_named(home: Path, name: str, text: str, mode: int) -> None:
    """A false alarm here would be waved away, and the next true one with it."""
    write(home, name, text, mode)

    assert [] == readable_secrets(home)


def test_a_closed_home_closes_what_is_in_it(home: Path) -> None:
    """No mode of a file says who gets there."""
    write(home, ".netrc", "machine x")
    open_to_all = readable_secrets(home)
    home.chmod(0o700)
    owner = home.stat().st_uid

    assert ([".netrc"], [] if owner == 0 else [".netrc"]) == (open_to_all, readable_secrets(home))


@pytest.mark.parametrize("answer", ["", "/root/.netrc", "all looked", "sh: cannot fork"])
def test_a_probe_that_was_interrupted_is_no_clean_bill(answer: str) -> None:
    """Silence is no answer."""
    with pytest.raises(CouldNotCheck, match="did not come to its end"):
        readable(answer)


def test_a_home_is_queried_once() -> None:
    """root is declared in most profiles, and is asked in all."""
    assert ["/home/train", "/root"] == homes(["/root", "/home/train"])
