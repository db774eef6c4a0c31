"""Looking never touches: a node is the same before and after acceptance and drift, to the byte and the second."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import INVENTORY, Pair
from tests.e2e.machines import node

# What a running machine changes by itself, or by a login; nothing of it is trueup's.
OWN = {
    "/var/log/journal": "the journal, which is compared line by line below",
    "/var/log/lastlog": "sshd notes each login",
    "/var/log/wtmp": "sshd notes each login",
    "/var/log/btmp": "sshd notes each refused login",
    "/run/utmp": "sshd notes who is logged in",
    "/run/motd.dynamic": "pam_motd writes it at a login",
    "/run/sshd": "sshd's empty folder, looked into at each login",
    "/run/user": "a login's own folder, gone with its session",
    "/run/systemd": "units, sessions and users of the logins",
    "/run/credentials": "systemd's own, of a service that a timer starts",
    "/run/dbus": "the bus of the logins' sessions",
    "/run/chrony": "the time service at work",
    "/var/lib/chrony": "the time service's own notes",
    "/var/lib/systemd": "timers note when they fired",
    "/var/cache/man": "a nightly timer of the distribution",
    "/run/log": "the journal's own folder",
    "/dev/pts": "terminals come and go with logins",
}
# Units that write to the journal at a login: sshd and PAM, for each way that a program can be started.
LOGIN = re.compile(
    r"^(sshd|sshd-session|systemd-logind|\(systemd\)|runuser|su|dbus-daemon)\[|"
    r"^systemd\[\d+\]: .*([Ss]ession|[Uu]ser|run-[ur]\w*\.service|[Ss]lice)|"
    r"^systemd\[\d+\]: (Reached target|Startup finished|Listening on)|"
    r"^(chronyd|CRON)\["
)
# Units that a timer of the distribution starts when its time comes: systemd-tmpfiles-clean 15 minutes after each boot.
TIMED = re.compile(
    r"^systemd\[1\]: .*\b"
    r"(systemd-tmpfiles-clean|apt-daily(-upgrade)?|dpkg-db-backup|e2scrub_all|fstrim|logrotate|man-db)\.service\b"
)
_PRUNE = " -o ".join(f"-path {path}" for path in OWN)
SNAPSHOT = f"""
find / /run /tmp /dev/shm /var/tmp -xdev \\( {_PRUNE} -o -path /proc -o -path /sys \\) -prune -o \\
    -printf '%p %y %m %U:%G %s %T@ %l\\n' | grep -v '^/run/[0-9]* \\|^/ d\\|^/run d'
find /etc /root /home /job /opt/anaconda3/envs/dis/bin -xdev -type f -size -64k -exec sha256sum {{}} +
dpkg-query -W -f '${{Package}} ${{Version}} ${{Status}}\\n'
ps -eo user,args | sed 1d | grep -v 'sshd\\|ps -eo\\|systemd --user\\|(sd-pam)' | \\
    grep -v '^root *\\(find\\|sed\\|grep\\|sh -c\\)'
mount
"""
# The folder whose time a file made and removed would change is in the list, too.


def snapshot(pair: Pair) -> dict[str, set[str]]:
    """Everything of both nodes that must not change."""
    return {name: set(node(pair, name).execute(SNAPSHOT, 300).splitlines()) for name in ("node1", "node2")}


def written(pair: Pair, name: str, since: str) -> list[str]:
    """Lines of the journal since then that neither a login nor a timer wrote."""
    lines = node(pair, name).execute(f"journalctl -q --since '{since}' -o short-iso --no-hostname").splitlines()
    messages = [(line, line.partition(" ")[2]) for line in lines]
    return [line for line, message in messages if not LOGIN.match(message) and not TIMED.match(message)]


RUNS = {
    "acceptance": ("pytest", "-q", "-n", "auto", "--inventory", INVENTORY, "-p", "no:cacheprovider"),
    "drift": ("trueup", "drift", "--quick", "--json", "--inventory", INVENTORY),
}


@pytest.fixture(autouse=True)
def state(tmp_path: Path) -> Iterator[None]:
    """Drift's own history is the controller's, and this test's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "TRUEUP_DRIFT", str(tmp_path))
        yield


@pytest.mark.parametrize("command", RUNS)
def test_a_run_leaves_nothing(converged: Pair, command: str) -> None:
    """Files with size, mode, owner and time, small ones by hash; packages, holds, processes, mounts, the journal."""
    before = snapshot(converged)
    since = node(converged, "node1").execute("date '+%F %T'").strip()
    done = converged.run(*RUNS[command])
    after = snapshot(converged)
    changed = {name: sorted(before[name] ^ after[name]) for name in before}
    lines = {name: written(converged, name, since) for name in before}

    assert (0, {"node1": [], "node2": []}) == (done.rc, changed), done.out[-1500:]
    assert {"node1": [], "node2": []} == lines


def test_a_touch_is_detected(converged: Pair) -> None:
    """The judge of the test above, judged: one byte, one second, one process, one mode."""
    touches = {
        "echo x >/tmp/trueup-lab": "/tmp/trueup-lab f",
        "touch -d '2001-01-01' /etc/hostname": "/etc/hostname f",
        "chmod 640 /etc/environment": "/etc/environment f 640",
        "nohup sleep 300.25 >/dev/null 2>&1 & echo $! >/tmp/trueup-lab": "sleep 300.25",
    }
    before = snapshot(converged)
    machine = node(converged, "node1")
    for command in touches:
        machine.execute(command)
    changed = "\n".join(snapshot(converged)["node1"] - before["node1"])
    machine.execute("kill $(cat /tmp/trueup-lab); rm /tmp/trueup-lab; chmod 644 /etc/environment; touch /etc/hostname")

    assert [] == [seen for seen in touches.values() if seen not in changed]
