"""One message to one receiver, in a process of its own that a deadline ends: a receiver that hangs delays nobody."""

import hashlib
import json
import subprocess
import sys
from urllib.parse import urlsplit

DEADLINE_S = 20.0
# Of these the host is a host; many a chat service has a token there.
HOSTS = {"form", "forms", "http", "https", "json", "jsons", "mailto", "mailtos", "xml", "xmls"}


def send(url: str, title: str, body: str, deadline_s: float = DEADLINE_S) -> str:
    """ "" where the receiver took it, else why it did not. The URL is never on a command line."""
    message = json.dumps({"url": url, "title": title, "body": body})
    command = [sys.executable, "-m", "trueup.drift.notify.send_one"]
    try:
        done = subprocess.run(command, input=message, capture_output=True, text=True, timeout=deadline_s, check=False)
    except subprocess.TimeoutExpired:
        return f"{redacted(url)}: no answer within {deadline_s:.0f} s"
    if done.returncode == 0:
        return ""
    return f"{redacted(url)}: {(done.stderr.strip().splitlines() or ['refused'])[-1][:200]}".replace(url, "<url>")


def redacted(url: str) -> str:
    """The receiver without its secrets: the scheme, and the host where it is one; else a mark to tell two apart."""
    parts = urlsplit(url)
    if parts.scheme in HOSTS:
        return f"{parts.scheme}://{parts.hostname or ''}"
    return f"{parts.scheme}://({hashlib.sha256(url.encode()).hexdigest()[:6]})"
