"""The base installation: never replaced when good, redone when half done."""

from shlex import quote

from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch
from deploy.facts.conda import CondaBase
from deploy.facts.files import PathState
from deploy.operations import Commands
from deploy.operations.interrupted_work import half_done
from deploy.operations.plan_depth import quick
from deploy.shell_commands import installing_mark, or_say
from trueup.declaration.profile import Account
from trueup.lockfile.lockfile import Artifact


@operation()
def base(prefix: str, installer: Artifact, mirror: str) -> Commands:
    """Anaconda (or what the lock names) in its prefix, unattended (-b accepts the licence, -p the prefix)."""
    found = host.get_fact(CondaBase, prefix=prefix, quick=quick())
    if found == "foreign":
        raise OperationError(
            f"{host.name}: install conda: wanted {prefix} to be absent or a conda installation, found "
            f"a folder with something else in it. Move it away, or declare another conda.prefix."
        )
    if found not in ("absent", "half"):
        yield from _closed(prefix, found)
        return
    if found == "half":
        half_done(f"the installation in {prefix}")
    mark = quote(installing_mark(prefix))
    path = artifact_fetch.path_of(installer)
    yield artifact_fetch.fetch(installer, mirror, host.name)
    yield f": > {mark} && rm -rf {quote(prefix)}"
    yield or_say(
        f"bash {quote(path)} -b -p {quote(prefix)} && rm -f {mark}",
        f"{host.name}: install conda: wanted {installer.name} to finish in {prefix}, found the above. "
        f"Look at the disk (df {prefix}), then converge again: what is half done is redone.",
    )
    yield artifact_fetch.drop(path)


def _closed(prefix: str, found: str) -> Commands:
    """An installation that a user may write to changes under everybody else."""
    folder = host.get_fact(PathState, path=prefix)
    if folder is not None and (folder.user != "root" or int(folder.mode, 8) & 0o022):
        yield f"chown root:root {quote(prefix)} && chmod go-w {quote(prefix)}"
    else:
        host.noop(f"{prefix} has {found}")


@operation()
def shell_init(prefix: str, account: Account) -> Commands:
    """`conda activate` works in the account's shells, by conda's own block in its .bashrc."""
    bashrc = f"{account.home}/.bashrc"
    found = host.get_fact(PathState, path=bashrc)
    text = found.content if found else ""
    if found is not None and found.user != account.name:
        yield f"chown {quote(account.name)}: {quote(bashrc)}"
    if ">>> conda initialize >>>" in text and f"{prefix}/bin/conda" in text:
        host.noop(f"{bashrc} knows {prefix}")
        return
    yield (
        f"cd / && runuser -u {quote(account.name)} -- env HOME={quote(account.home)} "
        f"{quote(prefix)}/bin/conda init bash"
    )
