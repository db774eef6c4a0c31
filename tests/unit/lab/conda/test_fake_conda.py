"""What the recording does not show: refusals, hashes, prefixes, the shell."""

import http.server
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.conda.fake_conda import link
from lab.conda.fake_conda.channel import Spec, newest, parse_spec
from lab.conda.fake_conda.errors import CondaError
from tests.unit.lab.conda.conftest import PLACEHOLDER, Conda


@pytest.mark.parametrize(
    "words",
    [
        ("create", "-p", "/x", "python"),
        ("create", "-y", "-p", "/x", "-c", "file:///x", "python"),
        ("create", "-y", "--override-channels", "-c", "file:///x", "python"),
        ("search", "python"),
        ("install", "-y", "numpy"),
        ("config", "--set", "x", "y"),
        ("info", "--json"),
        ("env", "remove"),
        ("init", "zsh"),
        ("list", "--frobnicate"),
        ("shell.bash", "frobnicate"),
        ("--frobnicate",),
        ("--version", "--frobnicate"),
    ],
)
def test_refuses_what_it_does_not_know(conda: Conda, words: tuple[str, ...]) -> None:
    """A stand-in that answers what nobody checked would hide a fault of the deploy."""
    found = conda(*words)

    assert (2, "") == (found.returncode, found.stdout)
    assert found.stderr.startswith("usage: conda ")


def test_a_damaged_package_is_refused(conda: Conda) -> None:
    """The index's SHA-256 decides what gets into an environment."""
    package = next((conda.channel / "linux-64").glob("*.tar.bz2"))
    package.write_bytes(b"x" + package.read_bytes()[1:])

    found = conda.create("dis")

    assert (1, False) == (found.returncode, (conda.root / "envs" / "dis").exists())
    assert "ChecksumMismatchError" in found.stderr


def test_the_prefix_is_written_into_files(conda: Conda) -> None:
    """Packages are built for a placeholder; in a binary every string keeps its length."""
    conda.create("dis")

    prefix = conda.root / "envs" / "dis"
    padding = b"\0" * (len(PLACEHOLDER) - len(str(prefix)))
    assert f"prefix = '{prefix}'\n" == (prefix / "lib" / "prefix.py").read_text()
    assert b"\x7fELF\0%b/lib\0%bend\0" % (str(prefix).encode(), padding) == (prefix / "lib" / "binary").read_bytes()


def test_create_replaces_an_environment(conda: Conda) -> None:
    """The real one does so without asking, which is why a deploy must look first."""
    conda.create("dis")
    extra = conda.root / "envs" / "dis" / "extra"
    extra.write_text("")

    conda.create("dis")

    assert not extra.exists()


def test_a_channel_over_http(conda: Conda) -> None:
    """Nodes get their packages from the mirror."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(conda.channel.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        conda.url = f"http://127.0.0.1:{server.server_address[1]}/chan"
        found = conda.create("dis")
        server.shutdown()

    assert (0, "") == (found.returncode, found.stderr)


def test_a_channel_that_does_not_answer(conda: Conda) -> None:
    """Nobody listens there: one message, and no environment."""
    conda.url = "http://127.0.0.1:9/conda"

    found = conda.create("dis")

    assert (1, False) == (found.returncode, (conda.root / "envs" / "dis").exists())
    assert "CondaHTTPError: HTTP 000 CONNECTION FAILED for url <http://127.0.0.1:9/conda>" in found.stderr


def test_a_channel_with_a_broken_index(conda: Conda) -> None:
    """An index that is not JSON is no channel."""
    (conda.channel / "linux-64" / "repodata.json").write_text("{")

    assert "UnavailableInvalidChannel" in conda.create("dis").stderr


def test_init_writes_one_block(conda: Conda) -> None:
    """A second `conda init` changes nothing, and what was in .bashrc stays."""
    bashrc = conda.home / ".bashrc"
    bashrc.write_text("# mine")

    first, second = conda("init", "bash"), conda("init")

    text = bashrc.read_text()
    assert (1, True) == (text.count("# >>> conda initialize >>>"), text.startswith("# mine\n"))
    assert ("modified", "no change") == (first.stdout[:8], second.stdout[:9])
    assert f"'{conda.root}/bin/conda' 'shell.bash' 'hook'" in text


def test_activate_changes_the_path(conda: Conda) -> None:
    """`conda activate dis` puts the environment first, and a second one leaves no trace of it."""
    conda.create("dis")

    code = conda("shell.posix", "activate", "dis").stdout
    shown = subprocess.run(["sh", "-c", f'{code}\necho "$PATH|$CONDA_DEFAULT_ENV"'], capture_output=True, text=True)

    path, _, name = shown.stdout.strip().partition("|")
    assert (f"{conda.root}/envs/dis/bin", "dis") == (path.split(":")[0], name)


def test_activate_of_no_environment(conda: Conda) -> None:
    """A typing error in a name is said, and the shell stays as it is."""
    found = conda("shell.posix", "activate", "nope")

    assert (1, "") == (found.returncode, found.stdout)
    assert f"Not a conda environment: {conda.root}/envs/nope" in found.stderr


def test_versions_are_compared_as_numbers() -> None:
    """3.11 is newer than 3.9, and python=3.1 does not mean 3.11."""
    records = [{"name": "python", "version": v, "build_number": 0} for v in ("3.9.1", "3.11.2")]

    assert "3.11.2" == (newest(records, parse_spec("python")) or {})["version"]
    assert newest(records, parse_spec("python=3.1")) is None
    assert newest(records, parse_spec("python==3.11")) is None


@pytest.mark.parametrize("text", ["python>=3", "", "a b", "python="])
def test_other_specs_are_refused(text: str) -> None:
    """A spec that is read wrongly would install the wrong Python."""
    with pytest.raises(CondaError, match="Invalid spec"):
        parse_spec(text)


def test_a_spec_is_read() -> None:
    """Both forms that a deploy uses."""
    assert Spec("python", False, "3.11") == parse_spec("python=3.11")
    assert Spec("python", True, "3.11.2") == parse_spec("Python==3.11.2")


@given(st.text())
def test_any_text_is_a_spec_or_a_refusal(text: str) -> None:
    """No spec gets past the reader as some other exception."""
    try:
        spec = parse_spec(text)
    except CondaError:
        return

    assert spec.name == spec.name.lower() != ""


@given(parts=st.lists(st.binary(max_size=20), min_size=1, max_size=5))
def test_a_binary_keeps_its_length(parts: list[bytes]) -> None:
    """Offsets in a binary are fixed; what follows each rewritten string stays where it was."""
    placeholder, prefix = PLACEHOLDER.encode(), b"/opt/anaconda3/envs/dis"
    content = b"".join(part + placeholder + b"/lib\0" for part in parts)

    found = link.with_prefix(content, placeholder, prefix, binary=True)

    assert (len(content), len(parts)) == (len(found), found.count(prefix + b"/lib\0"))


def test_a_half_unpacked_package_is_unpacked_again(conda: Conda, tmp_path: Path) -> None:
    """A run that was killed in the middle leaves nothing that the next one trusts."""
    package = next((conda.channel / "linux-64").glob("*.tar.bz2"))
    (package.with_name("python-3.11.2-0_cpython") / "lib").mkdir(parents=True)

    assert (link.extract(package) / "info" / "index.json").is_file()


def test_uses_only_the_standard_library() -> None:
    """A node has nothing else."""
    code = "import lab.conda.fake_conda.cli, sys; print([m for m in ('pydantic', 'click') if m in sys.modules])"

    assert "[]" == subprocess.check_output([sys.executable, "-c", code], text=True).strip()
