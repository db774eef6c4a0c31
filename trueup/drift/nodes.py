"""What else a run must know of its nodes: which boot it saw, which packages, how warm, how many errors."""

import hashlib
from collections.abc import Mapping

from trueup.drift.record import Seen
from trueup.gpu.gpus import Gpu
from trueup.gpu.look import NVML_SECONDS, understood
from trueup.gpu.reading import Unreadable
from trueup.gpu.script import launch, pythons, script
from trueup.plan.probe import target_of
from trueup.shell import Shell, ShellError, connect_all
from trueup.spec.inventory import Node
from trueup.spec.model import Profile

# Process 1's start tells two starts of a container apart, which share the host's boot_id (proc(5), stat, field 22).
COMMAND = r"""
echo "boot=$(cat /proc/sys/kernel/random/boot_id)-$(sed 's/.*) //' /proc/1/stat | cut -d' ' -f20)"
if [ -r /etc/machine-id ]; then echo "machine=$(cat /etc/machine-id)"; fi
if command -v dpkg-query >/dev/null
then echo "packages=$(dpkg-query -W -f '${Package} ${Version} ${Status}\n' | sha256sum | cut -c1-16)"
elif command -v rpm >/dev/null
then echo "packages=$(rpm -qa --qf '%{NAME} %{EVR}\n' | sort | sha256sum | cut -c1-16)"
fi
nvidia-smi --query-gpu=index,temperature.gpu --format=csv,noheader,nounits 2>/dev/null | sed 's/^/temperature=/'
"""
DEADLINE_S = 15.0


def see(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> dict[str, Seen]:
    """Every node as it is now; one that does not answer is Seen with nothing in it, which its checks report."""
    shells = connect_all([target_of(node) for node in nodes])
    try:
        up = {name: shell for name, shell in shells.items() if isinstance(shell, Shell)}
        asked = {name: shell.submit(COMMAND, timeout=DEADLINE_S) for name, shell in up.items()}
        probes = {
            node.name: up[node.name].submit(
                launch(pythons(profiles[node.name].conda.prefix, profiles[node.name].env.name), NVML_SECONDS),
                stdin=script(),
                timeout=DEADLINE_S,
            )
            for node in nodes
            if node.name in up
        }
        found: dict[str, Seen] = {}
        for node in nodes:
            values: dict[str, str] = {}
            measures: dict[str, float] = {}
            try:
                if node.name in asked:
                    values, measures = read(asked[node.name].result().text)
                    probe = understood(probes[node.name].result())
                    if not isinstance(probe, Unreadable) and probe.nvml.found:
                        measures |= counters(probe.nvml.found.gpus)
            except ShellError:
                # The node's own checks say that it does not answer, and why; here it is merely not seen.
                values = values or {}
            found[node.name] = _seen(values, measures, profiles[node.name])
        return found
    finally:
        for shell in shells.values():
            if isinstance(shell, Shell):
                shell.close()


def _seen(values: Mapping[str, str], measures: dict[str, float], profile: Profile) -> Seen:
    return Seen(
        boot=values.get("boot") or None,
        machine=values.get("machine") or None,
        packages=values.get("packages") or None,
        profile=digest(profile),
        simulated=profile.accelerator == "simulated",
        measures=measures,
    )


def digest(profile: Profile) -> str:
    """Of the profile's values, so that an edit shows; the order of keys does not count."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()[:16]


def read(text: str) -> tuple[dict[str, str], dict[str, float]]:
    """The values and the temperatures of the command's output; a line of another form is nothing."""
    values: dict[str, str] = {}
    measures: dict[str, float] = {}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key != "temperature":
            values[key] = value.strip()[:128]
            continue
        index, _, degrees = (part.strip() for part in value.partition(","))
        if index.isdigit() and degrees.isdigit():
            measures[f"temperature[{index}]"] = float(degrees)
    return values, measures


def counters(gpus: tuple[Gpu, ...]) -> dict[str, float]:
    """The error counters that NVML gave, by GPU; one that it did not give is left out, not 0."""
    asked = {
        f"{name}[{gpu.index}]": answer.v
        for gpu in gpus
        for name, answer in (("ecc", gpu.ecc_volatile), ("replays", gpu.replays))
    }
    return {name: float(value) for name, value in asked.items() if value is not None}
