"""Read the installed DeepSpeed: its build, and the code in its ops."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from shlex import quote

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

from deploy.facts.cuda import LINK

MODULE = "deepspeed/git_version_info_installed.py"


@dataclass(frozen=True)
class Compiled:
    """What the wheel says of itself, and what its ops are.

    version: "" where none is installed; ops: those compiled beforehand; torch, cuda: "2.0", "11.7";
    accelerator: of the build; code: op -> the architectures ("sm_80") in its library.
    """

    version: str = ""
    ops: frozenset[str] = frozenset()
    torch: str = ""
    cuda: str = ""
    accelerator: str = ""
    code: dict[str, frozenset[str]] = field(default_factory=dict)


class DeepSpeedState(FactBase[Compiled]):
    """Read from files; importing DeepSpeed takes seconds, and runs what may be broken."""

    @staticmethod
    def default() -> Compiled:
        """Not installed."""
        return Compiled()

    def command(self, env: str) -> str:
        """cuobjdump names the architectures of device code; an op of the CPU has none."""
        prefix = quote(env)
        return (
            f'for f in {prefix}/lib/python3*/site-packages/{MODULE}; do if [ -f "$f" ]; then sed \'s/^/info|/\' "$f"; '
            'cd "${f%/*}" && for so in $(find ops -name "*_op.*so"); do op=${so##*/}; '
            f'echo "op|${{op%%_op.*}}|$({LINK}/bin/cuobjdump --list-elf "$so" 2>/dev/null | '
            "sed -n 's/.*\\.\\(sm_[0-9a-z]*\\)\\.cubin.*/\\1/p' | sort -u | tr '\\n' ' ')\"; done; fi; done"
        )

    def process(self, output: Iterable[str]) -> Compiled:
        """Assignments of literals, as DeepSpeed's setup.py writes them; then a line an op."""
        info: dict[str, object] = {}
        code: dict[str, frozenset[str]] = {}
        for line in output:
            kind, _, rest = line.partition("|")
            if kind == "op":
                name, _, actual = rest.partition("|")
                code[name] = frozenset(actual.split())
            elif kind == "info" and "=" in rest:
                key, _, value = rest.partition("=")
                try:
                    info[key.strip()] = ast.literal_eval(value.strip())
                except (ValueError, SyntaxError) as error:
                    raise FactProcessError(f"{MODULE}: wanted a literal, found {rest!r}") from error
        return read(info, code)


def read(info: dict[str, object], code: dict[str, frozenset[str]]) -> Compiled:
    """The record of what setup.py wrote; raises FactProcessError where it wrote something else."""
    if not info:
        return Compiled()
    ops, torch = info.get("installed_ops"), info.get("torch_info")
    if not isinstance(ops, dict) or not isinstance(torch, dict):
        raise FactProcessError(f"{MODULE}: wanted installed_ops and torch_info, found {sorted(info)}")
    return Compiled(
        version=str(info.get("version", "")).strip(),
        ops=frozenset(name for name, built in ops.items() if built),
        torch=str(torch.get("version", "")),
        cuda=str(torch.get("cuda_version", "")),
        accelerator=str(info.get("accelerator_name", "")),
        code=code,
    )
