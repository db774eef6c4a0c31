"""A page of docs/ as a test reads it: the blocks of each section, with the lab's words in place of the page's."""

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    """own: what the page says -> what it is in the lab."""

    def __init__(self, name: str, own: Mapping[str, str]) -> None:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        parts = _HEADING.split(text)[1:]
        self.sections = dict(zip(parts[::2], parts[1::2], strict=True))
        self.own = own

    def blocks(self, section: str, language: str) -> list[str]:
        """The section's blocks in that language, in order; section: how its heading begins."""
        (body,) = [body for heading, body in self.sections.items() if heading.startswith(section)]
        found = [text for kind, text in _BLOCK.findall(body) if kind == language]
        assert found, f"no {language} block under {section!r}"
        return [self._in_the_lab(text) for text in found]

    def _in_the_lab(self, text: str) -> str:
        for theirs, ours in self.own.items():
            text = text.replace(theirs, ours)
        return text
