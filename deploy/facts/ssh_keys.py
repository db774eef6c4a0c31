"""Read SSH keys: an account's own, and the host's."""

from collections.abc import Iterable
from shlex import quote

from pyinfra.api.facts import FactBase


class KeyPair(FactBase[dict[str, str]]):
    """A private key's mode and owner, the public key derived from it, and the .pub file beside it.

    Keys absent from the answer were not found: "private" ("600 root root"), "derived", "public".
    A private key that ssh-keygen cannot read has no "derived".
    """

    def command(self, path: str) -> str:
        """The private key itself never leaves the node: ssh-keygen derives the public half there.

        Through a pipe, because it refuses a file that others can read, and such a key's mode is corrected.
        """
        key = quote(path)
        pub = quote(f"{path}.pub")
        return (
            f"if [ -f {key} ]; then echo private $(stat -c '%a %U %G' {key}); "
            f"if d=$(cat {key} | ssh-keygen -y -P '' -f /dev/stdin 2>/dev/null); then echo derived $d; fi; fi; "
            f"if [ -f {pub} ]; then echo public $(head -n 1 {pub}); fi; echo end"
        )

    def process(self, output: Iterable[str]) -> dict[str, str]:
        """Each line is a word and its value; of a derived key only type and body count."""
        actual = dict(line.split(" ", 1) for line in output if " " in line)
        if "derived" in actual:
            actual["derived"] = " ".join(actual["derived"].split()[:2])
        return actual


class HostKeys(FactBase[list[str]]):
    """The host's public keys as "type body", sorted; read over the trusted channel."""

    def command(self) -> str:
        """The files that sshd offers by default (sshd_config(5), HostKey)."""
        return "cat /etc/ssh/ssh_host_*_key.pub"

    def process(self, output: Iterable[str]) -> list[str]:
        """Drop the comment, which names the maker of the image."""
        return sorted(" ".join(line.split()[:2]) for line in output if line.startswith(("ssh-", "ecdsa-")))
