"""What docs/security.md promises of this project's own text: its dependencies, its exceptions, its secrets."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CODE = ("trueup", "deploy", "lab", "tests", "bench")
LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==[^ ]+", re.MULTILINE)
EXCEPTION = re.compile(r"# noqa: (?P<rules>[A-Z0-9, ]*S\d{3}[A-Z0-9, ]*)(?P<reason>.*)$", re.MULTILINE)
KEY = r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{40}"
SECRETS = re.compile(KEY + r"|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-[0-9A-Za-z-]{20}")


def entries(text: str) -> dict[str, str]:
    """Each locked distribution with its lines."""
    starts = [*LOCKED.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return {match["name"]: text[match.start() : end] for match, end in zip(starts, ends, strict=True)}


def test_every_dependency_has_a_hash_and_no_address() -> None:
    """What is installed is what was locked, from whichever index a site has."""
    text = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    actual = entries(text)

    assert len(actual) > 50
    assert [] == [name for name, lines in actual.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", lines)]
    assert [] == re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links| @ ", text)


def test_every_direct_dependency_is_locked() -> None:
    """One that is only named is another one tomorrow."""
    named = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / "requirements/dev.in").read_text(encoding="utf-8"), re.MULTILINE)
    locked = {name.lower() for name in entries((ROOT / "requirements/dev.txt").read_text(encoding="utf-8"))}

    assert [] == [name for name in named if name.lower() not in locked]


def unexplained(text: str) -> list[str]:
    """The exceptions from ruff's security rules (bandit's) that give no reason."""
    return [match[0] for match in EXCEPTION.finditer(text) if len(match["reason"].strip(" -#()")) < 4]


def test_every_exception_from_the_security_rules_has_a_reason() -> None:
    """The rules are on for all code; who switches one off says why, where it is."""
    actual = {
        str(path.relative_to(ROOT)): missing
        for place in CODE
        for path in (ROOT / place).rglob("*.py")
        if (missing := unexplained(path.read_text(encoding="utf-8")))
    }

    assert {} == actual


@pytest.mark.parametrize(
    ("line", "actual"),
    [("x  # noqa: S311 -- a port, no secret", 0), ("x  # noqa: S311", 1), ("x  # noqa: RUF100, S603 -", 1)],
)
def test_reasons_are_required(line: str, actual: int) -> None:
    """The judge of the test above, judged."""
    assert actual == len(unexplained(line))


def test_no_secret_is_committed() -> None:
    """Keys are made where they are used, and nowhere else."""
    places = [path for path in ROOT.rglob("*") if path.is_file() and not {".git", ".venv", ".tox"} & set(path.parts)]
    text = {str(path.relative_to(ROOT)): path.read_bytes().decode("utf-8", "ignore") for path in places}

    assert [] == [name for name, content in text.items() if SECRETS.search(content)]
