"""Work in children under a kill timer: a driver that hangs must not hang the one who asks."""

import json
import os
import select
import signal
import time
from typing import Any, Callable, Dict, List, Tuple

Section = Tuple[Callable[[], Dict[str, Any]], float]


class Unavailable(Exception):
    """The thing to look at is not there; the message says what and why."""


def _work(section: Callable[[], Dict[str, Any]], out: int) -> None:
    """In the child: one JSON document into the pipe, then the end, whatever happens."""
    os.setsid()
    # A child stuck in the kernel outlives its kill; it must not hold the caller's pipes open.
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    try:
        answer: Dict[str, Any] = {"state": "looked", "value": section()}
    except Unavailable as reason:
        answer = {"state": "cannot", "why": str(reason)}
    except Exception as error:  # noqa: BLE001  (reported as it is: this is the outermost frame of a process)
        answer = {"state": "cannot", "why": f"{type(error).__name__}: {error}"}
    left = json.dumps(answer).encode("ascii")
    while left:
        left = left[os.write(out, left) :]
    os._exit(0)


def _start(section: Callable[[], Dict[str, Any]]) -> Tuple[int, int]:
    """(process id, end of the pipe to read from) of a child that does the section."""
    inward, outward = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(inward)
        _work(section, outward)
    os.close(outward)
    return pid, inward


def _verdict(pid: int, text: bytes) -> Dict[str, Any]:
    """What a child that closed its pipe has said; it is reaped here."""
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return {"state": "cannot", "why": f"the look was killed by signal {os.WTERMSIG(status)}"}
    if not text:
        return {"state": "cannot", "why": f"the look ended with status {os.WEXITSTATUS(status)} and no word"}
    answer: Dict[str, Any] = json.loads(text.decode("ascii"))
    return dict(answer)


def gather(sections: Dict[str, Section]) -> Dict[str, Dict[str, Any]]:
    """Does all sections at once, each in a child of its own and within its own seconds.

    A section that is not done by then is killed, not waited for, and answers {"state": "hung"}.
    """
    began = time.monotonic()
    children = {name: _start(work) for name, (work, _) in sections.items()}
    texts: Dict[str, List[bytes]] = {name: [] for name in sections}
    answers: Dict[str, Dict[str, Any]] = {}
    while len(answers) < len(sections):
        waiting = {children[name][1]: name for name in sections if name not in answers}
        nearest = min(sections[name][1] for name in waiting.values())
        left = max(0.0, began + nearest - time.monotonic())
        for pipe in select.select(list(waiting), [], [], left)[0]:
            chunk = os.read(pipe, 1 << 16)
            texts[waiting[pipe]].append(chunk)
            if not chunk:
                name = waiting[pipe]
                answers[name] = _verdict(children[name][0], b"".join(texts[name]))
        for name in waiting.values():
            if name not in answers and time.monotonic() >= began + sections[name][1]:
                os.killpg(children[name][0], signal.SIGKILL)
                answers[name] = {"state": "hung", "after_s": sections[name][1]}
    return answers
