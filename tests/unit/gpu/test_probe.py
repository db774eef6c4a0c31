"""trueup.gpu.probe: one probe a node, and a refusal in words wherever it gave too little."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any, cast

import pytest

from trueup.declaration import LAB, Node
from trueup.gpu.checks import driver, ecc
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.probe import NO_PYTHON, ProbeReport, launch, pythons, run_probe, script
from trueup.gpu.schema import Probe, read
from trueup.outcome import CouldNotCheck
from trueup.remote_shell import DeadlineExceeded, Result, Shell


def run(*names: str) -> subprocess.CompletedProcess[bytes]:
    """The launch line, given the probe, under these Pythons."""
    return subprocess.run(["sh", "-c", launch(names, 5)], input=script(), capture_output=True, timeout=60, check=False)


def test_it_runs_here_and_is_understood() -> None:
    """What the probe prints is what the reader reads; a machine without GPUs is an answer, too."""
    done = run(sys.executable)

    assert isinstance(read(done.stdout), Probe), done.stderr


def test_the_first_python_that_starts_is_taken() -> None:
    """A training environment that is half-installed is passed over."""
    done = run("/nonexistent/python", "/bin/false", sys.executable)

    assert isinstance(read(done.stdout), Probe)


def test_without_a_python_it_says_so() -> None:
    """A bare node has none: that is a sentence, not a traceback."""
    done = run("/nonexistent/python")

    assert (NO_PYTHON, b"") == (done.returncode, done.stdout)
    assert b"no Python among" in done.stderr


def test_a_strange_prefix_reaches_no_shell() -> None:
    """A prefix is a word, whatever is in it."""
    done = run("/tmp/$(echo oops >&2); false '")

    assert b"oops\n" not in done.stderr


def test_the_environments_own_python_comes_first() -> None:
    """It is the one that has nvidia-ml-py."""
    assert "/opt/conda/envs/dis/bin/python" == pythons("/opt/conda", "dis")[0]


NODE = Node(
    name="node1", hostname="n", profile="lab", gpus="a100-pcie-40gb x2", address="n", interface="e", mirror="http://m"
)


class FakeShell:
    """Answers every command with one result, or does not answer."""

    def __init__(self, result: Result | Exception) -> None:
        self.result = result

    def run(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Result:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def report_of(result: Result | Exception) -> ProbeReport:
    """A look through a shell that answers so."""
    return run_probe(NODE, LAB, cast("Shell", FakeShell(result)))


@pytest.mark.parametrize(
    "result",
    [
        Result(127, b"", b"no Python among python3"),
        Result(1, b"", b"Traceback"),
        Result(0, b"", b""),
        Result(0, b"garbage", b""),
        DeadlineExceeded("node1", "run", expected="an end", actual="none", remedy="wait"),
    ],
)
def test_no_answer_is_could_not_check(result: Result | Exception) -> None:
    """No Python, a crash, silence, garbage, no end: each is said about this node, and nothing holds."""
    with pytest.raises(CouldNotCheck, match="node1: the GPU probe gave no answer"):
        report_of(result).judge(ecc.volatile)


def test_a_healthy_answer_holds(document: Callable[..., dict[str, Any]]) -> None:
    """The whole way, from bytes to a verdict."""
    answer = report_of(Result(0, json.dumps(document()).encode(), b""))

    assert answer.judge(ecc.volatile).passes


def test_a_blind_spot_is_could_not_check(document: Callable[..., dict[str, Any]]) -> None:
    """What one GPU does not tell is not in order."""
    sick = document(first={"ecc_volatile": {"error": "NVMLError_Unknown"}})
    answer = report_of(Result(0, json.dumps(sick).encode(), b""))

    with pytest.raises(CouldNotCheck, match="GPU 0"):
        answer.judge(ecc.volatile)


def test_a_fault_next_to_a_blind_spot_stands(
    document: Callable[..., dict[str, Any]], expectation: Callable[..., ExpectedGpus]
) -> None:
    """What was seen to be wrong is wrong, whatever else could not be seen."""
    sick = document()
    sick["nvml"]["value"]["gpus"][0]["ecc_volatile"] = {"error": "NVMLError_Unknown"}
    sick["nvml"]["value"]["gpus"][1]["ecc_volatile"] = {"v": 3}
    verdict = report_of(Result(0, json.dumps(sick).encode(), b"")).judge(ecc.volatile)

    assert not verdict.passes
    assert "NVMLError_Unknown" in str(verdict)


def test_other_checks_of_a_node_without_nvml_still_run(document: Callable[..., dict[str, Any]]) -> None:
    """The kernel's module is seen without NVML."""
    blind = document() | {"nvml": {"state": "cannot", "why": "no nvidia-ml-py"}}
    answer = report_of(Result(0, json.dumps(blind).encode(), b""))

    assert answer.judge(driver.flavour).passes
