"""What can go wrong between the controller and a node's shell, each with a remedy."""

from trueup.outcome import TrueupError


class ShellError(TrueupError):
    """A step on a node's shell failed."""

    def __init__(self, node: str, step: str, *, expected: str, actual: str, remedy: str) -> None:
        """Keep the parts; see TrueupError for the others.

        Args:
            node: The node's name.
            step: What was being done there.
        """
        super().__init__(step, expected=expected, actual=actual, remedy=remedy, where=node)
        self.node = node


class Unreachable(ShellError):
    """No SSH server answered in time at the address."""


class HostKeyRefused(ShellError):
    """The host key is not the pinned one, or none is pinned."""


class AuthenticationRefused(ShellError):
    """The node does not let this account in, or not to root."""


class NotAShell(ShellError):
    """The login gives no POSIX shell: a forced command, /bin/false, a restricted shell."""


class ConnectionLost(ShellError):
    """Report a connection lost during a command, whose outcome is unknown."""


class DeadlineExceeded(ShellError):
    """Report a timeout; the command and its children were killed."""


def brief(command: str, limit: int = 120) -> str:
    """The command as an error shows it: one line, at most `limit` characters."""
    line = " ".join(command.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."


def not_a_shell(node: str, why: str, said: bytes, *, sudo: bool) -> NotAShell:
    """The error for a login that printed `said` and gave no shell."""
    return NotAShell(
        node,
        "start a shell",
        expected="a login that runs `sh`" + (" as root by `sudo -n`" if sudo else ""),
        actual=f"{why}; the login printed {said[:200].decode('utf-8', 'backslashreplace')!r}",
        remedy="Check the account's login shell, a forced command in authorized_keys or sshd_config"
        + (", and that sudo asks for no password" if sudo else ""),
    )
