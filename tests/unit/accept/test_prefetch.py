"""One look a node: the same records with and without it, over a real sshd."""

import getpass
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.accept.project import Project, Run
from tests.unit.remote_shell.sshd import Sshd
from trueup.accept.prefetch import prefetchable, start_fixtures


class RecordingShell:
    """A shell that keeps the commands that were started."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, bytes | None, float | None]] = []

    def prefetch(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> None:
        """Record it."""
        self.commands.append((command, stdin, timeout))


@prefetchable
def query(node: Any, shell: Any, profile: str) -> str:
    """A fixture's function."""
    return str(shell.run(f"look at {node.name} for {profile}", stdin=b"script", timeout=5).text)


def plain(node: Any, shell: Any) -> str:
    """One that is not marked."""
    return str(shell.run(f"look at {node.name}").text)


def item(*functions: Any) -> Any:
    """A check that asks for these fixtures."""
    names = {each.__name__: each for each in functions}
    known = {
        name: (SimpleNamespace(func=each, argnames=each.__code__.co_varnames[: each.__code__.co_argcount]),)
        for name, each in names.items()
    }
    return SimpleNamespace(_fixtureinfo=SimpleNamespace(name2fixturedefs=known))


def test_prefetchable_fixture_is_started_once_a_node() -> None:
    """However many checks ask for it; one that is not marked, and a node that does not answer, are left alone."""
    here, there, gone = (SimpleNamespace(name=name) for name in ("node1", "node2", "gone"))
    shells: Any = {"node1": RecordingShell(), "node2": RecordingShell()}
    checks: Any = [(here, item(query, plain)), (here, item(query)), (there, item(plain)), (gone, item(query))]
    start_fixtures(checks, shells, lambda node: {"profile": f"{node.name}'s profile"})

    assert [("look at node1 for node1's profile", b"script", 5)] == shells["node1"].commands
    assert [] == shells["node2"].commands


CHECKS = '''
import pytest
from trueup.accept.marks import each
from trueup.accept.prefetch import prefetchable

@each("path", lambda node, profile: ["/etc/passwd", "/etc/group", "/etc/no such file"])
def test_file(host, path):
    """Files are asked for ahead."""
    file = host.file(path)
    assert (True, "root") == (file.exists, file.user)

def test_odd_words(host):
    """What may change something is run once, and when it is this check's turn."""
    made = host.check_output("echo made >>%s; wc -l <%s", LOG, LOG)
    assert ("1", "made") == (made.strip(), host.file(LOG).content_string.strip())

def test_own_change(host):
    """A check sees what it did itself."""
    assert not host.file(LOG + ".new").exists
    host.check_output("touch %s", LOG + ".new")
    assert host.file(LOG + ".new").exists

def test_no_service(host):
    """An odd answer is the same odd answer."""
    assert host.package("no-such-package-at-all").is_installed

def test_stops(host):
    """An exception of its own is the check's, not the prefetch's."""
    assert host.user("root").uid == 0
    raise RuntimeError("of its own")

@pytest.fixture
def dear(shell):
    return shell.run("echo once").text

def test_with_a_look_of_its_own(host, dear):
    """A check that requests more than the host is not prefetched."""
    assert (True, "once\\n") == (host.file("/etc/passwd").exists, dear)

def test_with_pytest_s_own(host, request):
    """Nor is one that requests pytest's own fixtures."""
    assert (True, "host" in request.fixturenames) == (host.file("/etc/passwd").exists, True)

@pytest.fixture(scope="session")
@prefetchable
def long(node, profile, shell):
    return shell.run(f"echo {node.name}, for {profile.conda.prefix} | tee -a {LOG}.long").text

def test_long_look(host, long):
    """Begun ahead or not, it is made once."""
    assert ("a, for /opt/anaconda3\\n", long) == (long, host.file(LOG + ".long").content_string)

@prefetchable
@pytest.fixture(scope="session")
def accounts(host):
    return host.run("cut -d: -f1 </etc/passwd").stdout.split()

@prefetchable
@each("folder", lambda node, profile: ["/etc", "/usr"])
def test_reads(host, accounts, folder, note):
    """What is vouched for travels ahead whatever its shape; that it changes its folder concerns no other."""
    note(f"sent {host.backend._shell.sent}")
    assert (folder, True) == (host.check_output("cd %s && pwd", folder), "root" in accounts)
    note(f"sent {host.backend._shell.sent}")

@prefetchable
def test_leaves(host):
    """Nor that it leaves its shell."""
    assert 3 == host.run("exit 3").rc

@each("number", lambda node, profile: ["1", "2"])
def test_counts(host, number, note):
    """The questions that came singly."""
    note(f"sent {host.backend._shell.sent}")
    assert host.file("/etc/passwd").mode
    note(f"sent {host.backend._shell.sent}")
'''


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A real sshd, which lets two nodes in by one key."""
    server = Sshd(tmp_path_factory.mktemp("sshd"), sessions=10)
    yield server
    server.stop()


def run(server: Sshd, place: Path, *options: str) -> Run:
    """Two nodes, the second of which nobody answers for."""
    project = Project(place)
    known: dict[str, object] = {
        "ssh_hostname": "127.0.0.1",
        "ssh_port": server.port,
        "ssh_user": getpass.getuser(),
        "ssh_key": str(server.home / "plain"),
        "ssh_known_hosts_file": str(server.home / "known_hosts"),
    }
    project.nodes("a", "gone", a=known, gone={**known, "ssh_hostname": "127.0.0.2"})
    project.write("tests/node/test_looks.py", f"LOG = {str(place / 'log')!r}\n{CHECKS}")
    return project.run(*options)


@pytest.fixture(scope="module")
def singly(server: Sshd, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Each question when its check is run."""
    return run(server, tmp_path_factory.mktemp("singly"), "--no-prefetch")


@pytest.fixture(scope="module", params=[(), ("-n", "2"), ("--bundle-above", "1")], ids=["one", "workers", "components"])
def prefetched(server: Sshd, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All questions in one go."""
    return run(server, tmp_path_factory.mktemp("ahead"), *request.param)


def result_fields(run: Run) -> dict[str, dict[str, Any]]:
    """Everything but the time, the folder, and what was counted."""
    return {
        name: {**each, "seconds": 0, "notes": [], "message": each["message"].split("\n")[0]}
        for name, each in run.records.items()
    }


def test_records_are_the_same(singly: Run, prefetched: Run) -> None:
    """Every outcome and every text; a node that lets nobody in is the same node."""
    assert result_fields(singly) == result_fields(prefetched)
    assert {"unknown"} == {each["outcome"] for name, each in prefetched.records.items() if name.startswith("gone ")}


def test_outcomes_are_what_the_checks_say(prefetched: Run) -> None:
    """None of them was decided by having been called ahead."""
    found = {
        name.removeprefix("a looks/"): each["outcome"] for name, each in prefetched.records.items() if name[:2] == "a "
    }

    assert "fail" == found.pop("file[/etc/no such file]")
    assert ("fail", "unknown") == (found.pop("no_service"), found.pop("stops"))
    assert {"pass"} == set(found.values())


def test_questions_were_prefetched(singly: Run, prefetched: Run) -> None:
    """A check whose questions were all asked ahead sends none."""

    def counted(run: Run, check: str) -> set[bool]:
        counts = [each["notes"] for name, each in run.records.items() if name.startswith(f"a looks/{check}")]
        return {len(set(notes)) == 1 for notes in counts}

    assert ({False}, {True}) == (counted(singly, "counts"), counted(prefetched, "counts"))
    assert ({False}, {True}) == (counted(singly, "reads"), counted(prefetched, "reads"))
