"""Which looks are begun: those that a chosen check will ask for, of nodes that answer, once each."""

from types import SimpleNamespace
from typing import Any

from trueup.accept.early import begin, early


class Begun:
    """A shell that keeps what was begun."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, bytes | None, float | None]] = []

    def begin(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> None:
        """Nobody waits."""
        self.commands.append((command, stdin, timeout))


@early
def look(node: Any, shell: Any, want: str) -> str:
    """A fixture's function."""
    return str(shell.run(f"look at {node.name} for {want}", stdin=b"script", timeout=5).text)


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


def test_marked_look_is_begun_once_a_node() -> None:
    """However many checks ask for it; one that is not marked, and a node that does not answer, are left alone."""
    here, there, gone = (SimpleNamespace(name=name) for name in ("node1", "node2", "gone"))
    shells: Any = {"node1": Begun(), "node2": Begun()}
    checks: Any = [(here, item(look, plain)), (here, item(look)), (there, item(plain)), (gone, item(look))]
    begin(checks, shells, lambda node: {"want": f"{node.name}'s profile"})

    assert [("look at node1 for node1's profile", b"script", 5)] == shells["node1"].commands
    assert [] == shells["node2"].commands
