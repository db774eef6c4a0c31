"""Ports and paths between the nodes."""

from shlex import quote

from trueup.accept.checks import CouldNotCheck, FleetUnderTest, between, pairs, require, require_agreement, tcp_probe


def _meet(fleet: FleetUnderTest, source: str, target: str, port: int) -> tuple[int, str, str]:
    python = f"{fleet.profile.env_prefix}/bin/python"
    address = fleet.node(target).address
    heard = fleet.shells[target].submit(tcp_probe.listener(python, address, port), timeout=tcp_probe.WAIT_S + 5)
    said = fleet.run(source, tcp_probe.caller(python, address, port), timeout=tcp_probe.WAIT_S + 5)
    answer = heard.result()
    if 127 in (said.rc, answer.rc):
        raise CouldNotCheck(
            f"{python}: wanted a Python that runs on {source} and {target}, found none: {said.err_text}"
        )
    return said.rc, answer.text.strip(), said.err_text + answer.err_text


def _require_meeting(rc: int, heard: str, errors: str) -> None:
    """Fail unless the listener heard the caller."""
    require(
        (0, "here") == (rc, heard),
        expected="a TCP connection that carries a word both ways",
        actual=f"status {rc}, the listener heard {heard!r}: {errors.strip()}",
    )


@between("pair", pairs)
def test_rendezvous_port_is_reachable(fleet: FleetUnderTest, pair: tuple[str, str]) -> None:
    """A firewall between the nodes makes the start of a job time out after minutes."""
    rc, heard, errors = _meet(fleet, *pair, port=fleet.profile.collective.ports[1])

    _require_meeting(rc, heard, errors)


@between("pair", pairs)
def test_ephemeral_port_is_reachable(fleet: FleetUnderTest, pair: tuple[str, str]) -> None:
    """NCCL and Gloo use ephemeral ports beside the rendezvous port (NVIDIA/nccl #388)."""
    low, high = fleet.run(pair[1], "cat /proc/sys/net/ipv4/ip_local_port_range").text.split()
    rc, heard, errors = _meet(fleet, *pair, port=(int(low) + int(high)) // 2)

    _require_meeting(rc, heard, errors)


def test_mtu_is_the_same_on_all_nodes(fleet: FleetUnderTest) -> None:
    """A smaller MTU on one side stalls large messages while small ones pass."""
    told = fleet.run_on_all(lambda node: f"cat /sys/class/net/{quote(node.interface)}/mtu")
    found = {name: result.text.strip() for name, result in told.items()}

    require_agreement(found)
    require(all(found.values()), expected="an MTU of each node's interface", actual=found)
