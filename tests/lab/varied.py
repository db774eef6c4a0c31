"""The lab's inventory under another profile than its own."""

from pathlib import Path

from tests.lab.conftest import INVENTORY, ROOT

PROFILES = """
from trueup.spec.shipped import LAB

VARIED = LAB.model_copy(update={{"{room}": LAB.{room}.model_copy(update={change!r})}})
"""


def varied(folder: Path, room: str, **change: object) -> str:
    """The path of an inventory of the same nodes, whose profile differs in these settings of a room."""
    (folder / "profiles.py").write_text(PROFILES.format(room=room, change=change), encoding="utf-8")
    text = (ROOT / INVENTORY).read_text(encoding="utf-8")
    text = text.replace('"profile": "lab"', '"profile": "varied"')
    text = text.replace('"lab/profiles.py"', f'"{folder}/profiles.py"')
    changed = folder / "inventory.py"
    changed.write_text(text, encoding="utf-8")
    return str(changed)
