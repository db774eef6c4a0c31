"""The CUDA toolkit, and everything that could put another CUDA library before torch's own."""

import re
from collections.abc import Callable
from shlex import quote

import pytest
from testinfra.host import Host

from trueup.accept.checks import accounts, each, prefetchable, remedy, text, tier
from trueup.declaration import Node, Profile
from trueup.env import ldso
from trueup.platforms import CUDA_LIBRARY, REPOSITORY_NAME, Distro
from trueup.remote_shell import Shell, with_private_tmp

HOME = "/usr/local/cuda"
BY_HAND = remedy("converge takes out what it can; it names the lines and folders that only a person should touch")
# A shell of each kind is started for what uses `loaded_by`.
pytestmark = tier("standard", "loaded_by")


# Manager -> the file of NVIDIA's packages, what it must say and what it must not (sources.list(5); yum.conf(5)).
REPOSITORY = {
    "apt": (
        f"/etc/apt/sources.list.d/{REPOSITORY_NAME}.sources",
        ("signed-by:/etc/apt/keyrings/trueup-cuda.asc",),
        ("trusted:yes", "allow-insecure:yes"),
    ),
    **dict.fromkeys(
        ("dnf", "yum"),
        (
            f"/etc/yum.repos.d/{REPOSITORY_NAME}.repo",
            ("gpgcheck=1", "repo_gpgcheck=1"),
            ("gpgcheck=0", "repo_gpgcheck=0"),
        ),
    ),
}


def ways(_node: Node, profile: Profile) -> list[str]:
    """Each way to start a program, for each account that can be logged in to."""
    own = [f"{way}, {account.name}" for way in ldso.WAYS[1:3] for account in profile.access.accounts]
    return ["ssh command, root", *own, "systemd unit, root"]


@pytest.fixture(scope="session")
def loaded_by(shell: Shell, profile: Profile) -> Callable[[str], ldso.Loaded]:
    """What a program is given, asked once for each way."""
    found: dict[str, ldso.Loaded] = {}

    def ask(way: str) -> ldso.Loaded:
        if way not in found:
            kind, account = way.split(", ")
            site = f"{profile.env_prefix}/lib/python{profile.env.python}/site-packages"
            found[way] = ldso.loaded(shell, site, kind, account)
        return found[way]

    return ask


@prefetchable
def test_package_repository_is_held_to_its_key(host: Host, distro: Distro) -> None:
    """A repository trusted without a signature installs any server's packages as root."""
    path, demands, waives = REPOSITORY[distro.manager]
    lines = {"".join(line.lower().split()) for line in text(host, path).splitlines()}
    missing, waived = set(demands) - lines, lines.intersection(waives)

    assert ([], []) == (sorted(missing), sorted(waived)), f"{path}: wanted {demands}, and none of {waives}"


@prefetchable
def test_nvcc_is_the_declared_one(host: Host, profile: Profile) -> None:
    """An op that is compiled by another nvcc fails DeepSpeed's own rule, or at the first call."""
    said = host.check_output("%s/bin/nvcc --version", f"{HOME}-{profile.cuda.toolkit}")

    assert f"release {profile.cuda.toolkit}," in said


@prefetchable
def test_link_leads_to_the_declared_toolkit(host: Host, profile: Profile) -> None:
    """A link moved by a later toolkit makes every build use that toolkit."""
    found = host.check_output("if [ -L %s ]; then readlink -m %s; else stat -c %%F %s; fi", HOME, HOME, HOME)

    assert f"{HOME}-{profile.cuda.toolkit}" == found


@prefetchable
def test_only_the_declared_toolkit_is_there(host: Host, profile: Profile, note: Callable[[str], None]) -> None:
    """Another toolkit in the declared one's place builds ops for another CUDA; one next to it is only noted."""
    found = host.check_output("ls -d %s-* 2>/dev/null; test -d %s/bin", HOME, f"{HOME}-{profile.cuda.toolkit}").split()
    others = [path for path in found if path != f"{HOME}-{profile.cuda.toolkit}" and host.file(path).is_directory]
    if others:
        note(f"other toolkits beside the declared one: {', '.join(others)}")

    assert f"{HOME}-{profile.cuda.toolkit}" in found


@tier("standard")
def test_nvcc_compiles(shell: Shell, profile: Profile) -> None:
    """A gcc newer than nvcc supports makes the first build fail."""
    tools = quote(f"{HOME}-{profile.cuda.toolkit}/bin")
    program = quote("__global__ void twice(float *x) { x[threadIdx.x] *= 2; }")
    build = (
        f'd=$(mktemp -d) && printf %s {program} > "$d/a.cu" && cd "$d" && {tools}/nvcc -cubin -arch=sm_70 a.cu && '
        f'{tools}/cuobjdump --list-elf a.cubin; rc=$?; cd / && rm -rf "$d"; exit $rc'
    )
    found = shell.run(with_private_tmp(f"sh -c {quote(build)}"), timeout=60)

    assert (0, True) == (found.rc, "sm_70" in found.text), found.err_text


@each("way", ways)
def test_nothing_comes_before_torch_s_own_libraries(
    loaded_by: Callable[[str], ldso.Loaded], profile: Profile, way: str
) -> None:
    """A library of another toolkit that the loader finds first makes torch fail or compute wrongly."""
    foreign = loaded_by(way).foreign(profile.env_prefix)

    assert [] == foreign, f"would be taken: {', '.join(foreign)}"


@BY_HAND
@each("way", ways)
def test_loader_variables_are_unset(loaded_by: Callable[[str], ldso.Loaded], way: str) -> None:
    """LD_LIBRARY_PATH or LD_PRELOAD gives every program other libraries than its own."""
    found = {name: loaded_by(way).variables[name] for name in ("LD_LIBRARY_PATH", "LD_PRELOAD")}

    assert {"LD_LIBRARY_PATH": "", "LD_PRELOAD": ""} == found, found


@each("way", lambda node, profile: [way for way in ways(node, profile) if not way.startswith("systemd")])
def test_build_finds_the_toolkit(loaded_by: Callable[[str], ldso.Loaded], way: str) -> None:
    """DeepSpeed and torch compile with what CUDA_HOME and PATH name, in the shell that they are started from."""
    found = loaded_by(way).variables

    assert (HOME, True) == (found["CUDA_HOME"], f"{HOME}/bin" in found["PATH"].split(":")), found


@prefetchable
@BY_HAND
def test_nothing_is_preloaded(host: Host) -> None:
    """/etc/ld.so.preload puts its libraries before all others, in every program of the node (ld.so(8))."""
    found = host.check_output("if [ -f /etc/ld.so.preload ]; then cat /etc/ld.so.preload; fi").split()

    assert [] == [path for path in found if re.match(CUDA_LIBRARY, path.rpartition("/")[2])]


@prefetchable
@BY_HAND
def test_loader_s_cache_has_no_other_toolkit(host: Host, profile: Profile, note: Callable[[str], None]) -> None:
    """What ldconfig has cached is taken wherever a library brings no path of its own."""
    lines = host.check_output("PATH=$PATH:/sbin:/usr/sbin ldconfig -p").splitlines()
    cached = [line.split(" => ")[1] for line in lines if " => " in line and re.match(CUDA_LIBRARY, line.strip())]
    system = ("/lib", "/usr/lib")
    own = (f"{HOME}-{profile.cuda.toolkit}/", f"{HOME}/")
    for path in cached:
        if path.startswith(system):
            note(f"a CUDA library beside torch's own, taken where torch brings none: {path}")

    assert [] == [path for path in cached if not path.startswith((*system, *own))]


@prefetchable
def test_environment_holds_no_strays(host: Host, profile: Profile) -> None:
    """A library copied beside torch's own is loaded first, and no variable shows it."""
    site = f"{profile.env_prefix}/lib/python{profile.env.python}/site-packages"
    found = host.check_output(
        "cd %s && find torch/lib nvidia -name 'lib*.so*' -type f | sed 's/^/is /';"
        " cut -d, -f1 *.dist-info/RECORD | grep -E '^(torch/lib|nvidia)/' | sed 's/^/belongs /'",
        site,
    ).splitlines()
    # One that a RECORD names and that is gone makes its wheel incomplete, and is another check's.
    there = {line.removeprefix("is ") for line in found if line.startswith("is ")}
    recorded = {line.removeprefix("belongs ") for line in found if line.startswith("belongs ")}

    assert [] == sorted(path for path in there - recorded if is_cuda(path))


def is_cuda(path: str) -> bool:
    """Whether a file is one of CUDA's libraries, by its name."""
    return re.match(CUDA_LIBRARY, path.rpartition("/")[2]) is not None


@prefetchable
@each("account", accounts)
def test_loader_s_variables_are_in_no_start_up_file(host: Host, profile: Profile, account: str) -> None:
    """A variable set in any start-up file changes the libraries of some shell."""
    home = profile.account(account).home
    names = ".bashrc .bash_profile .bash_login .profile .zshenv .zprofile .zshrc .ssh/environment .pam_environment"
    found = host.run(
        "cd %s && grep -nE '(^|[;&[:space:]])(LD_LIBRARY_PATH|LD_PRELOAD)\\+?=' "
        + " ".join(names.split())
        + " /dev/null 2>/dev/null | grep -vE ':[0-9]+:[[:space:]:]*#'",
        home,
    )

    assert "" == found.stdout


@prefetchable
@BY_HAND
def test_activation_sets_no_loader_variables(host: Host, profile: Profile) -> None:
    """A hook that sets a loader variable changes the libraries of every activated shell."""
    found = host.run(
        "grep -nHE '(LD_LIBRARY_PATH|LD_PRELOAD)[+]?=' %s/etc/conda/activate.d/*.sh"
        " | grep -vE ':[0-9]+:[[:space:]:]*#'",
        profile.env_prefix,
    )

    assert "" == found.stdout
