"""What training needs of the machine itself."""

from testinfra.host import Host

from trueup.accept.checks import each, prefetchable, remedy, require, text
from trueup.declaration import Node, Profile
from trueup.platforms import TOOLS, Distro

LIMITS = {"memlock": "-l", "nofile": "-n"}


def packages(_node: Node, profile: Profile) -> list[str]:
    """The declared packages, by the names that the profile uses."""
    return [*TOOLS, *profile.host.packages]


@each("package", packages)
def test_package_is_installed(host: Host, distro: Distro, package: str) -> None:
    """A missing package makes an import of conda's or torch's libraries fail later."""
    name = distro.packages.get(package, package)
    there = host.package(name).is_installed if distro.manager == "apt" else host.run("rpm -q %s", name).succeeded

    require(there, expected=f"{name} installed", actual="absent or half-installed")


@prefetchable
@remedy("converge it; a file of /etc/security/limits.d that is read after 90-trueup.conf is taken out by hand")
@each("limit", lambda _node, _profile: list(LIMITS))
def test_limit_holds_for_a_command_over_ssh(host: Host, profile: Profile, limit: str) -> None:
    """A launcher's ranks get the limits of an ssh command, not those of a console login."""
    wanted = {"memlock": profile.host.memlock_kib, "nofile": profile.host.nofile}[limit]
    found = host.check_output(f"ulimit -S {LIMITS[limit]}").strip()

    assert str(wanted) == found


@prefetchable
def test_shared_memory_has_its_size(host: Host, profile: Profile) -> None:
    """Data loaders and NCCL map their buffers in /dev/shm and die where it is small."""
    kib = int(host.check_output("df -kP /dev/shm | tail -n 1").split()[1])

    assert profile.host.shm_mib == kib // 1024


def test_shared_memory_is_writable_by_all(host: Host) -> None:
    """A closed /dev/shm makes NCCL fail for training users."""
    assert 0o1777 == host.file("/dev/shm").mode


def test_shared_memory_survives_a_reboot(host: Host, profile: Profile) -> None:
    """A size that is missing in /etc/fstab is lost at the next boot."""
    lines = text(host, "/etc/fstab").splitlines()

    assert f"tmpfs /dev/shm tmpfs defaults,size={profile.host.shm_mib}m 0 0" in lines


def test_architecture_is_x86_64(host: Host) -> None:
    """Another architecture makes every wheel of the lockfile fail at its first import."""
    assert "x86_64" == host.check_output("uname -m")


def test_distribution_is_described(distro: Distro) -> None:
    """An undescribed distribution makes names of packages and services guesses."""
    require(distro.id, expected="a distribution of trueup's table", actual=distro)


@prefetchable
def test_root_file_system_is_writable(host: Host) -> None:
    """A disk that fails is remounted read-only, and the next write of a checkpoint is lost."""
    options = host.check_output("awk '$2 == \"/\" {print $4}' /proc/mounts | tail -n 1").split(",")

    assert "rw" in options
