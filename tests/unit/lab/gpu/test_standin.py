"""lab.gpu: nvidia-ml-py loads the stand-in unchanged, and the probe reads from it what the file says."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.gpu.build import ensure
from lab.gpu.packages import TRIPLET
from lab.gpu.state import CONF, conf_for, put
from trueup.declaration import LAB, Node
from trueup.gpu import Nvml, Probe, expected_gpus, launch, read, script
from trueup.gpu.checks import ecc, identity

VERSION = "580.95.05"
Ask = Callable[..., Probe]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the stand-in, out of its package."""
    root = tmp_path_factory.mktemp("root")
    package = next(path for path in ensure() if path.name.startswith(f"libnvidia-ml1_{VERSION}"))
    subprocess.run(["dpkg-deb", "-x", str(package), str(root)], check=True)
    return root / f"usr/lib/{TRIPLET}"


@pytest.fixture
def ask(library: Path, tmp_path: Path) -> Ask:
    """ask(model, *changes, loaded=version) -> what the probe sees on such a node."""

    def probe(model: str, *changes: tuple[str, str], loaded: str = VERSION, seconds: float = 20) -> Probe:
        conf, module = tmp_path / "gpus.conf", tmp_path / "version"
        module.write_text(f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {loaded}  a stand-in\n")
        conf.write_text(conf_for(model, 2, "node1") + f"module {module}\n")
        for key, value in changes:
            subprocess.run(["sh", "-c", put(key, value).replace(CONF, str(conf))], check=True)
        env = {**os.environ, "LD_LIBRARY_PATH": str(library), "TRUEUP_LAB_GPUS": str(conf)}
        command = ["sh", "-c", launch((sys.executable,), seconds)]
        done = subprocess.run(command, input=script(), capture_output=True, env=env, timeout=60, check=True)
        found = read(done.stdout)
        assert isinstance(found, Probe), found
        return found

    return probe


def nvml_of(probe: Probe) -> Nvml:
    """The library's part of it."""
    assert probe.nvml.value is not None, probe.nvml
    return probe.nvml.value


@pytest.mark.parametrize("model", ["a100-pcie-40gb", "v100s-pcie-32gb", "h100-pcie-80gb", "l40s", "t4"])
def test_a_model_is_reported_as_it_is(model: str, ask: Ask) -> None:
    """Number, device and memory repair come out as the catalogue has them, from any model's file."""
    node = Node(
        name="node1", hostname="n", profile="lab", gpus=f"{model} x2", address="n", interface="e", mirror="http://m"
    )
    want = expected_gpus(node, LAB)
    found = ask(model)
    repair = ecc.remapped_rows if want.memory_repair == "row_remapping" else ecc.retired_pages

    assert () == identity.count_and_model(found, want).findings
    assert () == repair(found, want).findings


def test_row_remapping_and_page_retirement_exclude_each_other(ask: Ask) -> None:
    """An A100 knows no retired pages and a V100S no remapped rows: unsupported, and not 0."""
    a100, v100s = (nvml_of(ask(model)).gpus[0] for model in ("a100-pcie-40gb", "v100s-pcie-32gb"))

    assert a100.retired.unsupported is not None
    assert v100s.remapped.unsupported is not None


def test_a_function_that_the_stand_in_lacks_is_unsupported(ask: Ask) -> None:
    """As with an old driver: the newer name is asked first, then the older one."""
    found = nvml_of(ask("a100-pcie-40gb", ("0.event_reasons", "!13"), ("0.throttle_reasons", "0x8"))).gpus[0]

    assert 8 == found.reasons.v


def test_a_module_of_another_version_is_error_18(ask: Ask) -> None:
    """The library refuses as the real one does."""
    assert 18 == nvml_of(ask("a100-pcie-40gb", loaded="580.65.06")).init_code


def test_a_call_that_hangs_is_killed(ask: Ask) -> None:
    """The probe ends in its time, and says that NVML did not answer."""
    found = ask("a100-pcie-40gb", ("0.pstate", "hang"), seconds=1)

    assert ("hung", 1.0) == (found.nvml.state, found.nvml.after_s)


@pytest.mark.parametrize(("value", "expected"), [("5>9", [5, 5, 5, 5, 9, 9]), ("5^9", [5, 5, 5, 5, 9, 5])])
def test_values_that_change_under_load(value: str, expected: list[int], library: Path, tmp_path: Path) -> None:
    """The fifth question is beyond what an idle node is asked."""
    conf, module = tmp_path / "gpus.conf", tmp_path / "version"
    module.write_text(f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {VERSION}  a stand-in\n")
    conf.write_text(conf_for("t4", 1).replace("0.replays 0\n", f"0.replays {value}\nmodule {module}\n"))
    asking = "import pynvml as nv; nv.nvmlInit(); gpu = nv.nvmlDeviceGetHandleByIndex(0); "
    asking += "print([nv.nvmlDeviceGetPcieReplayCounter(gpu) for _ in range(6)])"
    env = {**os.environ, "LD_LIBRARY_PATH": str(library), "TRUEUP_LAB_GPUS": str(conf)}
    done = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, env=env, check=True)

    assert str(expected) == done.stdout.strip()


def test_a_gpu_may_vanish_between_two_calls(ask: Ask) -> None:
    """The first answers stand in the record; the GPU does not."""
    first, second = nvml_of(ask("a100-pcie-40gb", ("1.vanish_after", "9"))).gpus

    assert first.gone is None
    assert second.gone is not None
