"""The index of module streams."""

import pytest

from lab.el_node.build import born, ensure, modules
from lab.el_node.rpm import Rpm
from lab.errors import LabError


def test_each_stream_has_its_own_packages_and_a_profile() -> None:
    """dnf installs a stream by its default profile, from its own artifacts alone."""
    first, second = modules(
        {"580-dkms": [Rpm("a", "580.1", 3), Rpm("a", "580.2", 3)], "590-dkms": [Rpm("a", "590.1", 3)]}
    ).split("---\n")[1:3]

    assert ('stream: "580-dkms"' in first, "a-3:590.1" in first) == (True, False)
    assert ("    - a-3:580.1-1.el9.x86_64\n" in first, "    - a-3:590.1-1.el9.x86_64\n" in second) == (True, True)
    assert 1 == first.count("      - a\n")


def test_defaults_name_every_stream() -> None:
    """Without them `dnf module install` knows no profile."""
    assert '    "580-dkms": [default]\n' in modules({"580-dkms": [Rpm("a")]}).rpartition("---")[2]


def test_node_s_own_repository_is_checked_both_ways() -> None:
    """As the product's own: the index and the packages."""
    script = born("http://10.0.0.1:8713")

    for word in ("\ngpgcheck=1\n", "repo_gpgcheck=1", "baseurl=http://10.0.0.1:8713/yum/"):
        assert word in script


def test_error_without_rpm_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is built; one message, and no traceback."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(LabError, match="apt-get install createrepo-c rpm"):
        ensure()
