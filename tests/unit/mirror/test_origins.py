"""A lock names origins; settings say where they are, and a missing setting is said."""

from pathlib import Path

import pytest

from tests.unit.mirror.conftest import artifact_of
from trueup.lockfile import Lock
from trueup.mirror.errors import MirrorError
from trueup.mirror.origins import addresses, python_of, read_settings, sdist_parts

LOCK = Lock(artifacts=(artifact_of(b"x", "a+b.sh"),))


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings, in a place of this test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "trueup").mkdir()
    return tmp_path / "trueup" / "origins.toml"


def test_the_nearest_setting_counts(config: Path) -> None:
    """Command line before environment before file."""
    config.write_text('a = "https://file/a"\nb = "https://file/b"\nc = "https://file/c/"\n')
    environ = {"TRUEUP_ORIGIN_A": "https://env/a", "TRUEUP_ORIGIN_B": "https://env/b", "OTHER": "x"}

    found = read_settings(["a=https://option/a?x=y"], environ)

    assert {"a": "https://option/a?x=y", "b": "https://env/b", "c": "https://file/c"} == found


@pytest.mark.parametrize("option", ["site", "site=", "site=host/folder", "site=ftp://host", "site=https://a b"])
def test_what_is_no_address_is_refused(option: str) -> None:
    """The setting and the three forms that are right."""
    with pytest.raises(MirrorError, match="origin site") as caught:
        read_settings([option], {})

    assert "file:///folder" in caught.value.expected


def test_a_broken_file_of_settings_is_named(config: Path) -> None:
    """With the parser's words."""
    config.write_text("site = ")

    with pytest.raises(MirrorError, match=r"trueup/origins\.toml"):
        read_settings((), {})


def test_files_lie_flat_in_a_folder() -> None:
    """Names are quoted."""
    found = addresses(LOCK, {"site": "https://host/folder"})

    assert {"a+b.sh": "https://host/folder/a%2Bb.sh"} == found


def test_an_origin_without_a_setting_is_said() -> None:
    """With all three ways to set it."""
    with pytest.raises(MirrorError, match=r"a\+b\.sh: find it at origin site") as caught:
        addresses(LOCK, {})

    assert "TRUEUP_ORIGIN_SITE" in caught.value.remedy


def test_only_what_is_requested_needs_an_origin() -> None:
    """What the cache has already needs none."""
    assert {} == addresses(LOCK, {}, [])


def test_python_is_read_off_the_wheels() -> None:
    """The most frequent one; abi3 wheels carry an older one."""
    names = ("a-1-cp310-cp310-x.whl", "b-1-cp310-cp310-x.whl", "c-1-cp311-cp311-x.whl", "d-1-cp36-abi3-x.whl")

    assert "3.10" == python_of(artifact_of(b"x", name) for name in names)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("deepspeed-0.14.5.tar.gz", ("deepspeed", "0.14.5")),
        ("py-cpuinfo-9.0.0.tar.gz", ("py-cpuinfo", "9.0.0")),
        ("installer.sh", None),
    ],
)
def test_a_source_distribution_is_known_by_its_name(name: str, parts: tuple[str, str] | None) -> None:
    """uv must be told which projects have no wheel."""
    assert parts == sdist_parts(artifact_of(b"x", name))
