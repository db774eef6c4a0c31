"""The two files of an operator as typed records, or one refusal with every mistake in them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trueup.declaration.error_text import explain
from trueup.declaration.errors import Refusal, did_you_mean, nearest_first
from trueup.declaration.node import DATA_KEYS, PASSED_ON, Node, fields_of
from trueup.declaration.profile import Profile
from trueup.declaration.python_file import names_of
from trueup.declaration.types import Broken, Record, collecting

PREFIX = "@trueup/"


@dataclass
class InventoryHost:
    """What the file says about one host: its own data, and what its groups add."""

    name: str
    own: dict[str, Any] | None = None
    inherited: dict[str, Any] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        """The data that holds: the host's own wins over its groups'."""
        return {**self.inherited, **(self.own or {})}


def hosts_of(names: dict[str, Any]) -> tuple[dict[str, InventoryHost], list[str]]:
    """Every host by name, and what is wrong with the groups; a public name must be a group."""
    hosts: dict[str, InventoryHost] = {}
    problems: list[str] = []
    for group, value in names.items():
        shape = _split(value)
        if shape is None:
            problems.append(
                f"{group}: is neither a list of hosts nor (list, dict); begin a name that is no group with _"
            )
            continue
        entries, shared = shape
        for position, entry in enumerate(entries):
            problems += _take(hosts, group, position, entry, shared)
    return hosts, problems


def _split(value: Any) -> tuple[list[Any], dict[str, Any]] | None:
    if isinstance(value, list):
        return value, {}
    if isinstance(value, tuple) and len(value) == 2:
        entries, shared = value
        if isinstance(entries, list) and isinstance(shared, dict):
            return entries, shared
    return None


def _entry(entry: Any) -> tuple[str, dict[str, Any] | None] | None:
    if isinstance(entry, str):
        return entry.removeprefix(PREFIX), None
    if isinstance(entry, tuple) and len(entry) == 2:
        name, data = entry
        if isinstance(name, str) and isinstance(data, dict):
            return name.removeprefix(PREFIX), data
    return None


def _take(hosts: dict[str, InventoryHost], group: str, position: int, entry: Any, shared: dict[str, Any]) -> list[str]:
    parsed = _entry(entry)
    if parsed is None:
        return [f'{group}[{position}]: found {entry!r}, wanted "name" or ("name", {{data}})']
    name, own = parsed
    host = hosts.setdefault(name, InventoryHost(name))
    problems = []
    if group in host.groups:
        problems.append(f"{name}: stands twice in group {group}")
    elif own is not None and host.own is not None and own != host.own:
        problems.append(
            f"{name}: is declared twice with different data, in {host.groups[0]} and in {group}; "
            "give one of them another name"
        )
    host.groups.append(group)
    host.own = host.own if own is None else own
    for key, value in shared.items():
        if key in host.inherited and host.inherited[key] != value and key not in (host.own or {}):
            problems.append(
                f"{name}.{key}: its groups disagree ({host.inherited[key]!r}, then {value!r} in {group}); "
                "set it on the host"
            )
        host.inherited[key] = value
    return problems


__all__ = ["Fleet", "Refusal", "load_fleet", "load_profile", "load_profiles", "node_from_data", "profiles_of"]

_KEYS = {field: key for key, field in DATA_KEYS.items()}


class Fleet(Record):
    """The nodes of one inventory, in the order of the file."""

    nodes: tuple[Node, ...]

    @property
    def active(self) -> tuple[Node, ...]:
        """The nodes that are worked on and that count."""
        return tuple(node for node in self.nodes if node.maintenance is None)

    @property
    def maintenance(self) -> tuple[Node, ...]:
        """The nodes that are left alone; each says why in its own out."""
        return tuple(node for node in self.nodes if node.maintenance is not None)

    def node(self, name: str) -> Node:
        """The node of that name; raises Refusal with the nearest names if there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise Refusal("inventory", [f'no node "{name}"{did_you_mean(name, [n.name for n in self.nodes])}'])


def load_fleet(inventory: Path) -> Fleet:
    """The fleet that the inventory file declares; raises Refusal with every mistake in it."""
    hosts, problems = hosts_of(names_of(inventory))
    if not hosts and not problems:
        problems.append("declares no node; a group is a list of hosts, e.g. a100 = [...]")
    nodes: list[Node] = []
    for host in hosts.values():
        node, found = _node(host.name, host.data, tuple(host.groups))
        problems += found
        nodes += [node] if node else []
    problems += _duplicates(nodes)
    if problems:
        raise Refusal(str(inventory), problems)
    return Fleet(nodes=tuple(nodes))


def node_from_data(name: str, data: Mapping[str, Any]) -> Node:
    """The node behind a pyinfra host; keys of pyinfra's own are left out. Raises Refusal."""
    node, problems = _node(name, {key: value for key, value in data.items() if key in DATA_KEYS}, ())
    if node is None:
        raise Refusal(f"host {name}", problems)
    return node


def _node(name: str, data: Mapping[str, Any], groups: tuple[str, ...]) -> tuple[Node | None, list[str]]:
    known = {key: value for key, value in data.items() if key in DATA_KEYS or key in PASSED_ON}
    problems = [
        f'{name}.{key}: unknown key "{key}"{did_you_mean(str(key), [*DATA_KEYS, *PASSED_ON])}'
        for key in data
        if key not in known
    ]
    try:
        node = Node(name=name, groups=groups, **fields_of(known))
    except ValidationError as error:
        # A missing hostname leaves address empty as well: one mistake, one line.
        lines = explain(error, name, Node, _KEYS)
        follows = "ssh_hostname" not in data and "address" not in data
        return None, problems + [line for line in lines if not (follows and line.startswith(f"{name}.address:"))]
    return (None if problems else node), problems


def _duplicates(nodes: list[Node]) -> list[str]:
    by_address: dict[str, list[str]] = defaultdict(list)
    by_login: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        by_address[node.address].append(node.name)
        by_login[f"{node.hostname} port {node.port}"].append(node.name)
    return [
        f"{' and '.join(names)}: have the same {what} {value}; two nodes must differ in it"
        for what, found in (("address", by_address), ("ssh_hostname and ssh_port", by_login))
        for value, names in found.items()
        if len(names) > 1
    ]


def load_profiles(path: Path) -> dict[str, Profile]:
    """Every profile of the file by its name in lower case; raises Refusal with all the file's mistakes."""
    try:
        file = path.expanduser().resolve(strict=True)
        seen = file.stat()
    except OSError as error:
        raise Refusal(str(path), [f"cannot be read: {error.strerror or error}"]) from error
    return dict(_profiles(file, seen.st_mtime_ns, seen.st_size))


@lru_cache(maxsize=16)
def _profiles(path: Path, _changed_ns: int, _size: int) -> Mapping[str, Profile]:
    with collecting() as broken:
        names = names_of(path)
    found = {name: value for name, value in names.items() if isinstance(value, Profile)}
    if broken:
        raise Refusal(str(path), _mistakes(found, broken))
    if not found:
        raise Refusal(str(path), ["declares no profile; one is a name at top level: GUIDE = Profile(...)"])
    return {name.lower(): profile for name, profile in found.items()}


def _mistakes(profiles: Mapping[str, Profile], broken: Broken) -> list[str]:
    places: dict[int, str] = {}
    for name, profile in profiles.items():
        _place(profile, name, places)
    return [
        line
        for record, error in broken
        for line in explain(error, places.get(id(record), type(record).__name__), type(record))
    ]


def _place(value: Any, path: str, places: dict[int, str]) -> None:
    if isinstance(value, Record):
        places[id(value)] = path
        for name, part in vars(value).items():
            _place(part, f"{path}.{name}", places)
    elif isinstance(value, tuple | list):
        for position, part in enumerate(value):
            _place(part, f"{path}.{position}", places)


def load_profile(name: str, path: Path) -> Profile:
    """The profile of that name, in any case; raises Refusal, which lists the known ones, nearest first."""
    profiles = load_profiles(path)
    if name.lower() not in profiles:
        known = ", ".join(nearest_first(name.lower(), profiles))
        raise Refusal(str(path), [f'no profile "{name}"; it has: {known}'])
    return profiles[name.lower()]


def profiles_of(fleet: Fleet) -> dict[str, Profile]:
    """The profile of every node by the node's name; raises one Refusal for all that cannot be had."""
    found: dict[str, Profile] = {}
    problems: dict[str, None] = {}
    for node in fleet.nodes:
        try:
            found[node.name] = load_profile(node.profile, Path(node.profiles))
        except Refusal as refusal:
            problems.update(dict.fromkeys(f"{refusal.what}: {line}" for line in refusal.problems))
    if problems:
        raise Refusal("profiles", problems)
    return found
