"""Remove what hides torch's own CUDA libraries, or name it where removal is not safe."""

import re
from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import shell_commands
from deploy.facts.cuda import LINK, LoaderState, home
from deploy.facts.foreign_files import Strays
from deploy.facts.startup import StartupFiles
from deploy.operations import Commands
from deploy.startup_files import TAKEN_OUT, VARIABLES, without_settings
from trueup.platforms import CUDA_LIBRARY

PRELOAD = "/etc/ld.so.preload"
_LIBRARY = re.compile(CUDA_LIBRARY)


def stop(what: str) -> str:
    """End the node's run with a message, after what came before it."""
    return f"echo {quote(what)} >&2; exit 1"


@operation()
def startup_files(shells: tuple[str, ...], homes: tuple[str, ...], env: str) -> Commands:
    """Comment out LD_LIBRARY_PATH and LD_PRELOAD in start-up files; name lines that do more."""
    left: list[str] = []
    for path, file in host.get_fact(StartupFiles, shells=shells, homes=homes, env=env).items():
        cleaned = without_settings(file.text, file.kind)
        if cleaned.text != file.text:
            yield shell_commands.write_file(path, cleaned.text, mode=file.mode, user=file.user, group=file.group)
            if file.kind == "systemd":
                yield "systemctl daemon-reexec"
            if file.kind == "sshd":
                yield "systemctl reload ssh 2>/dev/null || systemctl reload sshd"
        left += [f"{path}:{number}: {line}" for number, line in cleaned.left]
    if left:
        yield stop(
            f"{host.name}: start-up files: wanted none that sets {' or '.join(VARIABLES)}, found lines that "
            f"do more besides, which nobody should cut for you: {'; '.join(left)}. Take the variable out by hand."
        )


@operation()
def loader(toolkit: str) -> Commands:
    """Remove CUDA libraries but the declared toolkit's from ld.so's configuration."""
    actual = host.get_fact(LoaderState)
    kept = [line for line in actual.preload if not _LIBRARY.match(line.rpartition("/")[2])]
    if len(kept) != len(actual.preload):
        text = "".join(f"{line}\n" for line in kept)
        yield (
            shell_commands.write_file(PRELOAD, text, mode="644", user="root", group="root")
            if kept
            else f"rm -f {PRELOAD}"
        )
    foreign = [entry for entry in actual.entries if not entry.folder.startswith((f"{home(toolkit)}/", f"{LINK}/"))]
    for entry in foreign:
        if not entry.other:
            pattern = entry.folder.replace("\\", "\\\\").replace(".", "\\.").replace("|", "\\|")
            yield f"sed -i {quote(f's|^[[:space:]]*{pattern}|{TAKEN_OUT}&|')} {quote(entry.file)} && ldconfig"
    mixed = [f"{each.file} names {each.folder} ({each.library}, and {each.other})" for each in foreign if each.other]
    if mixed:
        yield stop(
            f"{host.name}: ld.so.conf: wanted no CUDA libraries but those of {home(toolkit)}, found folders that serve "
            f"others as well: {'; '.join(mixed)}. Move the CUDA libraries elsewhere, then run ldconfig."
        )


@operation()
def strays(env: str) -> Commands:
    """Remove CUDA libraries and start-up hooks that no wheel brought into the environment."""
    actual = host.get_fact(Strays, env=env)
    if actual:
        yield f"rm -f {' '.join(map(quote, actual))}"
