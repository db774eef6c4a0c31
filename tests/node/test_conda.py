"""The base installation."""

from shlex import quote

from testinfra.host import Host

from trueup.accept.checks import each, prefetchable, remedy, require, text, tier
from trueup.declaration import Node, Profile

# `conda init` makes a function of it, which starts $CONDA_EXE; without a function it is what PATH has.
WHICH = quote('case $(type -t conda) in function) echo "$CONDA_EXE";; *) type -P conda;; esac')
BY_HAND = remedy("somebody installed it: take it out of PATH, or remove it, by hand")


def initialised(_node: Node, profile: Profile) -> list[str]:
    """The accounts whose shells know conda."""
    return list(profile.conda.init_for)


@tier("standard")
def test_conda_answers(host: Host, profile: Profile) -> None:
    """A conda that does not run means an interrupted installation."""
    found = host.check_output("%s/bin/conda --version", profile.conda.prefix)

    require(found.startswith("conda "), expected="a conda that says its version", actual=found)


def test_installation_is_finished(host: Host, profile: Profile) -> None:
    """An interrupted converge leaves an installation that cannot be trusted."""
    mark = f"{profile.conda.prefix}.trueup-installing"

    require(not host.file(mark).exists, expected=f"no mark of an interrupted converge at {mark}", actual="it is there")


def test_prefix_belongs_to_root(host: Host, profile: Profile) -> None:
    """A prefix that a user may write to changes under every other account."""
    folder = host.file(profile.conda.prefix)

    assert ("root", 0) == (folder.user, folder.mode & 0o022)


@prefetchable
def test_base_python_runs(host: Host, profile: Profile) -> None:
    """A base without its Python stops conda, which is a Python program and cannot repair itself."""
    assert "ok" == host.check_output("%s/bin/python -I -S -c 'print(\"ok\")'", profile.conda.prefix)


@tier("standard")
def test_environment_is_known_to_conda(host: Host, profile: Profile) -> None:
    """An environment that conda does not know cannot be activated."""
    found = host.check_output("%s/bin/conda env list --json", profile.conda.prefix)

    assert profile.env_prefix in found


@each("account", initialised)
def test_conda_is_initialised(host: Host, profile: Profile, account: str) -> None:
    """A missing `conda init` block makes `conda activate` fail in a new terminal."""
    block = text(host, f"{profile.account(account).home}/.bashrc")

    assert (True, True) == (">>> conda initialize >>>" in block, f"{profile.conda.prefix}/bin/conda" in block)


@BY_HAND
@tier("standard")
@each("account", initialised)
def test_no_other_conda_is_in_path(host: Host, profile: Profile, account: str) -> None:
    """A second conda in PATH gives scripts another conda, depending on the order of PATH."""
    found = host.check_output("runuser -l %s -c 'bash -ic \"type -aP conda; true\" 2>/dev/null'", account).split()

    assert [] == sorted({path for path in found if not path.startswith(f"{profile.conda.prefix}/")})


@each("account", initialised)
def test_start_up_file_belongs_to_its_account(host: Host, account: str, profile: Profile) -> None:
    """A .bashrc that belongs to root cannot be edited by its user."""
    assert account == host.file(f"{profile.account(account).home}/.bashrc").user


@tier("standard")
@each("account", initialised)
def test_interactive_shell_finds_conda(host: Host, profile: Profile, account: str) -> None:
    """A block in .bashrc that is not reached gives interactive shells no conda, or another one."""
    # That no shell knows a conda is an answer: "none".
    said = host.check_output("runuser -l %s -c %s", account, f"bash -ic {WHICH} 2>/dev/null; true")
    found = said.split()[-1] if said.strip() else "none"

    prefix = profile.conda.prefix
    require(found.startswith(f"{prefix}/"), expected=f"a conda below {prefix}", actual=found)
