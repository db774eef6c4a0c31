"""Expected and actual of a plain comparison."""

import pytest

from trueup.accept.comparison import problem_of


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected", "actual"),
    [
        ("==", "a", "b", "a", "b"),
        ("==", 1, 2, "1", "2"),
        ("==", "", "x", "nothing", "x"),
        ("==", [], ["x"], "nothing", "['x']"),
        ("==", {"a", "b"}, {"b", "c"}, "only expected: 'a'; of {'a', 'b'}", "only found: 'c'; of {'b', 'c'}"),
        ("==", {"a"}, {"b", "a"}, "{'a'}", "only found: 'b'; of {'a', 'b'}"),
        ("==", {"a": 1, "b": 2}, {"a": 1, "b": 3}, "only expected: 'b': 2; of {'a': 1, 'b': 2}", None),
        ("==", ("700", "root"), ("755", "root"), "only expected: 700; of ('700', 'root')", None),
        ("==", ["a", "b"], ["b"], "only expected: a; of ['a', 'b']", "['b']"),
        ("in", "rw", ["ro"], "rw in it", "['ro']"),
        ("<=", {"a", "b"}, {"b"}, "missing: 'a'; of {'a', 'b'}", "{'b'}"),
        ("<=", 3, 2, "3 <= it", "2"),
    ],
)
def test_fields(operator: str, left: object, right: object, expected: str, actual: str | None) -> None:
    """The difference comes first, because a long value is cut."""
    problem = problem_of(operator, left, right)

    assert expected == problem.expected
    assert actual is None or actual == problem.actual


def test_a_long_value_ends_after_its_difference() -> None:
    """What is only found is never what is cut."""
    many = {f"package-{number:05}" for number in range(2000)}
    problem = problem_of("==", many, many | {"stranger"})

    assert problem.actual.startswith("only found: 'stranger'; of {")
    assert problem.actual.endswith("characters in all)")


def test_objects_read_the_same_in_each_run() -> None:
    """Addresses would make one failure look like a new one each time."""
    assert "<object object>" == problem_of("==", 1, object()).actual
