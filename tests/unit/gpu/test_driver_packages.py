"""trueup.gpu.driver_packages: which packages are the driver's, and which of them a lock covers."""

from trueup.gpu.driver_packages import held_by_dpkg, locked, of_driver


def test_the_drivers_packages_carry_its_version() -> None:
    """A container toolkit of NVIDIA's is no part of the driver."""
    names = (
        "libnvidia-ml1 580.95.05-1",
        "cuda-drivers-580 580.95.05-1",
        "nvidia-container-toolkit 1.17.8-1",
        "bash 5.2",
    )
    listing = "\n".join(f"install installed {name}" for name in names)

    assert {"libnvidia-ml1", "cuda-drivers-580"} == of_driver(listing)


def test_an_epoch_is_no_part_of_the_version() -> None:
    """EL's packages of the driver have one."""
    assert {"nvidia-driver-libs"} == of_driver("install installed nvidia-driver-libs 3:580.95.05\n")


def test_odd_lines_are_not_packages() -> None:
    """A package that was removed has a version all the same."""
    assert set() == of_driver("install installed nvidia-driver \n\ndeinstall config-files libnvidia-ml1 580.95.05-1\n")


def test_versionlock_names_whole_packages() -> None:
    """A lock on a longer name does not hold the shorter one."""
    locks = "nvidia-driver-libs-3:580.95.05-1.el9.*\n3:kmod-nvidia-580.95.05-1.el7.*\n"

    assert {"nvidia-driver-libs", "kmod-nvidia"} == locked(
        {"nvidia-driver", "nvidia-driver-libs", "kmod-nvidia"}, locks
    )


def test_a_hold_is_a_wish() -> None:
    """dpkg keeps it beside the package's state."""
    assert {"libnvidia-ml1"} == held_by_dpkg("hold installed libnvidia-ml1 580.95.05-1\ninstall installed bash 5.2\n")
