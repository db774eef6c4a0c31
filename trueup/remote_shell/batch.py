"""Send many read-only commands of checks to a node as one.

A command by itself costs a node three processes and a round trip; in a batch it costs one process, or none. A batch
takes only commands of a known form and those of checks that are marked as prefetchable. A batched result is used only
if its exit status is 0 to 125 and its standard error is empty; otherwise the check sends the command by itself.
"""

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from trueup.remote_shell.shell import Shell
from trueup.remote_shell.target import Result

Results = dict[str, Result]

# A lone surrogate is no text that can be sent.
_WORD = r"(?:[\w@%+=:,./-]+|'[^'\0\n\ud800-\udfff]*')"
_PACKAGE = re.compile(r"dpkg-query -f '\$\{Status\}( \$\{Version\})?' -W ([a-z0-9][a-z0-9.+-]+)", re.ASCII)
_UNIT = re.compile(r"systemctl (is-active|is-enabled) ([\w@.:-]+)", re.ASCII)
# The commands of testinfra's stock modules, with its quoting of one word.
_SINGLE = re.compile(
    rf"""test\ -[efdxpSL]\ {_WORD} | (?:stat\ -Lc\ %[a-zA-Z]|readlink\ -f|realpath|cat|cat\ --|ls\ -1\ -q\ --)\ {_WORD}
    | grep\ -qs\ --\ {_WORD}\ {_WORD} | (?:md5sum|sha256sum)\ {_WORD}\ \|\ cut\ -d\ ?'\ '\ -f\ ?1
    | command\ -v\ {_WORD} | uname\ -[smr] | ulimit\ -[a-z] | id(?:\ -[ugGn]{{1,2}})?\ {_WORD}
    | getent\ (?:passwd|group|shadow)(?:\ {_WORD})? | rpm\ -q\ {_WORD}""",
    re.ASCII | re.VERBOSE,
)
_LISTING = "dpkg-query -f '${Package}\\t${Status}\\t${Version}\\n' -W"
# The words that come with exit status 0; of the other words the exit status is not known from a batch.
_SUCCESS = {"is-active": "active", "is-enabled": "enabled"}
# A batch is one argument of sh (remote_script.COMMAND_LIMIT).
_BATCH_BYTES = 60_000
# An upper bound of what script() puts around a command.
_AROUND_BYTES = 100
_COMMAND_BYTES = 8192
# 126 and more are the shell's: not found, not executable, killed.
_COMMAND_STATUS = range(126)


def is_read_only(command: str) -> bool:
    """Tell whether the command is of a form that only reads, and fits into a batch."""
    return fits(command) and any(form.fullmatch(command) for form in (_SINGLE, _PACKAGE, _UNIT))


def fits(command: str) -> bool:
    """Tell whether the command is short enough for a batch."""
    return len(command) <= _COMMAND_BYTES


@dataclass(frozen=True)
class _Part:
    """One command of a batch."""

    command: str
    """What is sent; it may stand for several commands of checks."""
    parse: Callable[[Result], Results]
    """The results, by command of a check, that its own result gives."""


def submit(shell: Shell, commands: Iterable[str], timeout: float) -> list[Future[Results]]:
    """Send commands that only read; each future has a batch's results that are not in doubt."""
    batches: list[list[_Part]] = [[]]
    size = 0
    for part in _parts(commands):
        cost = len(part.command.encode()) + _AROUND_BYTES
        if size + cost > _BATCH_BYTES and batches[-1]:
            batches.append([])
            size = 0
        size += cost
        batches[-1].append(part)
    return [_send(shell, batch, timeout) for batch in batches if batch]


def _send(shell: Shell, parts: list[_Part], timeout: float) -> Future[Results]:
    nonce = secrets.token_hex(8)
    batch = shell.submit(script([part.command for part in parts]), stdin=f"{nonce}\n".encode(), timeout=timeout)
    parsed: Future[Results] = Future()

    def parse(done: Future[Result]) -> None:
        # After an error there are no results: each check sends its own command, and reports what goes wrong there.
        results: Results = {}
        if done.exception() is None:
            for part, result in zip(parts, split(done.result(), nonce), strict=False):
                if result.rc in _COMMAND_STATUS and not result.err:
                    results |= part.parse(result)
        parsed.set_result(results)

    batch.add_done_callback(parse)
    return parsed


def script(commands: Iterable[str]) -> str:
    """Return one sh script of all; the separator comes by standard input, so that no command can know it."""
    separator = "</dev/null; printf '%s-%d\\n' \"$trueup_n\" $?; printf '%s\\n' \"$trueup_n\" >&2"
    return "\n".join(["IFS= read -r trueup_n", *(f"{{ {command}\n}} {separator}" for command in commands)])


def split(result: Result, nonce: str) -> list[Result]:
    """Return the results of a batch, in order, without one that was cut short."""
    outs = re.findall(rb"(.*?)%s-(\d+)\n" % nonce.encode(), result.out, re.DOTALL)
    errs = result.err.split(nonce.encode() + b"\n")[:-1]
    return [Result(int(rc), out, err) for (out, rc), err in zip(outs, errs, strict=False)]


def _parts(commands: Iterable[str]) -> list[_Part]:
    unique = list(dict.fromkeys(commands))
    packages = [match for command in unique if (match := _PACKAGE.fullmatch(command))]
    units = [match for command in unique if (match := _UNIT.fullmatch(command))]
    parts = [_single(command) for command in unique if not _PACKAGE.fullmatch(command) and not _UNIT.fullmatch(command)]
    if packages:
        parts.append(_Part(_LISTING, lambda listing: _of_packages(packages, listing)))
    for verb, success in _SUCCESS.items():
        if names := [match[2] for match in units if match[1] == verb]:
            parts.append(_of_units(verb, success, names))
    return parts


def _single(command: str) -> _Part:
    # A check's own command may change its folder, or exit.
    text = command if _SINGLE.fullmatch(command) else f"(\n{command}\n)"
    return _Part(text, lambda result: {command: result})


def _of_packages(packages: list[re.Match[str]], listing: Result) -> Results:
    """Read one listing of all packages; one listed twice (multiarch), or not at all, gets no result."""
    rows = [line.split(b"\t") for line in listing.out.splitlines()]
    names = Counter(row[0] for row in rows)
    fields = {row[0].decode(): row[1:] for row in rows if len(row) == 3 and names[row[0]] == 1}
    return {
        match[0]: Result(0, b" ".join(fields[match[2]] if match[1] else fields[match[2]][:1]), b"")
        for match in packages
        if listing.ok and match[2] in fields
    }


def _of_units(verb: str, success: str, names: list[str]) -> _Part:
    def parse(result: Result) -> Results:
        states = result.out.decode(errors="replace").splitlines()
        if len(states) != len(names):
            return {}
        unit = Result(0, f"{success}\n".encode(), b"")
        return {f"systemctl {verb} {name}": unit for name, state in zip(names, states, strict=True) if state == success}

    return _Part(f"systemctl {verb} {' '.join(names)}", parse)
