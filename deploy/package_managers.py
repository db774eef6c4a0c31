"""Build package manager commands that wait for locks with an end, and do all or fail. Pure."""

from collections.abc import Iterable
from shlex import quote

from deploy.shell_commands import with_failure_message

APT = "DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q"
LOCK_WAIT_S = 300
# yum 3 and dnf 4 write their process into these; rpm itself locks the last one (fcntl(2), seen in /proc/locks).
_PID_FILES = "/var/run/yum.pid /var/cache/dnf/*_lock.pid /var/lib/dnf/*_lock.pid"
_RPM_LOCK = "/var/lib/rpm/.rpm.lock"
# Where yum 3 and dnf 4 say which file versionlock's plugin keeps; without that file they install nothing at all.
_LISTS = "/etc/yum/pluginconf.d/versionlock.conf /etc/dnf/plugins/versionlock.conf"


def rpm(manager: str, verb: str, names: Iterable[str], *, options: str = "") -> str:
    """Build a yum or dnf command that fails on a held lock; ready() waits before it."""
    arguments = " ".join(map(quote, names))
    return f"{manager} -y --setopt=exit_on_lock=1 {options}{' ' if options else ''}{verb} {arguments}"


def ready(manager: str, node: str, seconds: int = LOCK_WAIT_S) -> str:
    """Wait until no live process holds a lock of rpm's; past the deadline name the holder.

    A lost list of locked versions is made again, empty: without it yum and dnf install nothing.
    """
    message = f"{node}: {manager}: wanted its lock within {seconds} s, found it held by process"
    remedy = "Let that end, or end it, then converge again."
    return (
        f"n=0; while :; do holder=; for f in {_PID_FILES}; do "
        'if [ -s "$f" ] && kill -0 "$(cat "$f")" 2>/dev/null; then holder=$(cat "$f"); fi; done; '
        f'if [ -z "$holder" ] && inode=$(stat -c %i {_RPM_LOCK} 2>/dev/null); then '
        'holder=$(awk -v i="$inode" \'$6 ~ ":" i "$" {print $5; exit}\' /proc/locks); fi; '
        f'if [ -z "$holder" ]; then break; fi; if [ $n -ge {seconds} ]; then '
        f'echo {quote(message)} "$holder ($(cat /proc/$holder/comm 2>/dev/null))." {quote(remedy)} >&2; exit 1; fi; '
        "n=$((n + 2)); sleep 2; done; "
        f"for f in {_LISTS}; do if [ -r $f ]; then l=$(sed -n 's/^locklist *= *//p' $f); "
        'if [ -n "$l" ] && [ ! -e "$l" ]; then : > "$l"; fi; fi; done'
    )


def install(manager: str, names: list[str], node: str, *, options: str = "") -> list[str]:
    """Build the commands that install packages; rpm -q follows, since yum 3 accepts missing names."""
    arguments = " ".join(map(quote, names))
    if manager == "apt":
        return [
            f"{APT} update",
            f"{APT} -y --no-install-recommends {options}{' ' if options else ''}install {arguments}",
        ]
    message = (
        f"{node}: packages: wanted {', '.join(names)} from {manager}'s repositories, found the above. Look at the "
        f"repositories ({manager} repolist -v) and at locks ({manager} versionlock list), then converge again."
    )
    command = f"{rpm(manager, 'install', names, options=options)} && rpm -q {arguments} >/dev/null"
    return [ready(manager, node), with_failure_message(command, message)]
