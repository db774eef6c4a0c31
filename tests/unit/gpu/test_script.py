"""trueup.gpu.script: one script that any Python from 3.6 on can read, and the line that finds a Python."""

import ast
import subprocess
import sys

from trueup.gpu.reading import Probe, read
from trueup.gpu.script import NO_PYTHON, launch, pythons, script


def run(*names: str) -> subprocess.CompletedProcess[bytes]:
    """The launch line, given the probe, under these Pythons."""
    return subprocess.run(["sh", "-c", launch(names, 5)], input=script(), capture_output=True, timeout=60, check=False)


def test_python_3_6_can_read_it() -> None:
    """CentOS and its kin have no newer one of their own."""
    tree = ast.parse(script(), feature_version=(3, 6))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert imported - {"pynvml"} <= sys.stdlib_module_names


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
