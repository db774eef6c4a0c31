"""What is sent to bare nodes: the commands of each family, and nobody's words as a shell's."""

import re
import subprocess

import pytest

from tests.deploy.fleet import Run, addresses, run
from tests.deploy.healthy_node import ANCHOR, OPERATOR, PROFILE, bare, converged
from tests.deploy.machine import ENV, PREFIX, Machine

CANARY = "canary"
EVIL = "'\"; $(touch canary) `touch canary`"
APT = "DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q"


def everywhere(machine: Machine) -> Machine:
    """What the node itself says is hostile, too."""
    machine.files["/etc/hosts"].content += f"10.0.0.99 {EVIL}\n"
    machine.files["/etc/fstab"].content += f"# {EVIL}\n"
    machine.host_keys = ["ssh-ed25519 $(touch${IFS}canary) x"]
    machine.wheels["$(touch canary)"] = {"version": "1", "installer": "pip", "damaged": None}
    machine.firewall = ["ufw", f"allow {EVIL}"]
    return machine


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run that executes, on bare nodes of three families and on a hostile one."""
    names = [ANCHOR, "apt", "dnf", "yum", "evil"]
    machines = [
        converged(ANCHOR, "debian", "12", addresses(names)),
        bare("apt", "ubuntu", "24.04"),
        bare("dnf", "rocky", "9.4"),
        bare("yum", "centos", "7"),
        everywhere(bare("evil", "debian", "12")),
    ]
    profile = PROFILE.replace(repr(OPERATOR), repr(f"ssh-ed25519 AAAA {EVIL}"))
    mirror: dict[str, object] = {"mirror": "http://10.0.0.9/$(touch${IFS}canary)"}
    return run(
        tmp_path_factory.mktemp("sent"),
        machines,
        mode=("-y",),
        profile=profile,
        data={name: dict(mirror) for name in names},
    )


def in_single_quotes(command: str, at: int) -> bool:
    """Whether a shell reads the character there as itself, whatever it is (POSIX, 2.2 Quoting)."""
    quoted, escaped = "", False
    for character in command[:at]:
        if escaped:
            escaped = False
        elif quoted == "'":
            quoted = "" if character == "'" else quoted
        elif character == "\\":
            escaped = True
        elif character == quoted:
            quoted = ""
        elif not quoted and character in "'\"":
            quoted = character
    return quoted == "'"


@pytest.mark.parametrize(
    ("command", "expected"),
    [("echo 'a $(x)'", True), ("echo \"a '$(x)'\"", False), ("echo 'a'\"'\"' $(x)'", True), ("echo \\'$(x)", False)],
)
def test_quotes_are_counted_as_a_shell_does(command: str, expected: bool) -> None:
    """The judge of the next test, judged."""
    assert expected == in_single_quotes(command, command.index("$(x)"))


def test_nobodys_words_become_commands(sent: Run) -> None:
    """A key's comment, a mirror's path, a node's own files and answers: always text."""
    carrying = [command for each in sent.commands.values() for command in each if CANARY in command]
    loose = [
        command
        for command in carrying
        for match in re.finditer(CANARY, command)
        if not in_single_quotes(command, match.start())
    ]

    assert (0, []) == (sent.status, loose)
    assert len(carrying) > 20


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_every_command_is_one_that_a_shell_can_read(sent: Run, shell: str) -> None:
    """Debian's sh and EL's."""
    commands = sorted({command for each in sent.commands.values() for command in each})
    script = "\n".join(f"f{number}() {{\n{command}\n}}" for number, command in enumerate(commands))
    done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (
            "apt",
            [
                f"{APT} update",
                f"{APT} -y --no-install-recommends install curl ca-certificates libasound2t64 libaio-dev g++ chrony",
            ],
        ),
        ("dnf", ["dnf -y --setopt=exit_on_lock=1 install curl ca-certificates alsa-lib libaio-devel gcc-c++ chrony"]),
        ("yum", ["yum -y --setopt=exit_on_lock=1 install curl ca-certificates alsa-lib libaio-devel gcc-c++ chrony"]),
    ],
)
def test_packages_by_their_own_names(sent: Run, node: str, expected: list[str]) -> None:
    """Each family's manager, each distribution's names."""
    said = [each.removeprefix("{ ").partition(" && ")[0] for each in sent.commands[node]]
    actual = [each for each in said if re.match(r"(\w+=\w+ )?(apt-get|dnf|yum) ", each)]

    assert expected == actual[: len(expected)]


@pytest.mark.parametrize(
    ("node", "expected"), [("apt", "systemctl restart chrony"), ("dnf", "systemctl restart chronyd")]
)
def test_time_service_takes_its_servers(sent: Run, node: str, expected: str) -> None:
    """Its file has changed, so it is restarted."""
    assert expected in sent.commands[node][sent.commands[node].index(f"systemctl enable {expected.split()[-1]}") :]


def test_ufw_opens_for_the_peers(sent: Run) -> None:
    """One rule for each other node, none for itself."""
    where = addresses([ANCHOR, "apt", "dnf", "yum", "evil"])
    expected = [f"ufw allow from {where[name]} to any proto tcp" for name in (ANCHOR, "apt", "dnf", "yum")]

    assert sorted(expected) == sorted(each for each in sent.commands["evil"] if each.startswith("ufw"))


def test_bytes_come_from_the_mirror_by_their_hash(sent: Run) -> None:
    """The lock's hash stands in every command that fetches; nothing comes from anywhere else."""
    fetches = [each for each in sent.commands["apt"] if "curl" in each and "sha256sum" in each]

    assert ["a", "1", "2", "2", "5"] == [re.findall(r"[0-9a-f]{64}", each)[0][0] for each in fetches]
    assert [] == [each for each in sent.commands["apt"] if re.search(r"https?://(?!10\.0\.0\.9/)", each)]


def test_environment_is_made_from_the_mirror_only(sent: Run) -> None:
    """conda sees one channel, uv no index; every wheel by its hash."""
    made = next(each for each in sent.commands["dnf"] if "conda create" in each)
    wheels = next(each for each in sent.commands["dnf"] if "pip install" in each)

    assert f"{PREFIX}/bin/conda create -y -q --override-channels -c 'http://10.0.0.9/" in made
    assert [] == [
        flag for flag in ("--no-index", "--require-hashes", "--no-deps", f"{ENV}/bin/python") if flag not in wheels
    ]
