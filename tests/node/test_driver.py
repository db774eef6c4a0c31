"""The driver and the GPUs: one probe a node, and every check puts its question to what that probe saw."""

from collections.abc import Callable

from testinfra.host import Host

from trueup.accept.checks import applies, prefetchable, remedy, require, text
from trueup.gpu import DPKG, RPM, Check, held_by_dpkg, locked, of_driver, remaps_rows, retires_pages
from trueup.gpu.checks import driver, ecc, identity, interconnect, kernel_log, performance
from trueup.gpu.checks import host as around
from trueup.platforms import Distro

Holds = Callable[[Check], bool]
pytestmark = remedy("each line above says what to do; converging the node does not mend hardware")
CONVERGE = remedy("converge it: pyinfra inventory.py deploy/site.py")


def test_nvml_answers(holds: Holds) -> None:
    """A driver that hangs stops every job on the node and blinds all other checks."""
    assert holds(driver.answers)


def test_gpus_are_as_declared(holds: Holds) -> None:
    """A job that waits for a GPU which is not there waits for ever; another model computes otherwise."""
    assert holds(identity.count_and_model)


@applies(when=lambda node, _profile: node.gpu_uuids is not None, why="no gpu_uuids recorded for this node")
def test_gpus_are_the_recorded_cards(holds: Holds) -> None:
    """A swapped card brings its own history of errors."""
    assert holds(identity.uuids)


def test_module_and_userland_are_one_version(holds: Holds) -> None:
    """After an update without a reboot nothing new can start on the GPUs, hours after the update."""
    assert holds(driver.one_version)


def test_kernel_modules_are_the_declared_flavour(holds: Holds) -> None:
    """The open modules know no Volta, and from branch 620 on there are no others."""
    assert holds(driver.flavour)


@prefetchable
@CONVERGE
@applies(
    when=lambda _node, profile: profile.driver.runfile is None, why="the driver comes from a runfile, not from packages"
)
def test_driver_packages_are_held(host: Host, distro: Distro) -> None:
    """An unattended upgrade swaps the userland under a running module, and the next job fails."""
    if distro.manager == "apt":
        listing = host.check_output(DPKG)
        ours, held = of_driver(listing), held_by_dpkg(listing)
    else:
        ours = of_driver(host.check_output(RPM))
        held = locked(ours, host.check_output("yum -q versionlock list"))

    require(ours, expected="the driver's packages installed", actual="none")
    require(ours <= held, expected="all of the driver's packages held back", actual=f"free: {sorted(ours - held)}")


@CONVERGE
def test_nouveau_is_denied(host: Host) -> None:
    """Without this file the next boot may give the cards to nouveau."""
    lines = text(host, "/etc/modprobe.d/trueup-nouveau.conf").splitlines()

    assert {"blacklist nouveau", "options nouveau modeset=0"} <= {line.strip() for line in lines}


def test_nouveau_is_not_loaded(holds: Holds) -> None:
    """A loaded nouveau keeps the cards from the NVIDIA driver."""
    assert holds(driver.nouveau)


@CONVERGE
def test_persistence_daemon_runs(host: Host) -> None:
    """It keeps persistence on after a reboot; nvidia-smi -pm 1 is forgotten."""
    service = host.service("nvidia-persistenced")

    assert (True, True) == (service.is_enabled, service.is_running)


def test_persistence_is_on(holds: Holds) -> None:
    """A driver that unloads between jobs costs seconds each time, and forgets its error counters."""
    assert holds(performance.persistence)


def test_vbios_is_one_version(holds: Holds) -> None:
    """Two firmwares in one node are two sets of clocks, fixes and faults."""
    assert holds(identity.vbios)


def test_inforom_is_valid(holds: Holds) -> None:
    """It holds the card's own record of bad memory; without it retired memory comes back into use."""
    assert holds(identity.inforom)


def test_ecc_is_on(holds: Holds) -> None:
    """Without ECC a flipped bit is a silently wrong model."""
    assert holds(ecc.mode)


def test_volatile_ecc_is_zero(holds: Holds) -> None:
    """An uncorrected error since boot has damaged results or ended a job."""
    assert holds(ecc.volatile)


@applies(when=remaps_rows, why="this model retires pages, it does not remap rows")
def test_remapped_rows(holds: Holds) -> None:
    """A remapping that failed or waits leaves bad memory in use."""
    assert holds(ecc.remapped_rows)


@applies(when=retires_pages, why="this model remaps rows, it does not retire pages")
def test_retired_pages(holds: Holds) -> None:
    """The list of bad pages has 64 places; a full one ends the card."""
    assert holds(ecc.retired_pages)


def test_sram_errors(holds: Holds) -> None:
    """On-chip memory cannot be mapped away: after a few errors the card goes."""
    assert holds(ecc.sram)


def test_no_fatal_xid_since_boot(holds: Holds) -> None:
    """A fatal XID since boot means failing hardware."""
    assert holds(kernel_log.xids)


def test_pcie_width(holds: Holds) -> None:
    """A half-seated card trains at x8 and halves every transfer to and from the host."""
    assert holds(interconnect.width)


def test_pcie_generation_at_p0(holds: Holds) -> None:
    """A link that stays slow under load is a poor contact; an idle one rests, and that is as it should be."""
    assert holds(interconnect.generation)


def test_pcie_replays_do_not_grow(holds: Holds) -> None:
    """Packets that must be sent again are the first sign of a poor contact."""
    assert holds(interconnect.replays)


@applies(when=lambda node, _profile: node.gpu_nvlink is not None, why="gpu_nvlink is not declared for this node")
def test_nvlink_bridge_is_as_declared(holds: Holds) -> None:
    """A missing NVLink bridge sends the job's traffic over PCIe, many times slower."""
    assert holds(interconnect.bridge)


def test_no_slowdown(holds: Holds) -> None:
    """One hot GPU sets the pace of the whole fleet: all others wait for it at every step."""
    assert holds(performance.slowdown)


def test_clocks_and_power_limit(holds: Holds) -> None:
    """A lowered clock or power limit slows every step."""
    assert holds(performance.limits)


def test_no_stray_process(holds: Holds) -> None:
    """A process of a dead job holds GPU memory that the next job needs."""
    assert holds(performance.no_other_process)


def test_no_host_fault_since_boot(holds: Holds) -> None:
    """A hung task, a disk error or the out-of-memory killer has already touched what runs here."""
    assert holds(kernel_log.host_faults)


def test_disks_have_space_and_are_writable(holds: Holds) -> None:
    """A full or read-only disk loses the next checkpoint."""
    assert holds(around.disks)


@applies(when=lambda node, _profile: node.memory_gib is not None, why="memory_gib is not declared for this node")
def test_memory_is_as_declared(holds: Holds) -> None:
    """A failed memory module is missing after a reboot and makes jobs run out of memory."""
    assert holds(around.memory)


def test_swap_is_not_eaten_up(holds: Holds) -> None:
    """With the swap full, the next allocation meets the out-of-memory killer."""
    assert holds(around.swap)


def test_cpu_governor(holds: Holds) -> None:
    """Input pipelines and the launch of kernels run on one core, and feel its frequency first."""
    assert holds(around.governor)


@applies(when=lambda node, _profile: node.numa_nodes is not None, why="numa_nodes is not declared for this node")
def test_numa_nodes(holds: Holds) -> None:
    """A changed BIOS setting moves memory away from the GPU that uses it."""
    assert holds(around.numa)
