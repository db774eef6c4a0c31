"""What converge would do, told without a node."""

import pytest

from tests.unit.plan.conftest import SHIPPED
from trueup.declaration import COMPONENTS, Node, Profile, load_profile
from trueup.plan.preview import steps
from trueup.platforms import DISTROS, Distro, UnknownDistro

GUIDE, MAINTAINED = (load_profile(name, SHIPPED) for name in ("guide", "maintained"))


def step_texts(node: Node, profile: Profile, component: str) -> list[str]:
    return [step.what for step in steps(node, profile) if step.component == component]


def on(node: Node, distro: str) -> Node:
    return node.model_copy(update={"distro": distro})


def test_the_guide_s_packages_by_yum(a_node: Node) -> None:
    """From the archives that the profile declares, under EL's own names."""
    host = step_texts(on(a_node, "centos-7"), GUIDE, "host")

    assert [
        "/etc/yum.repos.d/CentOS-Base.repo: https://vault.centos.org/7.9.2009",
        "/etc/yum.repos.d/epel.repo: https://archives.fedoraproject.org/pub/archive/epel/7, its key from epel-release",
        "/etc/yum.repos.d/CentOS-SCLo-scl-rh.repo: https://vault.centos.org/7.9.2009, "
        "its key from centos-release-scl-rh",
    ] == host[:3]
    assert host[3].startswith(
        "yum installs curl, ca-certificates, libXcomposite, libXcursor, libXi, libXtst, libXrandr"
    )


def test_archives_are_of_the_distribution_that_has_them(a_node: Node) -> None:
    """A Rocky 9 in the same fleet keeps its own repositories."""
    assert [] == [what for what in step_texts(on(a_node, "rocky-9"), GUIDE, "host") if ".repo:" in what]


def test_the_guide_s_driver_and_compiler(a_node: Node) -> None:
    """EL 7 has no flavour of a branch by name, and its gcc is too old for nvcc."""
    node = on(a_node, "centos-7")
    compiler = "yum installs devtoolset-9-gcc-c++: nvcc and DeepSpeed's ops get /opt/rh/devtoolset-9/root/usr/bin/g++"

    assert "yum installs nvidia-driver-branch-580, held by yum-plugin-versionlock" in step_texts(node, GUIDE, "driver")
    assert compiler in step_texts(node, GUIDE, "cuda")


def test_what_stops_is_said(a_node: Node) -> None:
    """Before anybody travels to the machine component."""
    opened = GUIDE.model_copy(update={"driver": GUIDE.driver.model_copy(update={"modules": "open"})})

    assert "stops: centos-7 has no package of the open modules" in step_texts(on(a_node, "centos-7"), opened, "driver")
    assert any(
        what.startswith("stops: nvcc 11.7 takes gcc") for what in step_texts(on(a_node, "debian-13"), GUIDE, "cuda")
    )


def test_an_undeclared_distribution_has_no_preview(a_node: Node) -> None:
    """The rules say already that it cannot be judged."""
    assert () == steps(a_node.model_copy(update={"distro": None}), GUIDE)


def test_an_undescribed_one_names_the_table(a_node: Node) -> None:
    """Rocky 10 has rows of facts, and no entry yet."""
    with pytest.raises(UnknownDistro, match=r"trueup/platforms/table\.py"):
        steps(on(a_node, "rocky-10"), GUIDE)


@pytest.mark.parametrize("distro", DISTROS, ids=lambda each: each.name)
@pytest.mark.parametrize("profile", [GUIDE, MAINTAINED], ids=["guide", "maintained"])
def test_every_distribution_has_a_step_in_every_component(a_node: Node, distro: Distro, profile: Profile) -> None:
    """A component without a step would change a node that no preview names."""
    found = {step.component for step in steps(on(a_node, distro.name), profile)}

    assert set(COMPONENTS) == found
