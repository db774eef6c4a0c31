"""Two byte streams, cut anywhere, give exact results."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from trueup.remote_shell.framing import Ended, Event, FrameDecoder, Output, Ready, WorkerDied
from trueup.remote_shell.target import Result

HELLO, GONE = "1" * 16, "2" * 16
SCRAPS = [b"\n", b"\0", b"\xff", b"3" * 16, b"3" * 16 + b"+\n", HELLO.encode(), b"-0 0\n", b"x" * 50]
BYTES = st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=20), max_size=6).map(b"".join)


@dataclass
class Said:
    """What one command did."""

    out: bytes
    err: bytes
    rc: int


FRAMES = st.lists(st.builds(Said, BYTES, BYTES, st.integers(0, 255)), max_size=4)


def nonces(frames: list[Said]) -> list[str]:
    """One per frame; never part of what the scraps can make up."""
    return [f"{number:x}".rjust(16, "e") for number in range(len(frames))]


def wire(frames: list[Said]) -> tuple[bytes, bytes]:
    """What the node sends for these frames."""
    out, err = b"noise\n" + HELLO.encode() + b"\n", b"\n" + HELLO.encode() + b"\n"
    for nonce, said in zip(nonces(frames), frames, strict=True):
        mark = nonce.encode()
        out += mark + b"+\n" + said.out + mark + b"-%d 0\n" % said.rc
        err += said.err + mark + b"-\n"
    return out, err


def fed(decoder: FrameDecoder, streams: tuple[bytes, bytes], splits: list[int]) -> list[Event]:
    """The events when the streams arrive in turns, in pieces of these sizes."""
    rest, events, turn = list(streams), [], 0
    while any(rest):
        size = splits[turn % len(splits)] if splits else 1 << 20
        events += decoder.feed(turn % 2 + 1, rest[turn % 2][:size])
        rest[turn % 2] = rest[turn % 2][size:]
        turn += 1
    return events


@given(FRAMES, st.lists(st.integers(1, 40), max_size=7), st.booleans())
def test_any_split_of_the_streams_gives_the_exact_results(
    frames: list[Said], splits: list[int], streamed: bool
) -> None:
    """A network may cut anywhere, also inside a mark; output may hold older marks, NUL or nothing."""
    decoder = FrameDecoder(HELLO, GONE)
    for nonce in nonces(frames):
        decoder.expect(nonce, streamed=streamed)
    events = fed(decoder, wire(frames), splits)

    assert isinstance(events[0], Ready)
    assert [Result(said.rc, said.out, said.err) for said in frames] == [
        event.result for event in events if isinstance(event, Ended)
    ]


@given(FRAMES, st.lists(st.integers(1, 40), max_size=7))
def test_streamed_pieces_add_up_to_the_result(frames: list[Said], splits: list[int]) -> None:
    """What `-v` prints as it comes is what the result says in the end."""
    decoder = FrameDecoder(HELLO, GONE)
    for nonce in nonces(frames):
        decoder.expect(nonce, streamed=True)
    pieces = [event for event in fed(decoder, wire(frames), splits) if isinstance(event, Output)]

    for nonce, said in zip(nonces(frames), frames, strict=True):
        for stream, whole in ((1, said.out), (2, said.err)):
            assert whole == b"".join(e.data for e in pieces if (e.nonce, e.stream) == (nonce, stream))


def test_the_worker_is_gone_only_when_both_streams_say_so() -> None:
    """The last frame's error output may come later than the farewell on standard output."""
    decoder = FrameDecoder(HELLO, GONE)
    decoder.expect("a" * 16)
    bye = f"\n{GONE}\n".encode()
    hello = f"\n{HELLO}\n".encode()
    decoder.feed(2, hello)
    early = decoder.feed(1, hello + b"a" * 16 + b"+\nx" + b"a" * 16 + b"-0 1\n" + bye)
    late = decoder.feed(2, b"e" + b"a" * 16 + b"-\n" + bye)

    assert not any(isinstance(event, Ended | WorkerDied) for event in early)
    assert [Ended("a" * 16, Result(0, b"x", b"e"), left=True), WorkerDied()] == late


def test_a_shell_that_ksh93_saw_killed_has_the_standard_status() -> None:
    """ksh93 says 256 + n where every other shell says 128 + n."""
    decoder = FrameDecoder(HELLO, GONE)
    decoder.expect("a" * 16)
    decoder.feed(2, f"\n{HELLO}\n".encode() + b"a" * 16 + b"-\n")
    events = decoder.feed(1, f"\n{HELLO}\n".encode() + b"a" * 16 + b"+\n" + b"a" * 16 + b"-265 0\n")

    assert [137] == [event.result.rc for event in events if isinstance(event, Ended)]
