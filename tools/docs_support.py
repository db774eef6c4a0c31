"""Write docs/support.md: what was tried on which distribution, component by component.

What a lab run showed is written here by hand; that a component was planned follows from the plan tests' own files.
"""

import json
import sys

from lab.paths import REPOSITORY
from trueup.declaration import COMPONENTS
from trueup.platforms import DISTROS, Distro

PAGE = REPOSITORY / "docs/support.md"
PLANNED = REPOSITORY / "tests/deploy/plans"
# Distribution -> what its lab nodes have been through, in every component.
LAB: dict[str, str] = {
    "debian-11": "accepted",
    "debian-12": "lab",
    "debian-13": "accepted",
    "rocky-9": "EL's shape",
}
NOTES: dict[str, str] = {
    "debian-11": """\
on 2026-11-26 an empty node of it was converged beside an empty Debian 12 node; a second plan was empty, a second
converge changed nothing, and all 546 checks of the standard tier passed, 43 of them between the nodes, the all-reduce
and the training step among these (`TRUEUP_TESTS_SHAPE=debian-11 pytest tests/e2e/distributions`). Both ran the lab's
standard stack, CUDA 11.8 and torch 2.0.1; its own g++ 10 serves nvcc. Its /usr is not merged, as an old
installation's. Of the catalogue, the 42 faults of node2 that apply there and that the quick tier checks for were all
caught, exactly, and healed, and 9 controls stayed green (`python -m lab.fault_coverage --shape debian-11 --tier
quick`).""",
    "debian-13": """\
the same on 2026-11-26, with 538 checks. Both nodes ran another stack, because no compiler of Debian 13 serves nvcc
11.8: CUDA 12.4 with Debian's g++-13, torch 2.6.0, DeepSpeed 0.17.6. In the lab's toolkit two of NVIDIA's headers are
amended for glibc 2.41, without which nvcc 12.4 compiles nothing there. Converge does not amend them on a real node;
`trueup plan` warns. Of the catalogue, the 39 faults of node2 that apply there and that the quick tier checks for were
all caught, exactly, and healed, and 8 controls stayed green (`--shape debian-13 --tier quick`, 403 s).""",
    "rocky-9": """\
on 2026-11-26 an empty node of EL shape was converged beside a Debian 12 node; a second plan was empty, a second
converge changed nothing, every check of the standard tier passed, the all-reduce and the training step among these,
and what dnf says to a repository that is down, a key that signs no more, a held lock, a database that nothing can
read, another stream, a version lock and a missing package was repaired or reported in one message (`tox -e
distro-el`: 10 tests in 341 s). 88 faults of that node, 13 of them of rpm and dnf only, were caught, exactly, and
healed, and 9 controls stayed green (`python -m lab.fault_coverage --shape mixed`: 16 batches, 2217 s, in two goes,
because one record claimed too much).""",
}
_HEAD = """\
# What runs where

<!-- Written by `python -m tools.docs_support`; edit tools/docs_support.py instead. -->

- **lab**: nodes in the lab were converged, accepted, given faults and healed; the GPUs are simulated there.
- **accepted**: an empty node in the lab was converged and accepted beside a Debian 12 node, and some of the faults were
  injected into it, as noted below.
- **EL's shape**: converged and accepted in the lab, as noted below, on a stand-in for that distribution: Debian
  underneath; rpm, dnf, yum and signed repositories with module streams for real; no kernel, C library, SELinux or
  package of the distribution itself.
- **planned**: the exact commands that a bare node gets are held by tests (`tests/deploy/plans`), and a good node plans
  none. They have not run on a real one.
- **refused**: the rules know it, but its packages are not described: `trueup/platforms/table.py` is the file to add
  it to.

None of this has run on a machine with a GPU.

"""


def _families() -> dict[str, set[str]]:
    """Map each component to the nodes of its plan tests ("rocky-9-4")."""
    found = {}
    for component in COMPONENTS:
        lines = (PLANNED / f"{component}.txt").read_text(encoding="utf-8").splitlines()
        found[component] = {name for line in lines if line.startswith("== ") for name in line.split()[1:]}
    return found


def cell(distro: Distro, planned: set[str]) -> str:
    """State what was tried of a component on a distribution."""
    if distro.name in LAB:
        return LAB[distro.name]
    own = distro.name.replace(".", "-")
    return "planned" if any(name == own or name.startswith(f"{own}-") for name in planned) else "**nothing**"


def refused() -> list[str]:
    """List the distributions that the rules know and the table of packages lacks."""
    rows = json.loads((REPOSITORY / "trueup/compat/tables/distros.json").read_text(encoding="utf-8"))["rows"]
    return sorted({row["distro"] for row in rows} - {distro.name for distro in DISTROS})


def page() -> str:
    """Render the page."""
    planned = _families()
    lines = [f"| | {' | '.join(COMPONENTS)} |", f"|{' --- |' * (len(COMPONENTS) + 1)}"]
    for distro in DISTROS:
        cells = " | ".join(cell(distro, planned[component]) for component in COMPONENTS)
        lines.append(f"| {distro.name} ({distro.manager}) | {cells} |")
    lines += [f"| {name} | {' | '.join(['refused'] * len(COMPONENTS))} |" for name in refused()]
    notes = "".join(f"\n{name}: {note}\n" for name, note in NOTES.items())
    return _HEAD + "\n".join([*lines, ""]) + notes


def main() -> None:
    """Write the page where it changed, and say so."""
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        PAGE.write_text(page(), encoding="utf-8")
        sys.stdout.write(f"wrote {PAGE.relative_to(REPOSITORY)}\n")


if __name__ == "__main__":
    main()
