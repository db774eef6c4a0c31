"""Probe a node's facts with one command and validate its output."""

from dataclasses import replace

from trueup.compat import NodeFacts, declared_facts, distro_name
from trueup.declaration import Node
from trueup.remote_shell import Result, ShellError, Target, connect_all

# A node without GPU, gcc or the variable prints nothing for it; each line is key=value.
COMMAND = r"""
sed -n 's/^ID=/id=/p; s/^VERSION_ID=/version=/p' /etc/os-release
echo "glibc=$(getconf GNU_LIBC_VERSION)"
echo "machine=$(uname -m)"
echo "cpu=$(sed -n 's/^vendor_id[[:space:]]*: //p' /proc/cpuinfo | head -n 1)"
if [ -r /proc/driver/nvidia/version ]; then echo "driver=$(head -n 1 /proc/driver/nvidia/version)"; fi
if command -v gcc >/dev/null; then echo "gcc=$(gcc -dumpfullversion -dumpversion)"; fi
echo "arch_list=${TORCH_CUDA_ARCH_LIST:-}"
"""
DEADLINE_S = 30.0
_VENDORS = {"GenuineIntel": "intel", "AuthenticAMD": "amd"}


def _driver(line: str) -> str | None:
    # NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  ...
    versions = [word for word in line.split() if word[:1].isdigit() and word.count(".") >= 1]
    return versions[0] if versions else None


def parse_facts(node: Node, text: str) -> NodeFacts:
    """Parse probe output over declared facts; raise ValueError if it has none."""
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    values = {name: value.strip().strip("\"'") for name, value in found.items()}
    glibc = values.get("glibc", "").removeprefix("glibc ")
    if not values.get("id") or not glibc[:1].isdigit() or not values.get("machine"):
        raise ValueError(f"no distribution, glibc or machine in {text[:200]!r}")
    return replace(
        declared_facts(node),
        distro=distro_name(values["id"], values.get("version", "")),
        glibc=glibc,
        machine=values["machine"],
        cpu=_VENDORS.get(values.get("cpu", ""), node.cpu),
        driver=_driver(values.get("driver", "")) or node.driver,
        gcc=values.get("gcc") or None,
        arch_list=values.get("arch_list") or None,
        probed=True,
    )


def probe(nodes: tuple[Node, ...]) -> tuple[dict[str, NodeFacts], dict[str, str]]:
    """Probe all nodes concurrently; return the facts or the error of each."""
    shells = connect_all([Target.of_node(node) for node in nodes])
    facts: dict[str, NodeFacts] = {}
    failed: dict[str, str] = {}
    asked = {}
    for name, shell in shells.items():
        if isinstance(shell, ShellError):
            failed[name] = str(shell)
        else:
            asked[name] = (shell, shell.submit(COMMAND, timeout=DEADLINE_S))
    for node in nodes:
        if node.name not in asked:
            continue
        shell, answer = asked[node.name]
        try:
            result: Result = answer.result()
            facts[node.name] = parse_facts(node, result.text)
        except (ShellError, ValueError) as error:
            failed[node.name] = str(error)
        finally:
            shell.close()
    return facts, failed
