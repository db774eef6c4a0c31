"""The terminal summary: one column a node while that is of use."""

from trueup.accept.terminal_summary import summary
from trueup.outcome import CheckResult, Outcome


def answer(
    node: str, outcome: Outcome, component: str = "host", check: str = "c", notes: tuple[str, ...] = ()
) -> CheckResult:
    return CheckResult(
        node=node, component=component, check=f"{component}/{check}", outcome=outcome, why="w", notes=notes
    )


def cells(text: str, component: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith(f"│ {component}"))
    return [cell.strip() for cell in row.strip("│").split("│")][1:]


def head(text: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith("┃"))
    return [cell.strip() for cell in row.strip("┃").split("┃")]


def test_up_to_eight_nodes_have_a_column_each() -> None:
    """What needs attention comes first in a cell."""
    names = [f"n{number}" for number in range(8)]
    answers = [answer(name, Outcome.PASS, check=check) for name in names for check in ("c", "d")]
    answers += [answer("n0", Outcome.FAIL), answer("n1", Outcome.UNKNOWN), answer("fleet", Outcome.PASS)]
    text = summary(answers, {}, 200)

    assert ["component", *names, "between nodes"] == head(text)
    assert [
        "1 fail, 2 pass",
        "1 unknown, 2 pass",
        *["2 pass"] * 6,
        "1 pass",
    ] == cells(text, "host")


def test_more_than_eight_nodes_share_a_column() -> None:
    """A hundred columns show nothing; the records have every node."""
    answers = [answer(f"n{number}", Outcome.PASS) for number in range(9)]
    answers += [answer("n0", Outcome.FAIL), answer("n1", Outcome.FAIL)]
    text = summary(answers, {}, 100)

    assert (["component", "9 nodes", "between nodes"], ["2 fail, 9 pass", ""]) == (
        head(text),
        cells(text, "host"),
    )


def test_notes_out_and_not_applicable_are_listed() -> None:
    """Below the table, one line each; text in brackets is no markup."""
    answers = [
        answer("a", Outcome.PASS, notes=("clock [bold] slow",)),
        answer("a", Outcome.NOT_APPLICABLE, check="nvlink[x]"),
    ]
    lines = summary(answers, {"b": "dead [fan]"}, 100).splitlines()

    assert ["note  a: host/c: clock [bold] slow", "out   b: dead [fan]", "not applicable: host/nvlink[x] (w)"] == [
        line.rstrip() for line in lines[-3:]
    ]


def test_narrow_terminal() -> None:
    """Columns that do not fit become one; no line is wider than the terminal, and nothing is lost."""
    answers = [answer(f"a-rather-long-name-{number}", Outcome.PASS) for number in range(8)]
    text = summary(answers, {"b": "long " * 30}, 40)

    assert (["component", "8 nodes", "between nodes"], ["8 pass", ""]) == (head(text), cells(text, "host"))
    assert (True, 30) == (max(map(len, text.splitlines())) <= 40, text.count("long"))
