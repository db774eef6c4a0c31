"""Runs as a process: reads one message as JSON on standard input, and gives it to apprise."""

import json
import sys

import apprise

TAKEN, REFUSED, UNREADABLE = 0, 1, 2


def main() -> int:
    """0 taken; 1 the receiver refused or was not there; 2 apprise cannot read the URL."""
    message = json.load(sys.stdin)
    receiver = apprise.Apprise()
    if not receiver.add(message["url"]):
        sys.stderr.write("not an URL that apprise knows; see its list of services\n")
        return UNREADABLE
    if receiver.notify(title=message["title"], body=message["body"], body_format=apprise.NotifyFormat.TEXT):
        return TAKEN
    sys.stderr.write("refused the message, or could not be reached\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
