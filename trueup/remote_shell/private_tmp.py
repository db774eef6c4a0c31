"""Run a command with a temporary folder that only it sees, and that ends with its last process.

Libraries write while a probe imports them: torchrun keeps its logs, triton a cache. In /tmp that changes the node,
fails where the disk is full or read-only, and stays behind a command that was killed.
"""

from shlex import quote

# What is mounted over it must be nothing that a job could need, on any distribution (FHS 3.0, 3.11: removable media).
PLACE = "/media"


def with_private_tmp(command: str) -> str:
    """Wrap a command that env(1) can start: its TMPDIR is a memory file system of its own (unshare(1), root only).

    Where the node has no unshare, or does not let root use it (in a container), TMPDIR stays as it was.
    """
    mounted = f"mount --make-rprivate / && mount -t tmpfs -o mode=1777,nosuid,nodev trueup {PLACE}"
    inside = f"if {{ {mounted}; }} 2>/dev/null; then export TMPDIR={PLACE}; fi; exec env {command}"
    return f"if unshare -m true 2>/dev/null; then unshare -m sh -c {quote(inside)}; else env {command}; fi"
