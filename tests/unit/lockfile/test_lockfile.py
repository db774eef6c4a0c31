"""A lock says exactly which bytes may reach a node, and every mistake in it has a line number."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.lockfile.lockfile import Artifact, Lock, LockError, parse_lock, read_lock

SHA = "ab" * 32
TORCH = f"torch-2.0.1-cp311-cp311-manylinux1_x86_64.whl 619895009 {SHA} pypi"

names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._+!-]{0,40}", fullmatch=True)
artifacts = st.builds(
    Artifact,
    name=names,
    size=st.none() | st.integers(min_value=0, max_value=2**60),
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    origin=st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
)


@given(st.lists(artifacts, max_size=8, unique_by=(lambda a: a.name, lambda a: a.project or a.name)))
def test_a_lock_survives_being_written_and_read(artifacts: list[Artifact]) -> None:
    """What `trueup mirror lock` writes is what everyone else reads."""
    text = "".join(f"{artifact.line}\n" for artifact in artifacts)

    assert tuple(artifacts) == parse_lock(text).artifacts


@given(st.text())
def test_any_text_is_a_lock_or_a_lock_error(text: str) -> None:
    """No input gets past the reader as some other exception."""
    try:
        lock = parse_lock(text)
    except LockError:
        return

    assert lock == parse_lock("".join(f"{artifact.line}\n" for artifact in lock.artifacts))


def test_wheels_are_requirement_lines_with_hashes() -> None:
    """The environment is installed with --require-hashes from these lines."""
    lock = parse_lock(f"# comment\n\n{TORCH}  # the cu117 build\nsite.sh - {SHA} anaconda\n")

    assert (f"torch==2.0.1 --hash=sha256:{SHA}",) == lock.wheels()
    assert lock.artifact("site.sh").size is None


def test_names_of_wheels_are_normalised() -> None:
    """nvidia_cublas_cu11 and nvidia-cublas-cu11 are one project."""
    text = f"nvidia_cublas_cu11-11.10.3.66-py3-none-manylinux1_x86_64.whl 1 {SHA} pypi"

    assert "nvidia-cublas-cu11" == parse_lock(text).artifacts[0].project


def test_a_build_tag_is_no_part_of_the_version() -> None:
    """PEP 427: triton-2.0.0-1-cp311-... is version 2.0.0, build 1."""
    text = f"triton-2.0.0-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl 1 {SHA} pypi"

    assert "2.0.0" == parse_lock(text).artifacts[0].version


def test_tools_are_no_part_of_the_environment() -> None:
    """uv builds the environment; it is not in it."""
    lock = parse_lock(f"uv-0.13.9-py3-none-manylinux_2_17_x86_64.whl 1 {SHA} pypi\n{TORCH}\n")

    assert ["torch"] == [artifact.project for artifact in lock.env_wheels()]
    assert "uv" == lock.tool("uv").project


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("torch.whl 12", "wanted 4 fields"),
        (f"torch.whl 1x {SHA} pypi", "size: wanted bytes or -, found '1x'"),
        (f"torch.whl ² {SHA} pypi", "size: wanted bytes or -"),
        ("torch.whl 12 abc pypi", "sha256: "),
        (f"../../etc/passwd 12 {SHA} pypi", "name: "),
        (f"torch.whl 12 {SHA} https://host", "origin: "),
        (f"{TORCH}\n{TORCH}", "is locked twice"),
        (f"{TORCH}\n{TORCH.replace('2.0.1', '2.0.0')}", "torch has 2 wheels"),
    ],
)
def test_a_mistake_is_named_with_its_line(line: str, mistake: str) -> None:
    """An operator goes straight to the line."""
    with pytest.raises(LockError) as caught:
        parse_lock(f"# a lock\n{line}\n", "my.lock")

    assert mistake in str(caught.value)
    assert "my.lock:2: " in str(caught.value)


def test_every_mistake_is_reported_at_once() -> None:
    """Nobody wants to fix a lock one run at a time."""
    with pytest.raises(LockError) as caught:
        parse_lock("a\nb\n")

    assert 2 == len(str(caught.value).splitlines())


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_an_unreadable_lock_names_its_path(tmp_path: Path, content: bytes | None) -> None:
    """A missing or binary file is a LockError too."""
    path = tmp_path / "lab.lock"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(LockError, match=r"lab\.lock"):
        read_lock(path)


def test_a_missing_artifact_says_what_to_do() -> None:
    """A profile may name an installer that its lock does not have."""
    with pytest.raises(LockError, match="trueup mirror lock"):
        Lock(artifacts=()).artifact("x.sh")


def test_a_missing_tool_says_what_to_do() -> None:
    """The same for uv."""
    with pytest.raises(LockError, match="trueup mirror lock"):
        Lock(artifacts=()).tool("uv")


def test_only_a_wheel_has_a_requirement_line() -> None:
    """An installer cannot slip into the environment's list."""
    artifact = Artifact(name="x.sh", size=1, sha256=SHA, origin="lab")

    with pytest.raises(ValueError, match="not a wheel"):
        artifact.requirement  # noqa: B018 - reading the property is what is tested
