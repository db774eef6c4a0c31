"""Install conda: never replace a good base, redo a half-done one."""

from shlex import quote

from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch
from deploy.facts.conda import CondaBase
from deploy.facts.files import PathState
from deploy.operations import Commands, log_redone
from deploy.operations.plan_depth import quick
from deploy.shell_commands import installing_mark, with_failure_message
from trueup.declaration import Account
from trueup.lockfile import Artifact


@operation()
def base(prefix: str, installer: Artifact, mirror: str) -> Commands:
    """Install what the lockfile names into the prefix, unattended (-b accepts the licence)."""
    actual = host.get_fact(CondaBase, prefix=prefix, quick=quick())
    if actual == "foreign":
        raise OperationError(
            f"{host.name}: install conda: wanted {prefix} to be absent or a conda installation, found "
            f"a folder with something else in it. Move it away, or declare another conda.prefix."
        )
    if actual not in ("absent", "half"):
        yield from _closed(prefix, actual)
        return
    if actual == "half":
        log_redone(f"the installation in {prefix}")
    mark = quote(installing_mark(prefix))
    path = artifact_fetch.path_of(installer)
    yield artifact_fetch.fetch(installer, mirror, host.name)
    yield f": > {mark} && rm -rf {quote(prefix)}"
    yield with_failure_message(
        f"bash {quote(path)} -b -p {quote(prefix)} && rm -f {mark}",
        f"{host.name}: install conda: wanted {installer.name} to finish in {prefix}, found the above. "
        f"Look at the disk (df {prefix}), then converge again: what is half done is redone.",
    )
    yield artifact_fetch.drop(path)


def _closed(prefix: str, actual: str) -> Commands:
    """Close the installation to other writers than root."""
    folder = host.get_fact(PathState, path=prefix)
    if folder is not None and (folder.user != "root" or int(folder.mode, 8) & 0o022):
        yield f"chown root:root {quote(prefix)} && chmod go-w {quote(prefix)}"
    else:
        host.noop(f"{prefix} has {actual}")


@operation()
def shell_init(prefix: str, account: Account) -> Commands:
    """Let conda add its own block to the account's .bashrc, for `conda activate`."""
    bashrc = f"{account.home}/.bashrc"
    actual = host.get_fact(PathState, path=bashrc)
    text = actual.content if actual else ""
    if actual is not None and actual.user != account.name:
        yield f"chown {quote(account.name)}: {quote(bashrc)}"
    if ">>> conda initialize >>>" in text and f"{prefix}/bin/conda" in text:
        host.noop(f"{bashrc} knows {prefix}")
        return
    yield (
        f"cd / && runuser -u {quote(account.name)} -- env HOME={quote(account.home)} "
        f"{quote(prefix)}/bin/conda init bash"
    )
