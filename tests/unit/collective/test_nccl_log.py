"""Reading NCCL's own words.

The lines are of the forms shown in public issues: NVIDIA/nccl #862 (2.17, sockets over eth0), #1232 (two nodes,
an interface of its own each), #707 (GPUDirect RDMA), #1680 (2.25, every interface), NVIDIA/nccl-tests #166
(shared memory), #185 (RoCE).
"""

from hypothesis import given
from hypothesis import strategies as st

from trueup.collective.nccl_log import complaints, parse

SOCKETS = """\
node1:919:919 [0] NCCL INFO NCCL_SOCKET_IFNAME set by environment to =eth0
node1:919:919 [0] NCCL INFO Bootstrap : Using eth0:10.0.0.5<0>
node1:919:919 [0] NCCL INFO NET/Plugin : No plugin found, using internal implementation
NCCL version 2.14.3+cuda11.7
node1:919:1150 [0] NCCL INFO NET/IB : No device found.
node1:919:1150 [0] NCCL INFO NET/Socket : Using [0]eth0:10.0.0.5<0>
node1:919:1150 [0] NCCL INFO Using network Socket
node1:919:1150 [0] NCCL INFO Channel 00/0 : 3[2a000] -> 0[27000] [receive] via NET/Socket/0
node1:920:1151 [1] NCCL INFO Channel 00/0 : 1[2a000] -> 2[27000] [send] via NET/Socket/0
node1:919:1150 [0] NCCL INFO Channel 00/0 : 0[27000] -> 1[2a000] via P2P/IPC/read
node1:919:1150 [0] NCCL INFO Connected all rings
"""
RDMA = """\
n4:460:842 [0] NCCL INFO NET/IB : Using [0]mlx5_10:1/RoCE [1]mlx5_11:1/RoCE [RO]; OOB eth0:11.1.0.1<0>
n4:460:842 [0] NCCL INFO Using network IB
n4:460:842 [2] NCCL INFO Channel 01 : 2[c7000] -> 0[87000] [send] via NET/IB/2/GDRDMA
n4:460:842 [2] NCCL INFO Channel 01 : 2[c7000] -> 3[c9000] via SHM/direct/direct
"""
NEWER = """\
node2:1263644:1263644 [0] NCCL INFO Bootstrap: Using eth0:10.2.64.94<0>
node2:1263644:1263644 [0] NCCL INFO NCCL version 2.25.1+cuda12.8
node2:1263644:1263655 [0] NCCL INFO NET/Plugin: Could not find: libnccl-net.so. Using internal network plugin.
node2:1263644:1263655 [0] NCCL INFO NET/Socket : Using [0]eth0:10.2.64.94<0> [1]usb0:169.254.3.1<0>
node2:1263644:1263655 [0] NCCL INFO Using network Socket
"""
FULL = """\
n1:9621:9688 [3] shmutils.cc:112 NCCL WARN Error while creating shared memory segment /dev/shm/nccl-KW (size 5967872)
n1:9621:9688 [3] NCCL INFO transport/shm.cc:114 -> 2
"""


def test_sockets_are_read() -> None:
    """Version, interface, network, and the way between each pair of ranks."""
    log = parse(SOCKETS)

    assert ("2.14.3+cuda11.7", "eth0", ("eth0",), "Socket", ()) == (
        log.version,
        log.bootstrap,
        log.sockets,
        log.network,
        log.warnings,
    )
    assert {(3, 0): "NET/Socket", (1, 2): "NET/Socket", (0, 1): "P2P"} == log.transports


def test_rdma_is_distinguished_from_sockets() -> None:
    """A fall-back from one to the other is silent."""
    log = parse(RDMA)

    assert ("IB", {(2, 0): "NET/IB", (2, 3): "SHM"}) == (log.network, log.transports)


def test_newer_nccl_is_read() -> None:
    """2.25 and later lost the blank, and put the version among the lines."""
    log = parse(NEWER)

    assert ("2.25.1+cuda12.8", "eth0", ("eth0", "usb0"), "Socket") == (
        log.version,
        log.bootstrap,
        log.sockets,
        log.network,
    )


def test_further_interface_is_a_complaint() -> None:
    """A USB gadget of the management board has the same address on every node."""
    (problem,) = complaints(parse(NEWER), "node2", "eth0", [2])

    assert "node2: NCCL used eth0, usb0, declared is eth0; set NCCL_SOCKET_IFNAME" == str(problem)


def test_rank_before_each_line_is_passed_over() -> None:
    """torchrun puts it there under --tee."""
    marked = "".join(f"[default1]:{line}\n" for line in SOCKETS.splitlines())

    assert parse(SOCKETS) == parse(marked)


def test_silence_is_a_complaint() -> None:
    """What nobody said was not looked at."""
    (problem,) = complaints(parse("nothing\n"), "node1", "eth0", [0, 1])

    assert problem.message.startswith("node1: NCCL said nothing of its interface")


def test_warning_is_kept() -> None:
    """It is NCCL's own reason."""
    assert "Error while creating shared memory segment /dev/shm/nccl-KW (size 5967872)" == parse(FULL).warnings[0]


def test_launchers_prefix_is_passed_over() -> None:
    """mpirun and others put a rank before each line."""
    assert "eth0" == parse("[1,0]<stdout>:" + SOCKETS.splitlines()[1]).bootstrap


def test_declared_interface_is_no_complaint() -> None:
    """Ranks 0 and 1 of this node meet in memory."""
    assert [] == list(complaints(parse(SOCKETS), "node1", "eth0", [0, 1]))


def test_another_interface_is_a_complaint() -> None:
    """NCCL takes docker0 where nobody names one."""
    (problem,) = complaints(parse(SOCKETS), "node1", "eth1", [0, 1])

    assert "node1: NCCL used eth0, declared is eth1; set NCCL_SOCKET_IFNAME" == str(problem)


def test_ranks_of_one_node_over_the_network_are_a_complaint() -> None:
    """Neither P2P nor shared memory worked."""
    (problem,) = complaints(parse(SOCKETS), "node1", "eth0", [0, 3])

    assert "node1: ranks 3 and 0 of one node meet over the network, not in memory" == str(problem)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """A newer NCCL says other things."""
    assert parse(text).transports == {}
