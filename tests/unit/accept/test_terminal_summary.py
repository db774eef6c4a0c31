"""The terminal summary: one column a node while that is of use."""

from trueup.accept.terminal_summary import summary
from trueup.outcome import CheckResult, Outcome


def answer(
    node: str, outcome: Outcome, room: str = "host", check: str = "c", notes: tuple[str, ...] = ()
) -> CheckResult:
    return CheckResult(node=node, room=room, check=f"{room}/{check}", outcome=outcome, why="w", notes=notes)


def cells(text: str, room: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith(f"│ {room}"))
    return [cell.strip() for cell in row.strip("│").split("│")][1:]


def head(text: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith("┃"))
    return [cell.strip() for cell in row.strip("┃").split("┃")]


def test_up_to_eight_nodes_have_a_column_each() -> None:
    """What needs attention comes first in a cell; one or many, the verb fits."""
    names = [f"n{number}" for number in range(8)]
    answers = [answer(name, Outcome.HOLDS, check=check) for name in names for check in ("c", "d")]
    answers += [answer("n0", Outcome.FAILS), answer("n1", Outcome.UNKNOWN), answer("fleet", Outcome.HOLDS)]
    text = summary(answers, {}, 200)

    assert ["room", *names, "between nodes"] == head(text)
    assert [
        "1 does not hold, 2 hold",
        "1 could not look, 2 hold",
        *["2 hold"] * 6,
        "1 holds",
    ] == cells(text, "host")


def test_more_than_eight_nodes_share_a_column() -> None:
    """A hundred columns show nothing; the records have every node."""
    answers = [answer(f"n{number}", Outcome.HOLDS) for number in range(9)]
    answers += [answer("n0", Outcome.FAILS), answer("n1", Outcome.FAILS)]
    text = summary(answers, {}, 100)

    assert (["room", "9 nodes", "between nodes"], ["2 do not hold, 9 hold", ""]) == (head(text), cells(text, "host"))


def test_notes_out_and_not_applicable_are_listed() -> None:
    """Below the table, one line each; text in brackets is no markup."""
    answers = [
        answer("a", Outcome.HOLDS, notes=("clock [bold] slow",)),
        answer("a", Outcome.NOT_APPLICABLE, check="nvlink[x]"),
    ]
    lines = summary(answers, {"b": "dead [fan]"}, 100).splitlines()

    assert ["note  a: host/c: clock [bold] slow", "out   b: dead [fan]", "not applicable: host/nvlink[x] (w)"] == [
        line.rstrip() for line in lines[-3:]
    ]


def test_narrow_terminal() -> None:
    """Columns that do not fit become one; no line is wider than the terminal, and nothing is lost."""
    answers = [answer(f"a-rather-long-name-{number}", Outcome.HOLDS) for number in range(8)]
    text = summary(answers, {"b": "long " * 30}, 40)

    assert (["room", "8 nodes", "between nodes"], ["8 hold", ""]) == (head(text), cells(text, "host"))
    assert (True, 30) == (max(map(len, text.splitlines())) <= 40, text.count("long"))
