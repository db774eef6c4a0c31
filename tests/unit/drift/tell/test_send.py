"""A message to a receiver that takes it, refuses it, hangs, or is none."""

import time

import pytest

from tests.unit.drift.tell.receivers import webhook
from trueup.drift.tell.send import redacted, send


def test_webhook_gets_title_and_body() -> None:
    """Through apprise, as the receiver's service has it."""
    with webhook() as (url, got):
        said = send(url, "title", "body\nof two lines")

    assert ("", [("title", "body\nof two lines")]) == (said, [(one["title"], one["message"]) for one in got])


def test_refusal_is_told_without_secrets() -> None:
    """The path and the password of an URL are secrets."""
    with webhook(status=403) as (url, _):
        said = send(url.replace("json://", "json://me:secret@") + "token", "title", "body")

    assert "json://127.0.0.1: refused the message, or could not be reached" == said


def test_receiver_that_hangs_is_left() -> None:
    """Its deadline ends the wait; drift goes on."""
    with webhook(hangs_s=30.0) as (url, _):
        began = time.monotonic()
        said = send(url, "title", "body", deadline_s=2.0)

    assert "json://127.0.0.1: no answer within 2 s" == said
    assert time.monotonic() - began < 10.0


def test_unknown_url() -> None:
    """What apprise cannot read is said."""
    assert "nosuch://here: not an URL that apprise knows; see its list of services" == send("nosuch://here/x", "t", "b")


@pytest.mark.parametrize(
    ("url", "shown"),
    [("mailtos://me:secret@example.org?to=x", "mailtos://example.org"), ("slack://a/b/c", "slack://a"), ("", "://")],
)
def test_redacted(url: str, shown: str) -> None:
    """Scheme and host only."""
    assert shown == redacted(url)
