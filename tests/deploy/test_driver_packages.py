"""The driver from packages: names, pins, locks and flavours of every distribution."""

from pathlib import Path

import pytest

from tests.deploy.driver_component import ANYHOW, APT, AWAIT, DISTROS, DNF, YUM, component, good, name_of, raw, sent
from tests.deploy.fleet import Run, addresses, run
from tests.deploy.healthy_node import ANCHOR, PROFILE, converged
from tests.deploy.machine import Machine

EACH = pytest.mark.parametrize("distro", DISTROS, ids=[name_of(*distro) for distro in DISTROS])
PIN = f"{APT} -y {ANYHOW} install nvidia-driver-pinning-580"
ENABLE = "systemctl enable nvidia-persistenced"
DENIED = "blacklist nouveau\noptions nouveau modeset=0\n"


def of(machine: Machine, apt: str, dnf: str, yum: str) -> str:
    """What differs between the package managers."""
    return {"apt": apt, "dnf": dnf, "yum": yum}[machine.manager]


@pytest.fixture(scope="module")
def proprietary(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Every distribution without a driver and with a good one, and headers declared."""
    fine = [good(*distro, name=f"good-{name_of(*distro)}") for distro in DISTROS]
    return component(tmp_path_factory.mktemp("all"), [*(raw(*distro) for distro in DISTROS), *fine], headers=True)


@pytest.fixture(scope="module")
def with_open(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Those without a driver, and the open modules declared, where there are any."""
    machines = [raw(*distro) for distro in DISTROS if not distro[1].startswith("7")]
    return component(tmp_path_factory.mktemp("open"), machines, modules="open")


@EACH
def test_bare_node_gets_its_branch(proprietary: Run, distro: tuple[str, str]) -> None:
    """Denial, initramfs, headers, pin, driver, daemon: the whole order, by each distribution's own names."""
    node = raw(*distro)
    deny, *rest = sent(proprietary, node.name)
    tool = of(node, "update-initramfs -u", "dracut -f", "dracut -f")
    headers = {
        "apt": [f"{APT} -y {ANYHOW} install linux-headers-6.1.0"],
        "dnf": [AWAIT["dnf"], f"{DNF} install kernel-devel-6.1.0"],
        "yum": [AWAIT["yum"], f"{YUM} install kernel-devel-6.1.0"],
    }[node.manager]
    driver = {
        "apt": [f"{APT} update", PIN, f"{APT} -y {ANYHOW} install cuda-drivers-580"],
        "dnf": [AWAIT["dnf"], f"{DNF} module install nvidia-driver:580-dkms"],
        "yum": [AWAIT["yum"], f"{YUM} install nvidia-driver-branch-580"],
    }[node.manager]
    initramfs = f"if command -v {tool.split()[0]} >/dev/null; then {tool}; fi"

    assert [initramfs, *headers, *driver, ENABLE] == rest
    assert [True, True] == [text in deny for text in (DENIED, "/etc/modprobe.d/trueup-nouveau.conf")]


@EACH
def test_good_node_gets_nothing(proprietary: Run, distro: tuple[str, str]) -> None:
    """Headers of the running kernel count as they are installed, under rpm's names, too."""
    assert (0, []) == (proprietary.status, sent(proprietary, f"good-{name_of(*distro)}"))


@pytest.mark.parametrize("distro", [each for each in DISTROS if not each[1].startswith("7")], ids="-".join)
def test_open_modules_by_their_own_names(with_open: Run, distro: tuple[str, str]) -> None:
    """Turing and later may have them."""
    node = raw(*distro)
    apt = f"{APT} -y {ANYHOW} install nvidia-open-580"

    assert of(node, apt, f"{DNF} module install nvidia-driver:580-open", "none") in sent(with_open, node.name)


def test_el_7_has_no_open_modules(tmp_path: Path) -> None:
    """Refused before the first operation, with what there is."""
    actual = component(tmp_path, [raw("centos", "7")], modules="open")
    words = "centos-7: driver.modules: wanted the open kernel modules, found only proprietary ones"

    assert (True, True, False) == (actual.status != 0, words in actual.errors, "Traceback" in actual.errors)
    assert [] == actual.order


def test_open_modules_are_refused_for_volta(tmp_path: Path) -> None:
    """The rule says why, and what to declare, before any node is changed."""
    node = converged(ANCHOR, "debian", "12", addresses([ANCHOR]))
    update = '{"driver": PLAN.driver.model_copy(update={"modules": "open"})}'
    profile = f"{PROFILE}PLAN = PLAN.model_copy(update={update})\n"
    actual = run(tmp_path, [node], mode=("-y",), profile=profile, data={ANCHOR: {"gpus": "v100s-pcie-32gb x2"}})
    words = " ".join(actual.errors.split())

    assert actual.status != 0
    assert "proprietary kernel modules for Tesla V100S-PCIE-32GB (Volta)" in words
    assert 'set driver.modules to "proprietary"' in words
    assert [] == actual.order
