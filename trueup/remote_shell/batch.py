"""Many small questions in one command: what checks will ask of a node, asked before they do.

A question by itself costs a node three processes and a round trip; in a batch it costs one process, or none. Only
questions of known shape travel so, and those of a check that is marked to read only: they change nothing. An answer
counts only where it is beyond doubt what the question by itself would get: an exit status of the question's own, and
nothing on standard error.
"""

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from trueup.remote_shell.shell import Shell
from trueup.remote_shell.target import Result

Answers = dict[str, Result]

# A lone surrogate is no text that can be sent.
_WORD = r"(?:[\w@%+=:,./-]+|'[^'\0\n\ud800-\udfff]*')"
_PACKAGE = re.compile(r"dpkg-query -f '\$\{Status\}( \$\{Version\})?' -W ([a-z0-9][a-z0-9.+-]+)", re.ASCII)
_UNIT = re.compile(r"systemctl (is-active|is-enabled) ([\w@.:-]+)", re.ASCII)
# What testinfra's stock modules ask, and its quoting of one word.
_ALONE = re.compile(
    rf"""test\ -[efdxpSL]\ {_WORD} | (?:stat\ -Lc\ %[a-zA-Z]|readlink\ -f|realpath|cat|cat\ --|ls\ -1\ -q\ --)\ {_WORD}
    | grep\ -qs\ --\ {_WORD}\ {_WORD} | (?:md5sum|sha256sum)\ {_WORD}\ \|\ cut\ -d\ ?'\ '\ -f\ ?1
    | command\ -v\ {_WORD} | uname\ -[smr] | ulimit\ -[a-z] | id(?:\ -[ugGn]{{1,2}})?\ {_WORD}
    | getent\ (?:passwd|group|shadow)(?:\ {_WORD})? | rpm\ -q\ {_WORD}""",
    re.ASCII | re.VERBOSE,
)
_LISTING = "dpkg-query -f '${Package}\\t${Status}\\t${Version}\\n' -W"
# What says yes; every other word comes with another exit status, which only the question by itself can tell.
_YES = {"is-active": "active", "is-enabled": "enabled"}
# A batch is one argument of sh (script.COMMAND_LIMIT).
_BATCH_BYTES = 60_000
# What script() puts around a command, and more.
_AROUND_BYTES = 100
_LOOK_BYTES = 8192
# 126 and more are the shell's own: not found, not to be run, killed.
_OWN = range(126)


def is_look(command: str) -> bool:
    """Whether the command is known to read only."""
    return can_travel(command) and any(kind.fullmatch(command) for kind in (_ALONE, _PACKAGE, _UNIT))


def can_travel(command: str) -> bool:
    """Whether the command, if it only reads, can be asked ahead."""
    return len(command) <= _LOOK_BYTES


@dataclass(frozen=True)
class _Part:
    """A command of the batch, and what its result answers."""

    command: str
    read: Callable[[Result], Answers]


def ask(shell: Shell, commands: Iterable[str], timeout: float) -> list[Future[Answers]]:
    """Send the questions, which must all be looks; each future has the answers that are beyond doubt."""
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


def _send(shell: Shell, parts: list[_Part], timeout: float) -> Future[Answers]:
    nonce = secrets.token_hex(8)
    sent = shell.submit(script([part.command for part in parts]), stdin=f"{nonce}\n".encode(), timeout=timeout)
    told: Future[Answers] = Future()

    def read(done: Future[Result]) -> None:
        # Whatever went wrong, the checks will ask by themselves and say so in their own words.
        answers: Answers = {}
        if done.exception() is None:
            for part, result in zip(parts, split(done.result(), nonce), strict=False):
                if result.rc in _OWN and not result.err:
                    answers |= part.read(result)
        told.set_result(answers)

    sent.add_done_callback(read)
    return told


def script(commands: Iterable[str]) -> str:
    """One sh script for all; the mark between answers comes by standard input, so that no command can know it."""
    mark = "</dev/null; printf '%s-%d\\n' \"$trueup_n\" $?; printf '%s\\n' \"$trueup_n\" >&2"
    return "\n".join(["IFS= read -r trueup_n", *(f"{{ {command}\n}} {mark}" for command in commands)])


def split(result: Result, nonce: str) -> list[Result]:
    """The answers of a batch, in order; one that was cut short is left out."""
    outs = re.findall(rb"(.*?)%s-(\d+)\n" % nonce.encode(), result.out, re.DOTALL)
    errs = result.err.split(nonce.encode() + b"\n")[:-1]
    return [Result(int(rc), out, err) for (out, rc), err in zip(outs, errs, strict=False)]


def _parts(commands: Iterable[str]) -> list[_Part]:
    every = list(dict.fromkeys(commands))
    packages = [match for each in every if (match := _PACKAGE.fullmatch(each))]
    units = [match for each in every if (match := _UNIT.fullmatch(each))]
    parts = [_alone(each) for each in every if not _PACKAGE.fullmatch(each) and not _UNIT.fullmatch(each)]
    if packages:
        parts.append(_Part(_LISTING, lambda listing: _of_packages(packages, listing)))
    for verb, yes in _YES.items():
        if names := [match[2] for match in units if match[1] == verb]:
            parts.append(_of_units(verb, yes, names))
    return parts


def _alone(command: str) -> _Part:
    # What a check wrote may change its folder, or exit.
    text = command if _ALONE.fullmatch(command) else f"(\n{command}\n)"
    return _Part(text, lambda result: {command: result})


def _of_packages(packages: list[re.Match[str]], listing: Result) -> Answers:
    """One listing costs what one question does. A package there twice (multiarch), or not at all, asks for itself."""
    rows = [line.split(b"\t") for line in listing.out.splitlines()]
    names = Counter(row[0] for row in rows)
    found = {row[0].decode(): row[1:] for row in rows if len(row) == 3 and names[row[0]] == 1}
    return {
        match[0]: Result(0, b" ".join(found[match[2]] if match[1] else found[match[2]][:1]), b"")
        for match in packages
        if listing.ok and match[2] in found
    }


def _of_units(verb: str, yes: str, names: list[str]) -> _Part:
    def read(result: Result) -> Answers:
        said = result.out.decode(errors="replace").splitlines()
        if len(said) != len(names):
            return {}
        told = Result(0, f"{yes}\n".encode(), b"")
        return {f"systemctl {verb} {name}": told for name, word in zip(names, said, strict=True) if word == yes}

    return _Part(f"systemctl {verb} {' '.join(names)}", read)
