"""Reading profiles.py: what is refused, and how it is said."""

from pathlib import Path

import pytest

from trueup.declaration.load import Refusal, load_fleet, load_profile, profiles_of

SHIPPED = Path(__file__).parents[3] / "profiles.py"


def changed(tmp_path: Path, *swaps: tuple[str, str]) -> Path:
    text = SHIPPED.read_text()
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "profiles.py"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["guide", "GUIDE", "Lab"])
def test_case_of_the_name_does_not_matter(name: str) -> None:
    """An inventory says "guide" for GUIDE."""
    profile = load_profile(name, SHIPPED)

    assert "2.0.1" == profile.env.wheels["torch"]


def test_a_typo_lists_the_known_profiles_nearest_first() -> None:
    """The one that was meant comes first."""
    with pytest.raises(Refusal, match=r'no profile "giude"; it has: guide, '):
        load_profile("giude", SHIPPED)


def test_all_mistakes_of_the_file_are_reported_at_once_with_their_paths(tmp_path: Path) -> None:
    """Records are built inside out; still the path starts at the profile's name."""
    path = changed(
        tmp_path,
        ('cuda=Cuda(toolkit="11.7")', 'cuda=Cuda(toolkit="eleven")'),
        ('branch="580"', 'branche="580"'),
        ("zero_stage=2", "zero_stage=7"),
    )

    with pytest.raises(Refusal) as caught:
        load_profile("guide", path)
    starts = [line.split(":", 1)[0] for line in caught.value.problems if line.startswith("GUIDE")]
    assert [
        "GUIDE.driver.branch",
        "GUIDE.driver.branche",
        "GUIDE.cuda.toolkit",
        "GUIDE.deepspeed.zero_stage",
    ] == starts


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """The cache never outlives the file's content."""
    path = changed(tmp_path)
    load_profile("guide", path)
    path.write_text(path.read_text().replace('python="3.10"', 'python="3.11"   '))

    assert "3.11" == load_profile("guide", path).env.python


def test_a_file_without_profiles_is_refused(tmp_path: Path) -> None:
    """An empty file is a mistake, not an empty answer."""
    path = tmp_path / "profiles.py"
    path.write_text("")

    with pytest.raises(Refusal, match="declares no profile"):
        load_profile("guide", path)


def test_profiles_of_a_fleet_may_differ_per_node(tmp_path: Path) -> None:
    """Every node finds its own profile in the file that it names."""
    node = {"gpus": "t4 x1", "interface": "eth0", "mirror": "http://m", "profiles": str(SHIPPED)}
    path = tmp_path / "inventory.py"
    path.write_text(
        f'_n = {node!r}\na = [("n1", {{**_n, "ssh_hostname": "a", "profile": "guide"}}), '
        '("n2", {**_n, "ssh_hostname": "b", "profile": "lab"})]\n'
    )

    found = profiles_of(load_fleet(path))
    assert {"n1": "cuda", "n2": "simulated"} == {name: p.accelerator for name, p in found.items()}
