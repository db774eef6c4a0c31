"""Collect node state over own connections, for runs limited to some components (else: pytest_plugin.py)."""

from collections.abc import Mapping
from concurrent.futures import Future

from trueup.declaration import Node, Profile
from trueup.drift.model import NodeState, unreached
from trueup.gpu import Gpu, Probe, ProbeError, question, understood
from trueup.remote_shell import Result, Shell, ShellError, Target, connect_all

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


def state_from(text: str, probe: Probe | ProbeError | None, profile: Profile) -> NodeState:
    """From the command's output ("" where it gave none) and the GPU probe's answer, if there is one."""
    values, measures = parse_output(text)
    if isinstance(probe, Probe) and probe.nvml.value:
        measures |= counters(probe.nvml.value.gpus)
    known = {key: values.get(key) or None for key in ("boot", "machine", "packages")}
    return unreached(profile).model_copy(update={**known, "measures": measures})


def parse_output(text: str) -> tuple[dict[str, str], dict[str, float]]:
    """Parse key=value lines and temperatures; ignore other lines."""
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


def collect_node_states(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> dict[str, NodeState]:
    """Every node as it is now; one that does not answer is Seen with nothing in it, which its checks report."""
    shells = connect_all([Target.of_node(node) for node in nodes])
    up = {name: shell for name, shell in shells.items() if isinstance(shell, Shell)}
    try:
        asked = {name: shell.submit(COMMAND, timeout=DEADLINE_S) for name, shell in up.items()}
        probes = {name: shell.submit(**question(profiles[name])) for name, shell in up.items()}
        answers = {name: (_answer(asked[name]), _answer(probes[name])) for name in up}
        return {node.name: _seen(*answers.get(node.name, (None, None)), profiles[node.name]) for node in nodes}
    finally:
        for shell in up.values():
            shell.close()


def _answer(asked: Future[Result]) -> Result | None:
    try:
        return asked.result()
    except ShellError:
        # The node's own checks say that it does not answer, and why; here it is merely not seen.
        return None


def _seen(told: Result | None, probe: Result | None, profile: Profile) -> NodeState:
    return state_from(told.text if told else "", understood(probe) if probe else None, profile)
