"""`trueup mirror`: exit status 0 or 1, one JSON document when asked, a message that says what to do."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.mirror.conftest import BODY, Origin, artifact_of
from trueup.lockfile import read_lock
from trueup.mirror.cli import mirror

SHA = "ab" * 32


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own."""
    monkeypatch.setenv("TRUEUP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def lock(tmp_path: Path, origin: Origin) -> Path:
    """A lock of one file that the origin has."""
    artifact = artifact_of(BODY, "x.sh")
    origin.files["x.sh"] = BODY
    path = tmp_path / "x.lock"
    path.write_text(f"{artifact.line}\n")
    return path


def run(*words: object) -> Result:
    """The command line."""
    return CliRunner().invoke(mirror, [str(word) for word in words])


def test_fetch_then_verify(lock: Path, origin: Origin) -> None:
    """The two in a row, by JSON."""
    fetched = run("fetch", lock, "--origin", f"site={origin.url}", "--json")
    verified = run("verify", lock, "--json")

    assert (0, {"lock": str(lock), "files": ["x.sh"], "fetched": 1}) == (fetched.exit_code, json.loads(fetched.stdout))
    assert (0, ["x.sh"]) == (verified.exit_code, json.loads(verified.stdout)["files"])


def test_verify_finds_an_altered_file(lock: Path, origin: Origin, tmp_path: Path) -> None:
    """Exit status 1 and the file's path."""
    run("fetch", lock, "--origin", f"site={origin.url}")
    path = next((tmp_path / "cache").rglob("x.sh"))
    path.write_bytes(b"x" + BODY[1:])

    found = run("verify", lock)

    assert (1, True) == (found.exit_code, str(path) in found.stderr)


def test_fetch_without_a_setting(lock: Path) -> None:
    """Exit status 1 and how to set it."""
    found = run("fetch", lock)

    assert (1, True) == (found.exit_code, "TRUEUP_ORIGIN_SITE" in found.stderr)


@pytest.mark.parametrize("command", ["fetch", "verify"])
def test_a_broken_lock_is_named_with_its_line(command: str, tmp_path: Path) -> None:
    """The reader's own words."""
    (tmp_path / "bad.lock").write_text("\nx.sh\n")

    found = run(command, tmp_path / "bad.lock")

    assert (1, True) == (found.exit_code, "bad.lock:2: wanted 4 fields" in found.stderr)


def test_lock_keeps_what_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--keep asks no index; --file adds a file of no index."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles.py").write_text("from trueup.declaration import LAB\n")

    found = run("lock", "lab", "--keep", "--file", f"Anaconda3-2023.09-0-Linux-x86_64.sh={SHA}@lab")

    assert (0, "") == (found.exit_code, found.stderr)
    assert 1 == len(read_lock(tmp_path / "locks" / "lab.lock").artifacts)


def test_lock_of_an_unknown_profile(tmp_path: Path) -> None:
    """The nearest name is offered."""
    (tmp_path / "profiles.py").write_text("from trueup.declaration import LAB\n")

    found = run("lock", "lap", "--profiles", tmp_path / "profiles.py")

    assert (1, True) == (found.exit_code, "lab" in found.stderr)


def test_serve_lays_out_the_lock_first(lock: Path, tmp_path: Path) -> None:
    """A file that was not fetched is said before anything is served."""
    found = run("serve", "--root", tmp_path / "root", "--host", "127.0.0.1", "--port", 0, "--lock", lock)

    assert (1, True) == (found.exit_code, "x.sh: assemble the mirror" in found.stderr)


def test_failures_are_json_too(lock: Path, tmp_path: Path) -> None:
    """One document, with the same five parts as the message."""
    found = run("verify", lock, "--json")

    (error,) = json.loads(found.stdout)["errors"]
    assert (1, "x.sh", "verify", "no such file") == (found.exit_code, error["artifact"], error["step"], error["actual"])


def test_a_broken_lock_is_json_too(tmp_path: Path) -> None:
    """The reader's words."""
    (tmp_path / "bad.lock").write_text("x.sh\n")

    found = run("fetch", tmp_path / "bad.lock", "--json")

    assert "bad.lock:1: wanted 4 fields" in json.loads(found.stdout)["errors"][0]["actual"]
