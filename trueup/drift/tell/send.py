"""One message to one receiver, in a process of its own that a deadline ends: a receiver that hangs delays nobody."""

import json
import subprocess
import sys
from urllib.parse import urlsplit

DEADLINE_S = 20.0


def send(url: str, title: str, body: str, deadline_s: float = DEADLINE_S) -> str:
    """ "" where the receiver took it, else why it did not. The URL is never on a command line."""
    message = json.dumps({"url": url, "title": title, "body": body})
    command = [sys.executable, "-m", "trueup.drift.tell.one"]
    try:
        done = subprocess.run(command, input=message, capture_output=True, text=True, timeout=deadline_s, check=False)
    except subprocess.TimeoutExpired:
        return f"{redacted(url)}: no answer within {deadline_s:.0f} s"
    if done.returncode == 0:
        return ""
    return f"{redacted(url)}: {(done.stderr.strip().splitlines() or ['refused'])[-1][:200]}".replace(url, "<url>")


def redacted(url: str) -> str:
    """The receiver without its secrets: scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}"
