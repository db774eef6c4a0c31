"""Whatever a value is, no command that is built of it hands it to a shell as a command."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import artifact_fetch, shell_commands, startup_files
from deploy.facts.conda import CondaBase, EnvPython
from deploy.facts.cuda import ToolkitState
from deploy.facts.deepspeed import DeepSpeedState
from deploy.facts.files import AccountState, PathState
from deploy.facts.foreign_files import Strays
from deploy.facts.ssh_keys import KeyPair
from deploy.facts.startup import StartupFiles
from deploy.facts.system import Service
from deploy.facts.wheels import InstalledWheels
from tests.fleet.test_access import _as
from tests.integration.injection.hostile import EVIL, POISON, UNCHANGED
from tests.integration.injection.sandbox import Sandbox
from trueup import node_lock
from trueup.collective.launch import end_command
from trueup.gpu import launch
from trueup.lockfile import Artifact
from trueup.remote_shell import remote_script

FILE = Artifact(name="a-1-py3-none-any.whl", size=9, sha256="0" * 64, origin="site")


@UNCHANGED
@given(EVIL, EVIL, EVIL)
def test_commands_of_the_deploy(sandbox: Sandbox, one: str, two: str, three: str) -> None:
    """Paths, contents, modes, owners, comments, a mirror's address, a node's name, our own messages."""
    assert [] == sandbox.ran(
        [
            shell_commands.write_file(one, two, mode=three, user=one, group=two),
            shell_commands.make_directory(one, mode=two, user=three, group=one),
            shell_commands.restore_context(one),
            shell_commands.generate_key(one, key_type="rsa", comment=two, user=three, group=one),
            shell_commands.with_failure_message("false", one),
            f": > {shlex.quote(shell_commands.creating_mark(one, two))}",
            artifact_fetch.fetch(FILE, one, two),
            artifact_fetch.fetch(FILE.model_copy(update={"name": one, "size": None}), two, three),
            artifact_fetch.drop(one, two, three),
        ]
    )


@UNCHANGED
@given(EVIL, EVIL)
def test_questions_of_the_deploy(sandbox: Sandbox, one: str, two: str) -> None:
    """Every fact that takes a path, an account, a unit or a version."""
    assert [] == sandbox.ran(
        [
            PathState().command(path=one),
            AccountState().command(account=one),
            KeyPair().command(path=one),
            ToolkitState().command(toolkit=one),
            CondaBase().command(prefix=one),
            EnvPython().command(prefix=one, env=two),
            DeepSpeedState().command(env=one),
            InstalledWheels().command(env=one),
            Strays().command(env=one),
            StartupFiles().command(shells=(), homes=(one, two), env=two),
            Service().command(unit=one),
        ]
    )


@UNCHANGED
@given(EVIL, EVIL)
def test_commands_of_acceptance_and_the_rest(sandbox: Sandbox, one: str, two: str) -> None:
    """The shell's frame, the probe, the collective, the lock."""
    holder = node_lock.LockOwner(one, two, one, two, one, two)

    assert [] == sandbox.ran(
        [
            "trueup_worker() { :; }; tu_b() { :; }; tu_e() { :; }; "
            + remote_script.frame(f": {shlex.quote(one)}", "0123456789abcdef").decode(),
            launch((one, two), 1.0),
            node_lock.lock_command(holder, exclusive=True, wait_s=1, sudo=True),
            node_lock.list_owners_command(sudo=True),
            node_lock.evict_command(holder, sudo=False),
            _as(one, f"ssh {shlex.quote(two)} hostname"),
        ]
    )


@pytest.mark.parametrize("poison", POISON)
def test_end_of_a_job(sandbox: Sandbox, poison: str) -> None:
    """It goes over every process of the node, so that a few values must do."""
    assert [] == sandbox.ran([end_command(poison, "TERM")])


@pytest.mark.parametrize("poison", POISON)
def test_very_long_values(sandbox: Sandbox, poison: str) -> None:
    """Nothing is cut off in the middle of its quotes."""
    long = poison * 100

    assert [] == sandbox.ran(
        [
            shell_commands.write_file(long, long, mode="644", user=long, group="g"),
            artifact_fetch.fetch(FILE, long, long),
        ]
    )


@UNCHANGED
@given(EVIL)
def test_cleaned_start_up_files_gain_no_command(sandbox: Sandbox, text: str) -> None:
    """A line that is taken out stays out: as a comment it must not come to life."""
    quoted = text.replace(chr(39), "")

    assert [] == sandbox.ran([startup_files.without_settings(f"export LD_LIBRARY_PATH='{quoted}'", "shell").text])


@UNCHANGED
@given(st.lists(EVIL, max_size=3), EVIL)
def test_blocks_in_files_stay_text(sandbox: Sandbox, lines: list[str], text: str) -> None:
    """What goes into a file goes there whole."""
    content = shell_commands.with_block(text, lines)

    assert [] == sandbox.ran([shell_commands.write_file("/etc/x", content, mode="644", user="root", group="root")])
