"""A command with a scratch folder that nobody else sees, and that is gone with its last process, however it ends.

Libraries write while they are looked at: torchrun keeps its logs, triton a cache. In /tmp that changes the node, fails
where the disk is full or read-only, and stays behind a command that was killed.
"""

from shlex import quote

# What is mounted over it must be nothing that a job could need, on any distribution (FHS 3.0, 3.11: removable media).
PLACE = "/media"


def apart(command: str) -> str:
    """The command, which env(1) can start, with TMPDIR in memory of its own: unshare(1), for root alone.

    Where the node has no unshare, or does not let root use it (in a container), TMPDIR stays as it was.
    """
    mounted = f"mount --make-rprivate / && mount -t tmpfs -o mode=1777,nosuid,nodev trueup {PLACE}"
    inside = f"if {{ {mounted}; }} 2>/dev/null; then export TMPDIR={PLACE}; fi; exec env {command}"
    return f"if unshare -m true 2>/dev/null; then unshare -m sh -c {quote(inside)}; else env {command}; fi"
