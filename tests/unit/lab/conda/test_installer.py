"""The installer keeps constructor's command line, and refuses everything that it does not know."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from lab.conda import installer

BANNER = "This is not Anaconda: it is the stand-in for Anaconda3 of the lab of trueup.\n"
# Not CPython: it notes how it was called.
PYTHON = '#!/bin/sh\nshift 3\nmkdir -p "$2/bin"\necho "$@" > "$2/called"\n'


def make_package(folder: Path) -> Path:
    """A package whose only file is bin/python3.11."""
    target = folder / "python-3.11.2-0_cpython.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        member = tarfile.TarInfo("bin/python3.11")
        member.size, member.mode = len(PYTHON), 0o755
        archive.addfile(member, io.BytesIO(PYTHON.encode()))
    return target


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installer of that package."""
    folder = tmp_path_factory.mktemp("installer")
    installer.make(make_package(folder), folder / installer.NAME)
    return folder / installer.NAME


def run(script: Path, *words: object, shell: str = "bash") -> subprocess.CompletedProcess[str]:
    """The installer by a shell, as everybody runs it."""
    return subprocess.run([shell, str(script), *map(str, words)], capture_output=True, text=True)


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_installs_unattended(script: Path, tmp_path: Path, shell: str) -> None:
    """-b and -p, with the words that constructor's installers print."""
    prefix = tmp_path / "conda"

    found = run(script, "-b", "-p", prefix, shell=shell)

    said = f"{BANNER}PREFIX={prefix}\nUnpacking payload ...\ninstallation finished.\n"
    assert (0, said, "") == (found.returncode, found.stdout, found.stderr)
    package = f"{prefix}/pkgs/python-3.11.2-0_cpython"
    assert f"{prefix}/pkgs/fake_conda/base.py {prefix} {package} 0\n" == (prefix / "called").read_text()


def test_leaves_nothing_of_its_own(script: Path, tmp_path: Path) -> None:
    """pkgs holds the package alone."""
    run(script, "-b", "-p", tmp_path / "conda")

    assert ["python-3.11.2-0_cpython"] == [path.name for path in (tmp_path / "conda" / "pkgs").iterdir()]


def test_refuses_an_existing_prefix(script: Path, tmp_path: Path) -> None:
    """Constructor's words and status."""
    found = run(script, "-b", "-p", tmp_path)

    said = (
        f"ERROR: File or directory already exists: '{tmp_path}'\n"
        "If you want to update an existing installation, use the -u option.\n"
    )
    assert (1, said) == (found.returncode, found.stderr)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["-u", "-f"])
def test_updates_an_existing_prefix_with_the_option(script: Path, tmp_path: Path, option: str) -> None:
    """What a half-done installation needs."""
    assert 0 == run(script, "-b", option, "-p", tmp_path).returncode


@pytest.mark.parametrize(
    ("words", "named"),
    [(("-x",), "x"), (("-b", "-k"), "k"), (("-p",), "p"), (("-b", "extra"), "extra"), (("--batch",), "-")],
)
def test_refuses_what_it_does_not_know(script: Path, words: tuple[str, ...], named: str) -> None:
    """A deploy that gives another option has not been tried against the real one."""
    found = run(script, *words)

    assert (1, f"ERROR: did not recognize option '{named}', please try -h\n") == (found.returncode, found.stdout)


def test_asks_no_questions(script: Path, tmp_path: Path) -> None:
    """Without -b the real one waits for somebody; nobody is there."""
    found = run(script, "-p", tmp_path / "conda")

    assert (2, False) == (found.returncode, (tmp_path / "conda").exists())


def test_help_is_help(script: Path) -> None:
    """Constructor's status for -h is 2."""
    found = run(script, "-h")

    assert (2, True) == (found.returncode, "-p PREFIX    install prefix" in found.stdout)


def test_refuses_spaces(script: Path, tmp_path: Path) -> None:
    """Constructor's rule."""
    found = run(script, "-b", "-p", tmp_path / "a b")

    assert (1, "ERROR: Cannot install into directories with spaces\n") == (found.returncode, found.stderr)


def test_refuses_a_damaged_archive(script: Path, tmp_path: Path) -> None:
    """The wanted hash is named, and nothing was unpacked."""
    content = script.read_bytes()
    damaged = tmp_path / script.name
    damaged.write_bytes(content[:-600] + b"x" + content[-599:])

    found = run(damaged, "-b", "-p", tmp_path / "conda")

    assert (1, True) == (found.returncode, "is damaged: wanted sha256" in found.stderr)
    assert [] == list((tmp_path / "conda").iterdir())


def test_the_same_inputs_give_the_same_bytes(script: Path, tmp_path: Path) -> None:
    """Or no lock could hold its hash."""
    installer.make(script.with_name("python-3.11.2-0_cpython.tar.gz"), tmp_path / "again.sh")

    assert script.read_bytes() == (tmp_path / "again.sh").read_bytes()


def test_no_mark_is_left_in_the_script(script: Path) -> None:
    """Every @MARK@ has its value."""
    head = script.read_bytes().split(b"exit 0\n", 1)[0]

    assert b"@" not in head.replace(b'"$@"', b"")


def test_the_payload_is_the_stand_in_and_the_package(script: Path) -> None:
    """Nothing of the host, such as compiled files, gets in."""
    content = installer.payload(script.with_name("python-3.11.2-0_cpython.tar.gz"))

    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = archive.getnames()
    assert {".py", ".txt", ".gz"} == {Path(name).suffix for name in names}
    assert "fake_conda/cli.py" in names
