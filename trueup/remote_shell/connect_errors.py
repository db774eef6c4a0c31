"""Describe a failed connection: host key, login, or no answer."""

from pathlib import Path

import asyncssh

from trueup.remote_shell.errors import AuthenticationRefused, HostKeyRefused, ShellError, Unreachable
from trueup.remote_shell.target import Target

KNOWN_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts")


def connect_error(target: Target, where: str, error: Exception, offered: str, timeout: float) -> ShellError:
    """The error as this project tells it."""
    found = f"{type(error).__name__}: {error}"
    if isinstance(error, asyncssh.HostKeyNotVerifiable) or "host key algorithm" in str(error):
        pinned = pinned_keys(target)
        return HostKeyRefused(
            target.name,
            f"verify the host key of {where}",
            expected=f"a key pinned in {target.known_hosts or 'your known_hosts'} ({pinned or 'none is pinned'})",
            actual=f"{offered or found}",
            remedy=_reinstalled(target) if pinned else _first_contact(target),
        )
    if isinstance(error, asyncssh.PermissionDenied | asyncssh.KeyImportError) or _is_about_key(target, error):
        return AuthenticationRefused(
            target.name,
            f"log in at {where}",
            expected=f"to be let in with {target.key or 'the keys of your ssh_config and agent'}",
            actual=found,
            remedy="Check ssh_user and ssh_key in the inventory, and that the node's authorized_keys holds the key",
        )
    late = isinstance(error, TimeoutError)
    return Unreachable(
        target.name,
        f"connect to {where}",
        expected=f"an SSH server that answers within {timeout:g} s",
        actual="no answer in time" if late else found,
        remedy="Check ssh_hostname and ssh_port in the inventory, that the node is up, and the network between",
    )


def _reinstalled(target: Target) -> str:
    return (
        "If the node was reinstalled, check the new fingerprint on its console, then replace the pinned "
        f"line (ssh-keygen -R {target.hostname}); if not, somebody may be in between: do not connect"
    )


def _first_contact(target: Target) -> str:
    login = f"ssh {target.user + '@' if target.user else ''}{target.hostname}"
    return f"Log in once by hand ({login}), and compare the fingerprint that it shows with the node's console"


def _is_about_key(target: Target, error: Exception) -> bool:
    named = getattr(error, "filename", None)
    return target.key is not None and named is not None and str(Path(target.key).expanduser()) == str(named)


def pinned_keys(target: Target) -> str:
    """The fingerprints that its known_hosts, or the user's own, pins for the target; empty when there are none."""
    port = target.port if target.port != 22 else None
    files = [Path(name).expanduser() for name in ((target.known_hosts,) if target.known_hosts else KNOWN_HOSTS)]
    keys = [
        key
        for path in files
        if path.is_file()
        for key in asyncssh.match_known_hosts(str(path), target.hostname, target.hostname, port)[0]
    ]
    return ", ".join(f"{key.get_algorithm()} {key.get_fingerprint()}" for key in keys)
