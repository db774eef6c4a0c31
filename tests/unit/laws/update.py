"""Write the ledger anew from the tree: `python -m tests.unit.laws.update`."""

import json

from tests.unit.laws.graph import behind, circles, graph
from tests.unit.laws.source import LEDGER
from tests.unit.laws.words import BANNED, banned, count, environments, words


def document() -> str:
    """Render what the laws find in the tree as it is."""
    found: dict[str, object] = {"words": count(banned()), "circles": circles(graph()), "behind a front door": behind()}
    found["tox"] = [name for name in environments() if words(name) & BANNED]
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    LEDGER.write_text(document(), encoding="utf-8")
