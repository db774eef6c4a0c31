"""trueup.accept.files: a file that is missing is an answer."""

from dataclasses import dataclass
from typing import Any, cast

import pytest

from trueup.accept.files import text


@dataclass
class File:
    """As testinfra's, which raises where there is nothing to read."""

    content: str | None

    @property
    def exists(self) -> bool:
        return self.content is not None

    @property
    def content_string(self) -> str:
        if self.content is None:
            raise RuntimeError("Unexpected output")
        return self.content


class Host:
    """One file."""

    def __init__(self, content: str | None) -> None:
        self.content = content

    def file(self, _path: str) -> File:
        return File(self.content)


@pytest.mark.parametrize(("content", "found"), [("a\nb\n", "a\nb\n"), ("", ""), (None, "")])
def test_text(content: str | None, found: str) -> None:
    """Whoever deleted a file broke what it declared: the check then fails, it is not blind."""
    assert found == text(cast("Any", Host(content)), "/x")
