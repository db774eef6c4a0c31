"""Point a distribution past its end of life to its archives."""

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import package_managers, shell_commands
from deploy.fact_cache import cached_fact
from deploy.facts.files import PathState
from deploy.facts.system import InstalledPackages
from deploy.operations import Commands
from trueup.platforms import Archive

FOLDER = "/etc/yum.repos.d"


def text_of(archive: Archive, address: str) -> str:
    """Render the repository file, with the distribution's own ids and key (yum.conf(5))."""
    return "\n".join(
        f"[{name}]\nname={name}, an archive\nbaseurl={address.rstrip('/')}/{folder}\nenabled=1\ngpgcheck=1\n"
        f"gpgkey=file://{archive.key}\n"
        for name, folder in archive.sections.items()
    )


@operation()
def repository(archive: Archive, address: str, manager: str) -> Commands:
    """Install the key's package, then replace the repository file that it writes."""
    if archive.package is not None and archive.package not in cached_fact(InstalledPackages, manager=manager):
        yield from package_managers.install(manager, [archive.package], host.name)
    path, text = f"{FOLDER}/{archive.file}", text_of(archive, address)
    actual = host.get_fact(PathState, path=path)
    if actual is None or (actual.mode, actual.user, actual.content) != ("644", "root", text):
        yield shell_commands.write_file(path, text, mode="644", user="root", group="root")
    else:
        host.noop(f"{path} is as declared")
