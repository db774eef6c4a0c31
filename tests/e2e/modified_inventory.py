"""The lab's inventory with other data than its own."""

from pathlib import Path

from tests.e2e.conftest import INVENTORY, ROOT

PROFILES = """
from trueup.declaration import LAB

VARIED = LAB.model_copy(update={{"{component}": LAB.{component}.model_copy(update={change!r})}})
"""
# Added to the file, not replaced in it: a word that the file no longer has would replace nothing.
DATA = """
for _, _data in [*a100, *v100s]:
    _data.update({data!r})
"""


def with_data(folder: Path, **data: object) -> str:
    """The path of an inventory of the same nodes, each with this data over its own."""
    changed = folder / "inventory.py"
    changed.write_text((ROOT / INVENTORY).read_text(encoding="utf-8") + DATA.format(data=data), encoding="utf-8")
    return str(changed)


def varied(folder: Path, component: str, **change: object) -> str:
    """The same, but each with a profile that differs from the lab's in these settings of a component."""
    profiles = folder / "profiles.py"
    profiles.write_text(PROFILES.format(component=component, change=change), encoding="utf-8")
    return with_data(folder, profile="varied", profiles=str(profiles))
