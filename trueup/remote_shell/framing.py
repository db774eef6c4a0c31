"""From two byte streams back to results, exactly. Pure: no clock, no input or output.

A frame's bytes are what lies between `NONCE+\\n` and `NONCE-RC LEFT\\n` on standard output, and before
`NONCE-\\n` on standard error. The nonce is 64 random bits, new for each command and never handed to it, so that
no output can hold it but by chance.
"""

from collections import deque
from dataclasses import dataclass, field

from trueup.remote_shell.target import Result


@dataclass(frozen=True)
class Ready:
    """The shell has answered; noise is what a banner or start-up file printed before."""

    noise: bytes


@dataclass(frozen=True)
class Began:
    """The node has started the command."""

    nonce: str


@dataclass(frozen=True)
class Output:
    """A piece of a streamed command's output, as early as it is known to be no mark."""

    nonce: str
    stream: int
    data: bytes


@dataclass(frozen=True)
class Ended:
    """The command's result; left: a process that it started still holds the streams."""

    nonce: str
    result: Result
    left: bool


@dataclass(frozen=True)
class WorkerDied:
    """The worker died: killed by the command, or by somebody else."""


Event = Ready | Began | Output | Ended | WorkerDied


OUT, ERR = 1, 2
# The longest mark is NONCE-RC LEFT: 16 + 1 + 3 + 1 + 1 + 1 bytes; a mark may arrive in pieces.
_OVERLAP = 32


@dataclass
class _Frame:
    nonce: str
    streamed: bool
    status: tuple[int, bool] | None = None
    began: bool = False
    body: dict[int, bytes] = field(default_factory=dict)
    shown: dict[int, int] = field(default_factory=lambda: {OUT: 0, ERR: 0})


class _Stream:
    """Bytes that have arrived and belong to nobody yet."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._tried: dict[bytes, int] = {}

    def find(self, mark: bytes) -> int:
        """Where the mark begins, or -1; what was searched for this mark before is not searched again."""
        at = self.data.find(mark, max(0, self._tried.get(mark, 0) - _OVERLAP))
        if at < 0:
            self._tried[mark] = len(self.data)
        return at

    def safe(self, mark: bytes) -> int:
        """How many bytes are surely before the mark: its own beginning may have come as the last ones."""
        at = self.data.find(mark, max(0, len(self.data) - _OVERLAP))
        if at >= 0:
            return at
        held = (size for size in range(len(mark) - 1, 0, -1) if self.data.endswith(mark[:size]))
        return len(self.data) - next(held, 0)

    def split_off(self, at: int, end: int) -> bytes:
        """The bytes before `at`; what lies before `end` is removed."""
        before = bytes(memoryview(self.data)[:at])
        del self.data[:end]
        self._tried.clear()
        return before

    def take(self, mark: bytes) -> bytes | None:
        """What precedes the mark, removed together with it; None while the mark is not there."""
        at = self.find(mark)
        return None if at < 0 else self.split_off(at, at + len(mark))


class FrameDecoder:
    """Feed it what arrives; it says what that means, in order."""

    def __init__(self, hello: str, gone: str) -> None:
        self._hello = f"\n{hello}\n".encode()
        self._farewell = f"\n{gone}\n".encode()
        self._ready: dict[int, bytes] = {}
        self._streams = {OUT: _Stream(), ERR: _Stream()}
        self._frames: deque[_Frame] = deque()
        self._errors: deque[_Frame] = deque()
        self._parted: set[int] = set()

    def expect(self, nonce: str, *, streamed: bool = False) -> None:
        """A frame with this nonce has been sent."""
        frame = _Frame(nonce, streamed)
        self._frames.append(frame)
        self._errors.append(frame)

    def pending(self, stream: int) -> bytes:
        """What has arrived and could not be told yet: for an error's text."""
        return bytes(self._streams[stream].data)

    def feed(self, stream: int, data: bytes) -> list[Event]:
        """Take bytes of one stream; give the events that they complete."""
        self._streams[stream].data += data
        events: list[Event] = []
        if len(self._ready) < 2 and not self._greet(stream, events):
            return events
        while self._step(events):
            pass
        for each in (OUT, ERR):
            self._show(each, events)
        return events

    def _greet(self, stream: int, events: list[Event]) -> bool:
        if stream not in self._ready:
            noise = self._streams[stream].take(self._hello)
            if noise is None:
                return False
            self._ready[stream] = noise
        if len(self._ready) == 2:
            events.append(Ready(self._ready[OUT] + self._ready[ERR]))
        return len(self._ready) == 2

    def _step(self, events: list[Event]) -> bool:
        return self._step_err() or self._step_out(events) or self._finish(events) or self._gone(events)

    def _step_err(self) -> bool:
        if not self._errors:
            return False
        body = self._streams[ERR].take(self._errors[0].nonce.encode() + b"-\n")
        if body is None:
            return False
        self._errors.popleft().body[ERR] = body
        return True

    def _step_out(self, events: list[Event]) -> bool:
        frame = self._frames[0] if self._frames else None
        if frame is None or frame.status is not None:
            return False
        stream, nonce = self._streams[OUT], frame.nonce.encode()
        if not frame.began:
            if stream.take(nonce + b"+\n") is None:
                return False
            frame.began = True
            events.append(Began(frame.nonce))
            return True
        at = stream.find(nonce + b"-")
        end = stream.data.find(b"\n", at) if at >= 0 else -1
        if end < 0:
            return False
        status, left = bytes(stream.data[at + len(nonce) + 1 : end]).split()
        frame.status = int(status), left == b"1"
        frame.body[OUT] = stream.split_off(at, end + 1)
        return True

    def _finish(self, events: list[Event]) -> bool:
        frame = self._frames[0] if self._frames else None
        if frame is None or frame.status is None or ERR not in frame.body:
            return False
        self._frames.popleft()
        if frame.streamed:
            rest = {stream: frame.body[stream][frame.shown[stream] :] for stream in (OUT, ERR)}
            events.extend(Output(frame.nonce, stream, data) for stream, data in rest.items() if data)
        rc, left = frame.status
        # ksh93 gives 256 + n, every other shell 128 + n, for a command that signal n killed.
        events.append(Ended(frame.nonce, Result(rc - 128 if rc > 256 else rc, frame.body[OUT], frame.body[ERR]), left))
        return True

    def _gone(self, events: list[Event]) -> bool:
        # On both streams: the last frame's end may come later on the one than this on the other.
        if len(self._parted) == 2:
            return False
        for stream in {OUT, ERR} - self._parted:
            if self._streams[stream].take(self._farewell) is not None:
                self._parted.add(stream)
        if len(self._parted) == 2:
            events.append(WorkerDied())
        return len(self._parted) == 2

    def _show(self, stream: int, events: list[Event]) -> None:
        frame = self._frames[0] if self._frames else None
        if frame is None or not (frame.streamed and frame.began) or stream in frame.body:
            return
        data, shown = self._streams[stream].data, frame.shown[stream]
        if (safe := self._streams[stream].safe(frame.nonce.encode() + b"-")) > shown:
            events.append(Output(frame.nonce, stream, bytes(data[shown:safe])))
            frame.shown[stream] = safe
