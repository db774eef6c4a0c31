"""A message to a receiver that takes it, refuses it, hangs, or is none."""

import time

import pytest

from tests.ports import free_port
from tests.unit.drift.notify.receivers import mail, webhook
from trueup.drift.notify.send import redacted, send

# A process that imports apprise takes its time on a busy machine; what hangs does so for longer than that.
PATIENT_S, HANGS_S = 120.0, 60.0


def test_webhook_gets_title_and_body() -> None:
    """Through apprise, as the receiver's service has it."""
    with webhook() as (url, got):
        said = send(url, "title", "body\nof two lines", PATIENT_S)

    assert ("", [("title", "body\nof two lines")]) == (said, [(one["title"], one["message"]) for one in got])


def test_refusal_is_reported_without_secrets() -> None:
    """The path and the password of an URL are secrets."""
    with webhook(status=403) as (url, _):
        said = send(url.replace("json://", "json://me:secret@") + "token", "title", "body", PATIENT_S)

    assert "json://127.0.0.1: refused the message, or could not be reached" == said


def test_receiver_that_hangs_is_left() -> None:
    """Its deadline ends the wait; drift goes on."""
    with webhook(hangs_s=HANGS_S) as (url, _):
        began = time.monotonic()
        said = send(url, "title", "body", deadline_s=2.0)

    assert "json://127.0.0.1: no answer within 2 s" == said
    assert time.monotonic() - began < HANGS_S


def test_mail_is_delivered() -> None:
    """By SMTP, with its title as the subject, to whom the URL names."""
    with mail() as (url, got):
        said = send(url, "trueup: n1: conda/x no longer in order", "n1: conda/x\n  expected: 1", PATIENT_S)
    (letter,) = got
    body = letter.get_body(("plain", "html"))

    assert ("", "trueup: n1: conda/x no longer in order") == (said, letter["Subject"])
    assert "ops@localhost" in letter["To"]
    assert body is not None
    assert "expected: 1" in body.get_content()


def test_mail_server_that_refuses() -> None:
    """It is told, and the message stays to be tried again."""
    with mail(refusal="554 no such user") as (url, got):
        said = send(url, "title", "body", PATIENT_S)

    assert ("mailto://127.0.0.1: refused the message, or could not be reached", []) == (said, got)


def test_mail_server_that_hangs() -> None:
    """It took the whole letter and says nothing."""
    with mail(hangs_s=HANGS_S) as (url, _):
        said = send(url, "title", "body", deadline_s=3.0)

    assert "mailto://127.0.0.1: no answer within 3 s" == said


def test_no_receiver_listens() -> None:
    """A receiver that is not there is no error of the run."""
    said = send(f"json://127.0.0.1:{free_port()}/", "title", "body", PATIENT_S)

    assert "json://127.0.0.1: refused the message, or could not be reached" == said


def test_unknown_url() -> None:
    """What apprise cannot read is said."""
    said = send("nosuch://here/x", "t", "b", PATIENT_S)

    assert "nosuch://(beabd0): not an URL that apprise knows; see its list of services" == said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mailtos://me:secret@example.org?to=x", "mailtos://example.org"),
        ("pover://user@token", "pover://(5c472c)"),
        ("", "://(e3b0c4)"),
    ],
)
def test_redacted(url: str, shown: str) -> None:
    """Scheme and host only, and no host where a service puts a token there."""
    assert shown == redacted(url)
