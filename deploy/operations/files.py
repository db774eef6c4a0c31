"""Files and folders with an exact text, mode and owner."""

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch, shell_commands
from deploy.facts.files import PathState
from deploy.operations import Commands
from deploy.operations.interrupted_work import half_done


@operation()
def text_file(path: str, content: str, mode: str = "644", user: str = "root", group: str = "root") -> Commands:
    """A regular file that holds exactly this text."""
    found = host.get_fact(PathState, path=path)
    wanted = ("regular file", mode, user, group, content)
    if found is None or (found.kind, found.mode, found.user, found.group, found.content) != wanted:
        yield shell_commands.write_file(path, content, mode=mode, user=user, group=group)
    else:
        host.noop(f"{path} is as declared")


@operation()
def block(path: str, lines: list[str], mode: str = "644", user: str = "root", group: str = "root") -> Commands:
    """Our marked block in a file that others write to as well."""
    found = host.get_fact(PathState, path=path)
    old = found.content if found else ""
    wanted = shell_commands.with_block(old, lines)
    state = (found.mode, found.user, found.group, old) if found else None
    if state != (mode, user, group, wanted):
        yield shell_commands.write_file(path, wanted, mode=mode, user=user, group=group)
    else:
        host.noop(f"the block in {path} is as declared")


@operation()
def absent(paths: list[str]) -> Commands:
    """What a converge that was cut off left behind; nothing of ours stays on a node."""
    left = [path for path in paths if host.get_fact(PathState, path=path) is not None]
    if left:
        half_done(f"downloads in {', '.join(left)}")
        yield artifact_fetch.drop(*left)
    else:
        host.noop("nothing is left of an earlier converge")
