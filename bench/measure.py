"""Contenders in turns, medians and spread, one JSON file."""

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.progress import Progress

CACHE = Path("~/.cache/trueup/bench").expanduser()
REPORT = Path("report/bench.json")
Contender = Callable[[], None]


class Failed(Exception):
    """A contender did not do the work; its time would mean nothing."""


def run(command: list[str], *, env: Mapping[str, str] | None = None, stdin: bytes | None = None) -> bytes:
    """The command's standard output; Failed when it exits with anything but 0."""
    done = subprocess.run(command, env=env, input=stdin, capture_output=True, timeout=600)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "backslashreplace")[-2000:]
        raise Failed(f"{' '.join(command)[:200]}: wanted exit status 0, found {done.returncode}:\n{said}")
    return done.stdout


def selected(contenders: Mapping[str, Contender], names: Iterable[str]) -> dict[str, Contender]:
    """Return the contenders of these names; all where no name is given.

    Raises:
        click.BadParameter: A name is no contender's.
    """
    chosen = set(names)
    if unknown := sorted(chosen - set(contenders)):
        raise click.BadParameter(f"{', '.join(unknown)}: not among {', '.join(contenders)}")
    return {name: work for name, work in contenders.items() if not chosen or name in chosen}


def interleaved(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[float]]:
    """Seconds of wall time per contender and round; in turns, because the machine's mood changes by the minute."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("measuring", total=rounds * len(contenders))
        for _ in range(rounds):
            for name, work in contenders.items():
                progress.update(task, description=name)
                start = time.perf_counter()
                work()
                seconds[name].append(time.perf_counter() - start)
                progress.console.print(f"{name}: {seconds[name][-1]:.2f} s", highlight=False)
                progress.advance(task)
    return seconds


def report(section: str, seconds: Mapping[str, list[float]], about: Mapping[str, object]) -> None:
    """Add the section to report/bench.json and print it: a median per contender, the spread and the facts beside it."""
    whole = json.loads(REPORT.read_text()) if REPORT.is_file() else {}
    medians = {name: round(median(values), 3) for name, values in seconds.items()}
    spread = {name: [round(min(values), 3), round(max(values), 3)] for name, values in seconds.items()}
    whole[section] = {**medians, "spread": spread, "about": dict(about)}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(whole, indent=2) + "\n")
    print(table(section, medians, spread), end="")


def table(section: str, medians: Mapping[str, float], spread: Mapping[str, list[float]]) -> str:
    """The section in Markdown, fastest first; the ratio is to the contender `trueup`."""
    lines = [f"| {section} | median s | from | to | x trueup |", "| --- | --- | --- | --- | --- |"]
    for name, value in sorted(medians.items(), key=lambda item: item[1]):
        ratio = f"{value / medians['trueup']:.1f}" if "trueup" in medians else ""
        lines.append(f"| {name} | {value:.2f} | {spread[name][0]:.2f} | {spread[name][1]:.2f} | {ratio} |")
    return "\n".join(lines) + "\n"
