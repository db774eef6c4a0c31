"""The command line: what is known is parsed, everything else is refused with status 2 as the real one does."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import VERSION, create, listing, prefixes, shell
from .errors import CondaError

# In the order in which the real one names them.
COMMANDS = (
    *("activate", "check", "clean", "commands", "compare", "config", "create", "deactivate", "doctor"),
    *("env", "export", "index", "info", "init", "install", "list", "menuinst", "notices", "package"),
    *("plugins", "remove", "rename", "run", "search", "uninstall", "update", "upgrade"),
)
USAGE = "usage: conda [-h] [-v] [--no-plugins] [-V] COMMAND ...\n"
FLAG: dict[str, Any] = {"action": "store_true"}
JSON = (("--json",), FLAG)
BATCH = ((("-y", "--yes"), FLAG), (("-q", "--quiet"), FLAG))
# Every option of every command that the stand-in has.
KNOWN: dict[str, tuple[tuple[tuple[str, ...], dict[str, Any]], ...]] = {
    "config": ((("--show-sources",), FLAG),),
    "create": (
        JSON,
        *BATCH,
        (("--offline",), FLAG),
        (("--override-channels",), FLAG),
        (("-c", "--channel"), {"action": "append", "default": []}),
        (("packages",), {"nargs": "*"}),
    ),
    "env": (JSON, (("what",), {"choices": ["list"]})),
    "init": ((("shells",), {"nargs": "*", "choices": ["bash", []]}),),
    "list": (JSON, (("--explicit",), FLAG), (("--md5",), FLAG)),
    "remove": (*BATCH, (("--all",), FLAG)),
    "run": ((("words",), {"nargs": argparse.REMAINDER}),),
}

# The real one would ask a question, or go to its default channels, without these.
NEEDED = {
    "config": ("show_sources",),
    "create": ("yes", "override_channels", "channel"),
    "remove": ("yes", "all"),
}


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"{USAGE}conda: error: {message}\n")
    raise SystemExit(2)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _refuse(message)


def _parser(command: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=f"conda {command}", add_help=False, allow_abbrev=False)
    if command in ("create", "list", "remove", "run"):
        group = parser.add_mutually_exclusive_group(required=command != "list")
        group.add_argument("-p", "--prefix", type=lambda word: Path(word).absolute())
        group.add_argument("-n", "--name", type=prefixes.named)
    for names, settings in KNOWN[command]:
        parser.add_argument(*names, **settings)
    return parser


def _show(args: argparse.Namespace, command: str) -> None:
    if command == "list":
        prefix = args.prefix or args.name or prefixes.root()
        if args.explicit:
            listing.show(listing.as_explicit(prefix, args.md5))
        else:
            listing.show(listing.list_json(prefix) if args.json else listing.as_text(prefix))
    elif command == "env":
        listing.show(listing.environments_json() if args.json else listing.environments_text())
    else:
        listing.show(listing.sources())


def _do(args: argparse.Namespace, command: str) -> int:
    if command == "create":
        channels = [url.rstrip("/") for url in args.channel]
        create.create(create.Requested(args.prefix or args.name, channels, args.packages, args.json))
    elif command == "remove":
        create.remove_all(args.prefix or args.name)
    elif command == "init":
        shell.init()
    elif command == "run":
        return shell.run(args.prefix or args.name, args.words)
    else:
        _show(args, command)
    return 0


def _for_a_shell(words: Sequence[str]) -> int:
    match list(words):
        case ["hook"]:
            shell.hook()
        case ["activate", *word] if len(word) < 2:
            shell.activate(word[0] if word else "base")
        case ["deactivate"]:
            shell.deactivate()
        case _:
            _refuse(f"unrecognized arguments: {' '.join(words)}")
    return 0


def _command(words: Sequence[str]) -> int:
    command, *rest = words
    if command in ("-V", "--version") and not rest:
        listing.show(f"conda {VERSION}\n")
        return 0
    if command in ("-h", "--help") and not rest:
        listing.show(Path(__file__).with_name("help.txt").read_text(encoding="utf-8"))
        return 0
    if command in ("shell.bash", "shell.posix"):
        return _for_a_shell(rest)
    if command.startswith("-"):
        _refuse(f"unrecognized arguments: {command}")
    if command not in COMMANDS:
        choices = ", ".join(repr(name) for name in COMMANDS)
        _refuse(f"argument COMMAND: invalid choice: {command!r} (choose from {choices})")
    if command not in KNOWN:
        _refuse(f"argument COMMAND: this is the lab's stand-in for conda, and it has no {command!r}")
    args, unknown = _parser(command).parse_known_args(rest)
    if unknown:
        _refuse(f"unrecognized arguments: {' '.join(unknown)}")
    lacking = [f"--{name.replace('_', '-')}" for name in NEEDED.get(command, ()) if not getattr(args, name)]
    if lacking:
        _refuse(f"this is the lab's stand-in for conda, and its {command!r} needs {', '.join(lacking)}")
    return _do(args, command)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit status (2: not understood, 1: failed)."""
    given = list(sys.argv[1:] if words is None else words)
    try:
        return _command(given or ["--help"])
    except CondaError as error:
        error.show("--json" in given)
        return 1
    except OSError as error:
        CondaError("CondaError", str(error)).show("--json" in given)
        return 1
