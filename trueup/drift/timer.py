"""Install the systemd timer that runs drift."""

import getpass
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from trueup.accept import Tier
from trueup.files import write_atomic

# A run may take this part of its interval; after that systemd ends it, and the dead man's stamp grows old.
TIMEOUT_PART = 0.9
DELAY_PART = 0.1
NAME = "trueup-drift"
SYSTEMCTL_S = 30.0


class CannotSchedule(Exception):
    """Nothing was installed, or could not be asked; says what to do."""


@dataclass(frozen=True)
class Plan:
    """What the timer runs."""

    inventory: Path
    """Of which inventory."""
    tier: Tier
    """How deep."""
    minutes: int
    """How often."""
    state: Path
    """The folder that drift writes."""
    notify: Path | None = None
    """The file with the receivers of alerts; None for none."""
    prometheus: Path | None = None
    """The file for metrics; None for none."""

    @property
    def name(self) -> str:
        """One timer for each tier: quick may run every hour, deep every week."""
        return f"{NAME}-{self.tier}"

    @property
    def argv(self) -> list[str]:
        """The command, by its full path, because systemd knows no virtual environment."""
        tier = [] if self.tier is Tier.STANDARD else [f"--{self.tier}"]
        metrics = ["--prometheus", str(self.prometheus)] if self.prometheus else []
        trueup = str(Path(sys.executable).with_name("trueup"))
        return [trueup, "drift", *tier, *metrics, "--inventory", str(self.inventory)]


@dataclass(frozen=True)
class Machine:
    """Where schedules are kept; root is / but in tests. run: starts a program, and gives status and output."""

    root: Path = Path("/")
    run: Callable[[Sequence[str]], tuple[int, str]] | None = None

    @property
    def has_systemd(self) -> bool:
        """sd_booted(3): systemd runs this machine when this folder is there."""
        return (self.root / "run/systemd/system").is_dir()

    @property
    def units(self) -> Path:
        """systemd.unit(5): units of the administrator."""
        return self.root / "etc/systemd/system"

    def systemctl(self, *arguments: str) -> tuple[int, str]:
        """Its status and output. Raises CannotSchedule where it hangs."""
        command = ["systemctl", *arguments]
        if self.run is not None:
            return self.run(command)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SYSTEMCTL_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise CannotSchedule(f"{shlex.join(command)}: no answer within {SYSTEMCTL_S:.0f} s") from error
        return done.returncode, (done.stdout + done.stderr).strip()


def install(plan: Plan, machine: Machine) -> list[str]:
    """Write and start the timer; what was done. Doing it again changes what differs. Raises CannotSchedule."""
    if plan.prometheus and not plan.prometheus.parent.is_dir():
        raise CannotSchedule(
            f"{plan.prometheus.parent}: expected node_exporter's folder for textfiles, found none; make it, or name "
            "the one that its --collector.textfile.directory names"
        )
    if not machine.has_systemd:
        raise CannotSchedule(
            f"{machine.root}: expected a machine that systemd runs, found none; run `trueup drift` by your "
            "own scheduler, and watch it with `trueup schedule status`"
        )
    plan.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return _install_systemd(plan, machine)
    except PermissionError as error:
        raise CannotSchedule(
            f"{error.filename}: not permitted; run it as root, or put the files there yourself"
        ) from error


def _install_systemd(plan: Plan, machine: Machine) -> list[str]:
    written = []
    for kind in ("service", "timer"):
        path = machine.units / f"{plan.name}.{kind}"
        write_atomic(path, render(plan, kind), mode=0o644)
        written.append(str(path))
    for arguments in (("daemon-reload",), ("enable", "--now", f"{plan.name}.timer")):
        status, said = machine.systemctl(*arguments)
        if status != 0:
            raise CannotSchedule(f"systemctl {shlex.join(arguments)}: expected status 0, found {status}: {said}")
    return written


def render(plan: Plan, kind: str) -> str:
    """The unit's text."""
    environment = Environment(
        loader=PackageLoader("trueup.drift", "."),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # a unit file is no HTML; its values are quoted by unit_quote
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    writable = [plan.state, *([plan.prometheus.parent] if plan.prometheus else [])]
    return environment.get_template(f"unit.{kind}.j2").render(
        tier=plan.tier,
        inventory=unit_quote(str(plan.inventory)),
        project=str(plan.inventory.parent).replace("%", "%%"),
        # Only in a command does systemd replace variables.
        command=" ".join(unit_quote(word.replace("$", "$$")) for word in plan.argv),
        minutes=plan.minutes,
        timeout=int(plan.minutes * 60 * TIMEOUT_PART),
        delay=int(plan.minutes * 60 * DELAY_PART),
        state=unit_quote(f"TRUEUP_DRIFT={plan.state}"),
        notify=unit_quote(f"TRUEUP_NOTIFY={plan.notify}") if plan.notify else "",
        user=getpass.getuser(),
        writable=" ".join(unit_quote(str(path)) for path in writable),
    )


def unit_quote(text: str) -> str:
    """systemd.service(5), COMMAND LINES: specifiers doubled, and quoted where a blank or a quote is in it."""
    doubled = text.replace("%", "%%")
    if any(character in doubled for character in " \t\"'\\;"):
        return '"' + doubled.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return doubled


def installed(machine: Machine) -> list[Path]:
    """Every file of a schedule."""
    return sorted(machine.units.glob(f"{NAME}-*"))


def remove(machine: Machine) -> list[str]:
    """Stop and delete every timer of drift; what was deleted. History stays."""
    files = [path for path in installed(machine) if path.is_file()]
    for path in files:
        if path.suffix == ".timer":
            machine.systemctl("disable", "--now", path.name)
        path.unlink()
    if files:
        machine.systemctl("daemon-reload")
    return [str(path) for path in files]
