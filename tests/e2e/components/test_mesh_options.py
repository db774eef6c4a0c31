"""The mesh's keys, restricted: they open what they opened, from their own node alone, and for commands alone."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.modified_inventory import varied

SSH = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=10"


@pytest.fixture(scope="module")
def inventory(converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pair is converged with restricted keys, and afterwards as it was."""
    inventory = varied(tmp_path_factory.mktemp("restricted"), "access", mesh_options=("from", "restrict"))
    done = converged.converge(inventory=inventory)
    assert done.rc == 0, done.out + done.err
    yield inventory
    back = converged.converge()
    assert back.rc == 0, back.out + back.err


def test_mesh_still_holds(converged: Pair, inventory: str) -> None:
    """Who could log in can, acceptance finds the options that are declared, and a launcher's job ends well."""
    components = ("--component", "access", "--component", "allreduce")
    done = converged.run(
        "pytest", "-q", "-n", "auto", f"--inventory={inventory}", "-p", "no:cacheprovider", *components
    )

    assert 0 == done.rc, done.out


def test_stolen_key_opens_nothing_elsewhere(converged: Pair, inventory: str) -> None:
    """node1's key, used on node2, does not let its holder in to node2: it came from another address."""
    key = converged.on("node1", "cat /root/.ssh/id_ed25519").out
    use = f"k=$(mktemp) && printf %s '{key}' > $k && {SSH} -F none -i $k -o IdentitiesOnly=yes node2 true; r=$?"
    stolen = converged.on("node2", f"{use}; rm -f $k; exit $r")
    own = converged.on("node1", f"{SSH} node2 hostname")

    assert (255, True) == (stolen.rc, "Permission denied" in stolen.err)
    assert (0, "node2") == (own.rc, own.out.strip())


def test_key_runs_commands_only(converged: Pair, inventory: str) -> None:
    """No terminal, and no port of the other node's own loopback."""
    terminal = converged.on("node1", f"{SSH} -tt node2 tty </dev/null")
    forward = converged.on("node1", f"{SSH} -W 127.0.0.1:22 node2 </dev/null")

    assert (True, "PTY allocation request failed" in terminal.err) == (terminal.rc != 0, True)
    assert (False, True) == ("SSH-2.0" in forward.out, forward.rc != 0)


def test_key_without_its_options_fails_its_check(converged: Pair, inventory: str) -> None:
    """A key that is pasted again without options fails its check, and converge restores the options."""
    broke = converged.on("node2", "sed -i 's/^from=[^ ]* //' /root/.ssh/authorized_keys")
    seen = converged.run(
        "pytest", "-q", f"--inventory={inventory}", "-p", "no:cacheprovider", "--component", "access", "--tier", "quick"
    )
    healed = converged.converge(inventory=inventory)
    again = converged.on("node2", "grep -c '^from=\"[0-9.]*\",restrict ssh-ed25519 ' /root/.ssh/authorized_keys")

    assert (0, 1, True) == (broke.rc, seen.rc, "the declared options before each key of a peer" in seen.out), seen.out
    assert (0, "1") == (healed.rc, again.out.strip())
