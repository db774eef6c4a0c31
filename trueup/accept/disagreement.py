"""Report whether a fleet's answers agree, in words stable between runs."""

from collections import defaultdict
from collections.abc import Hashable, Mapping

# A thousand names are unreadable; the odd ones are few, and come first.
SHOWN = 8
NO_ANSWER = "nobody answered"


def disagreement(answers: Mapping[str, Hashable]) -> list[str]:
    """[] where all answers are one; else a line for each answer with who gave it, the rarest first.

    answers: the answer of each node or rank by name. No answer is no agreement.
    """
    who = defaultdict(list)
    for name, answer in answers.items():
        who[answer].append(name)
    if len(who) == 1:
        return []
    rarest = sorted(who.items(), key=lambda item: (len(item[1]), str(item[0])))
    return [f"{_listed(names)}: {answer}" for answer, names in rarest] or [NO_ANSWER]


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
