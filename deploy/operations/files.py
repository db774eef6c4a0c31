"""Write and remove files with an exact text, mode and owner."""

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch, shell_commands
from deploy.facts.files import PathState
from deploy.operations import Commands, log_redone


@operation()
def text_file(path: str, content: str, mode: str = "644", user: str = "root", group: str = "root") -> Commands:
    """Write a regular file that holds exactly this text."""
    actual = host.get_fact(PathState, path=path)
    expected = ("regular file", mode, user, group, content)
    if actual is None or (actual.kind, actual.mode, actual.user, actual.group, actual.content) != expected:
        yield shell_commands.write_file(path, content, mode=mode, user=user, group=group)
    else:
        host.noop(f"{path} is as declared")


@operation()
def block(path: str, lines: list[str], mode: str = "644", user: str = "root", group: str = "root") -> Commands:
    """Write trueup's marked block into a file that others write to as well."""
    actual = host.get_fact(PathState, path=path)
    old = actual.content if actual else ""
    expected = shell_commands.with_block(old, lines)
    state = (actual.mode, actual.user, actual.group, old) if actual else None
    if state != (mode, user, group, expected):
        yield shell_commands.write_file(path, expected, mode=mode, user=user, group=group)
    else:
        host.noop(f"the block in {path} is as declared")


@operation()
def absent(paths: list[str]) -> Commands:
    """Remove what an interrupted converge left behind."""
    left = [path for path in paths if host.get_fact(PathState, path=path) is not None]
    if left:
        log_redone(f"downloads in {', '.join(left)}")
        yield artifact_fetch.drop(*left)
    else:
        host.noop("nothing is left of an earlier converge")
