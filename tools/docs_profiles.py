"""docs/inventory.md and docs/profiles.md, written from the records themselves: `python -m tools.docs_profiles`."""

import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from trueup.declaration import DATA_KEYS, EXAMPLES, PASSED_ON, Access, Account, Node, Profile
from trueup.platforms import DISTROS

INVENTORY_EXAMPLE = """\
_every = {"profile": "guide", "ssh_user": "root", "interface": "ens1f0", "mirror": "http://10.0.0.9:8713"}

a100 = [("@trueup/node1", {**_every, "ssh_hostname": "10.0.0.11", "gpus": "a100-pcie-40gb x2"})]
v100s = [("@trueup/node2", {**_every, "ssh_hostname": "10.0.0.12", "gpus": "v100s-pcie-32gb x2",
                            "maintenance": "dead fan, until 2026-12-01"})]
"""
_INVENTORY = f"""\
# inventory.py: who

<!-- Written by `python -m tools.docs_profiles`; edit trueup/declaration/node.py instead. -->

A public name is a group: a list of nodes, each `("@trueup/NAME", {{...}})`. A name that begins with `_` is yours.
Values are plain strings, numbers and booleans. A node's name becomes its host name on the other nodes.

```python
{INVENTORY_EXAMPLE}```

A mistake ends every command with all its reasons at once, before a node is touched. A key that is not here is a
mistake. {{passed}} is left to pyinfra, and host keys are strict all the same. The models of `gpus` are in
[gpus.md](gpus.md).

"""
_PROFILES = """\
# profiles.py: what

<!-- Written by `python -m tools.docs_profiles`; edit trueup/declaration/profile.py instead. -->

A public name is a profile: `GUIDE = Profile(...)`. A node names it in any case (`"profile": "guide"`). Values only;
no version has a default. `profiles.py` as shipped has two whole examples, and `trueup plan` says whether a profile
fits the fleet.

"""


def inventory_page() -> str:
    """docs/inventory.md as text."""
    keys = {field: key for key, field in DATA_KEYS.items()}
    passed = ", ".join(f"`{key}`" for key in PASSED_ON)
    return _INVENTORY.replace("{passed}", passed) + _section(Node, keys).replace("## Node\n\n", "")


def profiles_page() -> str:
    """docs/profiles.md as text."""
    records = [Profile, *(field.annotation for field in Profile.model_fields.values())]
    kinds = [each for each in records if isinstance(each, type) and issubclass(each, BaseModel)]
    at = kinds.index(Access) + 1
    kinds[at:at] = [Account]
    names = ", ".join(f"`{name}`" for name in sorted(DISTROS[0].packages))
    known = f"Names that `host.packages` may use, translated for each distribution: {names}.\n"
    return (
        _PROFILES
        + "\n".join(_section(kind, {name: name for name in kind.model_fields}) for kind in kinds)
        + f"\n{known}"
    )


def _section(kind: type[BaseModel], keys: dict[str, str]) -> str:
    schema = kind.model_json_schema()
    rows = [
        f"| `{keys[name]}` | {_kind(part, schema.get('$defs', {}))}{_or_none(part)} | {_default(name, part, schema)} | "
        f"{_escaped(kind.model_fields[name].description or '')} |"
        for name, part in schema["properties"].items()
        if name in keys
    ]
    head = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([f"## {kind.__name__}", "", " ".join((kind.__doc__ or "").split()), "", *head, *rows, ""])


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _default(name: str, part: dict[str, Any], schema: dict[str, Any]) -> str:
    if name == "address":
        return "`ssh_hostname`"
    if name in schema.get("required", ()):
        return "required"
    return "" if part.get("default") is None else f"`{part['default']!r}`"


def _or_none(part: dict[str, Any]) -> str:
    # A key with a default is left out instead.
    return " or `None`" if {"type": "null"} in part.get("anyOf", ()) and "default" not in part else ""


def _kind(part: dict[str, Any], records: dict[str, Any]) -> str:
    match part:
        case {"anyOf": choices}:
            return " or ".join(_kind(each, records) for each in choices if each.get("type") != "null")
        case {"$ref": place}:
            name = str(place).rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"enum": values}:
            return " or ".join(f"`{_literal(value)}`" for value in values)
        case {"const": value}:
            return f"`{_literal(value)}`"
        case {"type": "array"}:
            return _many(part, records)
        case {"type": "object"}:
            values = part.get("additionalProperties") or next(iter(part.get("patternProperties", {}).values()), {})
            return f"name to {_kind(values, records)}"
        case {"type": "boolean"}:
            return "`True` or `False`"
    return f"a whole number{_bounds(part)}" if part.get("type") == "integer" else _text(part)


def _text(part: dict[str, Any]) -> str:
    pattern = part.get("pattern")
    if pattern is None:
        return "text"
    return EXAMPLES.get(pattern, f"text that matches `{pattern}`").replace("|", "\\|").replace("<", "&lt;")


def _many(part: dict[str, Any], records: dict[str, Any]) -> str:
    if "prefixItems" not in part:
        return f"any number of: {_kind(part['items'], records)}"
    items = [_kind(each, records) for each in part["prefixItems"]]
    return f"{len(items)} of: {items[0]}" if len(set(items)) == 1 else f"({', '.join(items)})"


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _bounds(part: dict[str, Any]) -> str:
    low = part.get("minimum", part["exclusiveMinimum"] + 1 if "exclusiveMinimum" in part else None)
    high = part.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return "" if low is None else f" from {low}"


PAGES = {"docs/inventory.md": inventory_page, "docs/profiles.md": profiles_page}


def main() -> None:
    """Write the pages below the current folder, and say which changed."""
    for name, page in PAGES.items():
        path, text = Path(name), page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {name}\n")


if __name__ == "__main__":
    main()
