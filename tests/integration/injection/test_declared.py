"""The two files of an operator, with hostile values: refused with a reason, or harmless wherever they go."""

from pathlib import Path
from shlex import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from deploy import artifact_fetch
from deploy.access import options
from deploy.nccl import conf
from tests.integration.injection.conftest import count
from tests.integration.injection.hostile import EVIL, UNCHANGED
from tests.integration.injection.sandbox import Sandbox
from trueup.declaration import DATA_KEYS, Access, Account, Nccl, Node, Refusal, load_fleet
from trueup.lockfile import Artifact
from trueup.remote_shell import Target

FILE = Artifact(name="a-1-py3-none-any.whl", size=9, sha256="0" * 64, origin="site")
GOOD: dict[str, object] = {
    "ssh_hostname": "10.0.0.1",
    "profile": "lab",
    "gpus": "a100-pcie-40gb x2",
    "interface": "eth0",
    "mirror": "http://10.0.0.9:8713",
}
VALUE = EVIL | st.sampled_from(["http://m/$(canary)", "http://m/`canary`;canary", "http://m/&&canary|canary"])
DATA = st.dictionaries(st.sampled_from([*DATA_KEYS, "extra"]) | EVIL, VALUE | st.integers() | st.none(), max_size=4)


@UNCHANGED
@given(name=st.just("node1") | EVIL, data=DATA)
def test_inventory_is_refused_or_harmless(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, name: str, data: dict[str, object]
) -> None:
    """A refusal has a line for each mistake; what passes is quoted on its way to a node."""
    count("declarations", 1)
    file = tmp_path_factory.mktemp("site") / "inventory.py"
    file.write_text(f"nodes = [({name!r}, { ({**GOOD, **data})!r})]\n", encoding="utf-8")
    commands, problems = read(file)

    assert bool(commands) != bool(problems)
    assert [] == sandbox.ran(commands)


def read(file: Path) -> tuple[list[str], tuple[str, ...]]:
    """What would be sent for the file's nodes; or why it is refused."""
    try:
        nodes = load_fleet(file).nodes
    except Refusal as refusal:
        return [], refusal.problems
    return [command for node in nodes for command in commands_of(node)], ()


def commands_of(node: Node) -> list[str]:
    """Wherever a word of the inventory goes."""
    names = f"{quote(node.address)} {node.interface} {node.name} {Target.of_node(node).name}"
    return [artifact_fetch.fetch(FILE, node.mirror, node.name), f": {names}"]


@UNCHANGED
@given(key=EVIL, value=EVIL, home=EVIL)
def test_profile_is_refused_or_harmless(sandbox: Sandbox, key: str, value: str, home: str) -> None:
    """A home is a path, a key is a key: anything else is no profile; a setting goes into its file as text."""
    count("declarations", 1)
    commands: list[str] = []
    try:
        want = Nccl(settings={"NCCL_DEBUG": value})
        commands.append(f"printf %s {quote(conf(want, 'eth0'))} > /etc/nccl.conf")
        account = Account(name="train", home=f"/home/{home}")
        commands.append(f": {account.home} {account.name}")
        keys = (f"ssh-ed25519 AAAA {key}",)
        access = Access(
            accounts=(account,), key_type="rsa", mesh="all", operator_keys=keys, exclusive=True, mesh_options=()
        )
        commands.append(f": {options(access, '10.0.0.1')}")
    except ValidationError as error:
        assert error.error_count()  # noqa: PT017 -- a refusal is an answer

    assert [] == sandbox.ran(commands)
