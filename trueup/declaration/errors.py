"""What is said when a declaration is refused: every problem, each with what would be right."""

from collections.abc import Iterable
from difflib import get_close_matches


class Refusal(Exception):
    """The declaration cannot be carried out; problems has one line or more for each reason."""

    def __init__(self, what: str, problems: Iterable[str]) -> None:
        self.what = what
        self.problems = tuple(problems)
        super().__init__(what, self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{self.what}: {count} problem{'' if count == 1 else 's'}"
        return "\n".join([head, *(f"  - {problem}" for problem in self.problems)])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: '; did you mean "gpus"?', or '; known: ...' when nothing is near."""
    choices = sorted(known)
    near = get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known: {', '.join(choices)}"


def nearest_first(word: str, known: Iterable[str]) -> list[str]:
    """All known words, those most like word first."""
    choices = sorted(known)
    near = get_close_matches(word, choices, n=len(choices) or 1, cutoff=0.0)
    return near + [choice for choice in choices if choice not in near]
