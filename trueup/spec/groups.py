"""The groups of an inventory file, read as pyinfra reads them, into one record of data per host."""

from dataclasses import dataclass, field
from typing import Any

PREFIX = "@trueup/"


@dataclass
class Host:
    """What the file says about one host: its own data, and what its groups add."""

    name: str
    own: dict[str, Any] | None = None
    inherited: dict[str, Any] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        """The data that holds: the host's own wins over its groups'."""
        return {**self.inherited, **(self.own or {})}


def hosts_of(names: dict[str, Any]) -> tuple[dict[str, Host], list[str]]:
    """Every host by name, and what is wrong with the groups; a public name must be a group."""
    hosts: dict[str, Host] = {}
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


def _take(hosts: dict[str, Host], group: str, position: int, entry: Any, shared: dict[str, Any]) -> list[str]:
    parsed = _entry(entry)
    if parsed is None:
        return [f'{group}[{position}]: found {entry!r}, wanted "name" or ("name", {{data}})']
    name, own = parsed
    host = hosts.setdefault(name, Host(name))
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
