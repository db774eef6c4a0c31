"""Build and quote shell commands. Pure: text in, text out."""

from shlex import quote

BEGIN = "# BEGIN trueup"
END = "# END trueup"


def write_file(path: str, content: str, *, mode: str, user: str, group: str) -> str:
    """Replace a file in one step, so that no reader and no crash sees half of it."""
    new = quote(f"{path}.trueup-new")
    return (
        f"umask 077 && printf %s {quote(content)} > {new} && chmod {quote(mode)} {new} && "
        f"chown {quote(f'{user}:{group}')} {new} && mv -f {new} {quote(path)}"
    )


def make_directory(path: str, *, mode: str, user: str, group: str) -> str:
    """Create a folder, or correct its mode and owner."""
    return f"install -d -m {quote(mode)} -o {quote(user)} -g {quote(group)} {quote(path)}"


def restore_context(path: str) -> str:
    """Restore a path's SELinux labels to the policy's."""
    return f"restorecon -R {quote(path)}"


def generate_key(path: str, *, key_type: str, comment: str, user: str, group: str) -> str:
    """Make a key pair under another name first, so that none is half there."""
    new = quote(f"{path}.trueup-new")
    bits = " -b 4096" if key_type == "rsa" else ""
    return (
        f"rm -f {new} {quote(path + '.trueup-new.pub')} && "
        f"ssh-keygen -q -t {quote(key_type)}{bits} -N '' -C {quote(comment)} -f {new} && "
        f"chown {quote(f'{user}:{group}')} {new} {quote(path + '.trueup-new.pub')} && "
        f"mv -f {quote(path + '.trueup-new.pub')} {quote(path + '.pub')} && mv -f {new} {quote(path)}"
    )


def with_block(text: str, lines: list[str]) -> str:
    """Replace trueup's marked block in a text, or append it."""
    return _block_after(without_block(text), lines)


def _block_after(kept: list[str], lines: list[str]) -> str:
    return "\n".join([*kept, BEGIN, *lines, END, ""])


def without_block(text: str) -> list[str]:
    """Return the lines outside trueup's marked blocks, empty ones included.

    A block without its end loses its first marker only: what follows may belong to others.
    """
    kept: list[str] = []
    block: list[str] | None = None
    # Not splitlines: it also cuts at form feeds and at marks of Unicode, which are part of a line.
    for line in text.removesuffix("\n").split("\n") if text else []:
        if line == BEGIN:
            kept += block or []
            block = []
        elif line == END:
            block = None
        else:
            (kept if block is None else block).append(line)
    return kept + (block or [])


def hosts_file(text: str, *, own_name: str, entries: dict[str, str]) -> str:
    """Render /etc/hosts with each node's name on its address (name -> address) only.

    A line that puts a node's name on another address (Debian writes ``127.0.1.1 name``) loses that
    name: a rendezvous host that resolves itself to 127.* listens where no peer connects.
    """
    names = {own_name, *entries}
    corrected = (_without_names(line, names) for line in without_block(text))
    kept = [line for line in corrected if line is not None]
    return _block_after(kept, [f"{address} {name}" for name, address in sorted(entries.items())])


def _without_names(line: str, names: set[str]) -> str | None:
    body, mark, comment = line.partition("#")
    fields = body.split()
    kept = [word for word in fields[1:] if word not in names]
    if len(fields) < 2 or len(kept) == len(fields) - 1:
        return line
    if not kept:
        return None
    return " ".join([fields[0], *kept]) + (f" #{comment}" if mark else "")


def installing_mark(prefix: str) -> str:
    """Return the marker's path that exists while the installer of a base runs."""
    return f"{prefix}.trueup-installing"


def creating_mark(prefix: str, env: str) -> str:
    """Return the marker's path that exists while an environment is created."""
    return f"{prefix}/envs/.{env}.trueup-creating"


def with_failure_message(command: str, message: str) -> str:
    """Follow a failing command's output by a message: node, step, remedy."""
    return f"{{ {command}; }} || {{ rc=$?; echo {quote(message)} >&2; exit $rc; }}"
