"""Which faults of the catalogue apply to a lab of a shape."""

from lab.faults.catalogue import catalogue
from lab.faults.cuda import COMPILER_LINE
from lab.faults.fault import Fault
from lab.topologies import SHAPES

# Both nodes of this shape are injected with faults; of the others, which have the same node1, only node2.
STANDARD_SHAPE = "debian"
NODE = "node2"
# Their own compiler is one that nvcc takes.
OWN_COMPILER = ("debian-11", "el")


def faults_for(shape: str = STANDARD_SHAPE) -> list[Fault]:
    """Return the faults that `python -m lab.fault_coverage --shape SHAPE` injects."""
    kinds = SHAPES[shape]
    if shape == STANDARD_SHAPE:
        return [fault for fault in catalogue().values() if kinds[0] in fault.runs_on]
    found = [fault for fault in catalogue().values() if fault.node == NODE and kinds[1] in fault.runs_on]
    return [fault.without(COMPILER_LINE) for fault in found] if kinds[1] in OWN_COMPILER else found
