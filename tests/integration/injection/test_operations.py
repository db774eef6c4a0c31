"""Every operation, on a node whose every answer is hostile and by a profile whose every word is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import ctx_host, ctx_inventory, ctx_state
from pyinfra.facts.files import Sha256File

from deploy.facts import conda as conda_facts
from deploy.facts import cuda as cuda_facts
from deploy.facts.deepspeed import Compiled, DeepSpeedState
from deploy.facts.driver import DriverInfo, DriverState
from deploy.facts.files import AccountInfo, AccountState, PathInfo, PathState
from deploy.facts.firewall import Firewall, FirewallInfo
from deploy.facts.foreign_files import Strays
from deploy.facts.network import Interfaces
from deploy.facts.ssh_keys import HostKeys, KeyPair
from deploy.facts.startup import StartupFile, StartupFiles
from deploy.facts.system import InstalledPackages, Service, ShmMib
from deploy.facts.wheels import InstalledWheels, Wheel
from deploy.operations import (
    access,
    conda,
    cuda,
    deepspeed,
    driver,
    env,
    files,
    firewall,
    host,
    library_overrides,
    nccl,
    nvidia_repository,
)
from tests.integration.injection.hostile import EVIL, UNCHANGED
from tests.integration.injection.sandbox import Sandbox
from trueup.declaration import LAB, Account
from trueup.lockfile import Artifact
from trueup.platforms import DISTROS, Compiler

FILE = Artifact(name="a-1-py3-none-any.whl", size=9, sha256="0" * 64, origin="site")


@dataclass(eq=False)
class Node:
    """What operations see of a host: each fact answers with hostile words, or with nothing."""

    evil: list[str]
    bare: bool
    name: str = ""
    # What was typed as --data: nothing.
    data: dict[str, object] = field(default_factory=dict)

    def get_fact(self, fact: type[Any], **_: object) -> Any:
        """The answer of a node that means harm."""
        a, b, c = self.evil
        bare = self.bare
        answers: dict[type[Any], Any] = {
            PathState: None if bare else PathInfo(a, "700", b, c, c),
            AccountState: None if bare else AccountInfo(a, b, c),
            KeyPair: {} if bare else {"private": a, "derived": b, "public": c},
            HostKeys: [a, b],
            InstalledPackages: {} if bare else {a: b, b: "ok"},
            Service: {} if bare else {"ActiveState": a},
            ShmMib: 1,
            Firewall: FirewallInfo("ufw" if bare else "firewalld", (a, b)),
            Interfaces: [a],
            conda_facts.CondaBase: "absent" if bare else a,
            conda_facts.EnvPython: "absent" if bare else a,
            cuda_facts.ToolkitState: cuda_facts.CudaToolkit("" if bare else a, b),
            Sha256File: a,
            cuda_facts.LoaderState: cuda_facts.Loader((a, f"/x/libnccl.so.{b}"), (_entry(a, b, ""), _entry(b, c, c))),
            DeepSpeedState: Compiled(version=a, ops=frozenset({b})),
            InstalledWheels: {} if bare else {a: Wheel(b, c, None), "a": Wheel("1", a, b)},
            Strays: [a, b, c],
            StartupFiles: {a: StartupFile("shell", "644", b, c, f"export LD_PRELOAD={a}\n")},
            DriverState: DriverInfo(
                None, None, {a: "580.1", b: "535.2"}, frozenset(), a, b, False, True, True, True, c
            ),
        }
        return answers[fact]

    def noop(self, _: str) -> None:
        """Nothing to do."""


def _entry(file: str, folder: str, other: str) -> cuda_facts.LoaderEntry:
    return cuda_facts.LoaderEntry(file, folder, "libnccl.so.2", other)


def _account(words: list[str]) -> Account:
    return Account.model_construct(name=words[0], home=words[1])


# Each operation with every value that an operator, a lock or a table could give it.
OPERATIONS: dict[str, Callable[[list[str]], Iterable[Any]]] = {
    "account": lambda w: access.account._inner(_account(w)),
    "closed home": lambda w: access.closed_home._inner(_account(w)),
    "ssh directory": lambda w: access.ssh_directory._inner(_account(w)),
    "key pair": lambda w: access.key_pair._inner(_account(w), key_type="rsa", comment=w[2]),
    "authorized keys": lambda w: access.authorized_keys._inner(_account(w), "rsa", {}, (w[2],), False),
    "hosts file": lambda w: access.hosts_file._inner(w[0], {w[1]: w[2]}),
    "text file": lambda w: files.text_file._inner(w[0], w[1], w[2], w[0], w[1]),
    "block": lambda w: files.block._inner(w[0], [w[1], w[2]]),
    "absent": lambda w: files.absent._inner(w),
    "packages": lambda w: host.packages._inner("apt", w),
    "packages of EL": lambda w: host.packages._inner("dnf", w),
    "shared memory": lambda _: host.shared_memory._inner(7),
    "running": lambda w: host.running._inner(w[0]),
    "restart": lambda w: host.restart._inner(w[0]),
    "open ports": lambda w: firewall.open_ports._inner(DISTROS[0], w, 1, 2),
    "conda": lambda w: conda.base._inner(w[0], FILE, w[1]),
    "conda init": lambda w: conda.shell_init._inner(w[2], _account(w)),
    "environment": lambda w: env.environment._inner(w[0], w[1], w[2], w[0]),
    "wheels": lambda w: env.wheels._inner(w[0], (FILE,), (w[1],), FILE, w[2]),
    "toolkit": lambda _: cuda.toolkit._inner("11.8", "apt"),
    "link": lambda _: cuda.link._inner("11.8"),
    "CUDA's environment": lambda w: cuda.environment._inner(Compiler(package=w[0], cc=w[1], cxx=w[2])),
    "DeepSpeed": lambda w: deepspeed.package._inner(
        LAB.deepspeed, LAB.env, w[0], w[1], None, FILE, {"CC": w[2]}, FILE, w[0]
    ),
    "hostfile": lambda w: deepspeed.hostfile._inner(w[0], {w[1]: 2}),
    "launcher": lambda w: deepspeed.launcher_environment._inner(_account(w), {w[0]: w[1]}),
    "driver": lambda _: driver.packages._inner(LAB.driver, DISTROS[0]),
    "hold": lambda _: driver.hold._inner(DISTROS[0]),
    "repository": lambda w: nvidia_repository.packages_of_nvidia._inner(DISTROS[0], FILE, w[0]),
    "start-up files": lambda w: library_overrides.startup_files._inner((), (w[0],), w[1]),
    "loader": lambda _: library_overrides.loader._inner("11.8"),
    "strays": lambda w: library_overrides.strays._inner(w[0]),
    "Gloo": lambda w: nccl.environment._inner(w[0]),
}


@pytest.mark.parametrize("bare", [True, False], ids=["bare", "hostile"])
@UNCHANGED
@given(st.lists(EVIL, min_size=3, max_size=3), st.lists(EVIL, min_size=3, max_size=3))
def test_no_operation_lets_a_word_become_a_command(
    sandbox: Sandbox, bare: bool, words: list[str], answers: list[str]
) -> None:
    """Refusing is an answer; running is not."""
    sent: list[str] = []
    node = Node(answers, bare, name=words[0])
    with ctx_host.use(node), ctx_state.use(Mock(is_executing=False)), ctx_inventory.use(Mock()):
        for operation in OPERATIONS.values():
            try:
                sent += [str(command) for command in operation(words)]
            except PyinfraError:
                continue

    assert len(sent) > len(OPERATIONS) / 2
    assert [] == sandbox.ran(sent)
