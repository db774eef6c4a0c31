"""DeepSpeed: every row of its own report, the code in its ops, and what its launcher reads."""

import re

import pytest
from testinfra.host import Host

from trueup.accept.checks import accounts, each, require, text, tier
from trueup.declaration import HOSTFILE, Node, Profile
from trueup.env import ds_report
from trueup.env.probe import Environment
from trueup.lockfile import architecture, capability
from trueup.remote_shell import Shell

CUDA = "/usr/local/cuda"
pytestmark = tier("standard", "report")
# Ops of the CPU: they hold no device code (DeepSpeed, op_builder).
HOST_OPS = frozenset({"async_io", "cpu_adagrad", "cpu_adam", "cpu_lion"})


def ops(_node: Node, profile: Profile) -> list[str]:
    """The ops declared to be compiled beforehand."""
    return list(profile.deepspeed.build_ops)


def device_ops(node: Node, profile: Profile) -> list[str]:
    """Those of them that run on the GPU."""
    return [op for op in ops(node, profile) if op not in HOST_OPS]


@pytest.fixture(scope="session")
def report(shell: Shell, profile: Profile) -> ds_report.DeepSpeedReport:
    """ds_report, asked once."""
    return ds_report.report(shell, profile.env_prefix)


def test_deepspeed_imports(report: ds_report.DeepSpeedReport) -> None:
    """A DeepSpeed that does not fit its torch or pydantic fails here, and ds_report with it."""
    assert "" == report.error


def test_files_are_its_wheel_s_own(env: Environment) -> None:
    """A file edited in place, or an op copied from another node, keeps its version."""
    found = env.wheels.get("deepspeed")

    assert () == (found.altered if found else ("absent",))


def test_version_is_the_declared_one(report: ds_report.DeepSpeedReport, profile: Profile) -> None:
    """Two nodes with two DeepSpeeds exchange what the other cannot read."""
    assert profile.deepspeed.version == report.deepspeed


def test_accelerator_is_cuda(report: ds_report.DeepSpeedReport) -> None:
    """With another accelerator the rows of the report speak of other ops under the same names."""
    assert "cuda" == report.accelerator


def test_ninja_is_there(report: ds_report.DeepSpeedReport) -> None:
    """Every op that is not compiled beforehand is compiled by ninja at its first use."""
    require(report.ninja, expected="ninja", actual=report.error or "the report finds none")


@each("op", ops)
def test_declared_op_is_installed(report: ds_report.DeepSpeedReport, op: str) -> None:
    """[YES]: an op that is missing is compiled by every rank at once when the job starts."""
    require(report.op(op).installed, expected=f"{op} [YES]", actual=report.error or f"{op} [NO]")


@each("op", ops)
def test_declared_op_is_compatible(report: ds_report.DeepSpeedReport, op: str) -> None:
    """[OKAY]: what the op needs on this node is there."""
    require(report.op(op).compatible, expected=f"{op} [OKAY]", actual=report.error or f"{op} [NO]")


def test_no_other_op_is_installed(report: ds_report.DeepSpeedReport, profile: Profile) -> None:
    """An op that nobody declared came with another wheel."""
    assert sorted(profile.deepspeed.build_ops) == sorted(name for name, op in report.ops.items() if op.installed)


def test_async_io_is_compatible(report: ds_report.DeepSpeedReport) -> None:
    """The guide's report says no: libaio's headers are missing there."""
    require(report.op("async_io").compatible, expected="async_io [OKAY]", actual=report.error or "async_io [NO]")


@each("op", device_ops)
def test_op_has_code_for_this_node_s_gpus(
    report: ds_report.DeepSpeedReport, host: Host, node: Node, profile: Profile, op: str
) -> None:
    """A CPU op of the same name, or one for another GPU, is reported as installed and compatible all the same."""
    require(op in report.libraries, expected=f"a library of {op}", actual=sorted(report.libraries))
    found = host.run("%s-%s/bin/cuobjdump --list-elf %s", CUDA, profile.cuda.toolkit, report.libraries[op])

    assert {architecture(capability(node))} == ds_report.architectures(found.stdout), found.stderr


def test_torch_of_the_report_is_the_declared_one(report: ds_report.DeepSpeedReport, profile: Profile) -> None:
    """The guide pins 2.0.1+cu117 and shows the report of 2.1.2+cu121; nothing in it would notice."""
    wanted = f"{profile.env.wheels['torch']}+cu{profile.env.cuda_build.replace('.', '')}"

    assert (wanted, profile.env.cuda_build) == (report.torch, report.torch_cuda)


def test_paths_are_of_the_declared_environment(report: ds_report.DeepSpeedReport, profile: Profile) -> None:
    """The guide's paths are Miniconda's while its installer is Anaconda's: another Python answered."""
    site = f"{profile.env_prefix}/lib/python{profile.env.python}/site-packages"

    assert (f"{site}/torch", f"{site}/deepspeed") == (report.torch_path, report.deepspeed_path)


def test_nvcc_of_the_report_is_the_declared_one(report: ds_report.DeepSpeedReport, profile: Profile) -> None:
    """The guide exports 11.4, pins wheels for 11.7 and shows nvcc 12.2."""
    assert profile.cuda.toolkit == ds_report.plain(report.nvcc or "")


def test_nvcc_goes_with_torch_by_deepspeed_s_rule(report: ds_report.DeepSpeedReport, profile: Profile) -> None:
    """DeepSpeed refuses to compile where the majors differ (op_builder, assert_no_cuda_mismatch)."""
    require(report.nvcc, expected="an nvcc", actual=report.error or "the report names none")
    nvcc = ds_report.plain(report.nvcc or "").split(".")[0]

    assert (report.torch_cuda or "").split(".")[0] == nvcc


def test_wheel_was_compiled_with_this_torch(report: ds_report.DeepSpeedReport, profile: Profile) -> None:
    """pip's cache hands out a wheel that was compiled under another torch; its ops then fail at the first call."""
    wanted = ".".join(profile.env.wheels["torch"].split(".")[:2])

    assert (wanted, profile.env.cuda_build) == (report.compiled_torch, report.compiled_cuda)


def test_shared_memory_is_enough_for_deepspeed(report: ds_report.DeepSpeedReport) -> None:
    """Below 512 MB the report warns, and data loaders die."""
    assert ("", ()) == (report.error, tuple(ds_report.plain(line) for line in report.shm_warnings))


def test_hostfile_names_no_node_twice(host: Host) -> None:
    """The launcher refuses a duplicate; a line that it cannot read, too."""
    lines = [line.split("#")[0].strip() for line in text(host, HOSTFILE).splitlines()]
    found = [re.fullmatch(r"(\S+)\s+slots=(\d+)", line) for line in lines if line]
    names = [match[1] for match in found if match]

    assert (True, sorted(set(names))) == (all(found), sorted(names)), lines


def test_hostfile_has_this_node_s_gpus(host: Host, node: Node) -> None:
    """A missing file means: silently this node alone. A wrong number leaves GPUs idle, or starts too many ranks."""
    assert f"{node.name} slots={node.gpu_count}" in text(host, HOSTFILE).splitlines()


@each("account", accounts)
def test_launcher_hands_on_cuda_home(host: Host, profile: Profile, account: str) -> None:
    """The launcher forwards a few names only; the rest it reads from this file."""
    file = host.file(f"{profile.account(account).home}/.deepspeed_env")
    lines = text(host, f"{profile.account(account).home}/.deepspeed_env").splitlines()

    assert (account, True) == (file.user, f"CUDA_HOME={CUDA}" in lines)


@each("account", accounts)
def test_launcher_hands_on_no_library_path(host: Host, profile: Profile, account: str) -> None:
    """A rank would take the libraries that it names before torch's own."""
    found = text(host, f"{profile.account(account).home}/.deepspeed_env")

    assert [] == [line for line in found.splitlines() if line.startswith(("LD_LIBRARY_PATH", "LD_PRELOAD"))]
