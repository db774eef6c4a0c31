"""trueup.collective.job_problem: fields for programs, a sentence for people."""

import json

from trueup.collective.job_problem import as_documents, job_problem
from trueup.outcome import CheckFailed, CheckResult, Outcome, Problem

MTU = job_problem("node1", "MTU", peer="node2", expected="MTU 9000", actual="MTU 1500", remedy="set one MTU")


def test_sentence_follows_from_the_fields() -> None:
    """Unless it is given."""
    given = job_problem("node1", "rank 0", expected="gloo", actual="nccl", message="node1: rank 0: ran on nccl")

    assert "node1 -> node2: MTU: expected MTU 9000, found MTU 1500. set one MTU" == str(MTU)
    assert "node1: rank 0: ran on nccl" == str(given)


def test_document_has_every_field() -> None:
    """`trueup allreduce --json` is read without parsing a sentence."""
    (document,) = json.loads(json.dumps(as_documents([MTU])))

    assert {
        "where": "node1 -> node2: MTU",
        "node": "node1",
        "peer": "node2",
        "subject": "MTU",
        "expected": "MTU 9000",
        "actual": "MTU 1500",
        "remedy": "set one MTU",
        "message": str(MTU),
    } == document


def test_result_of_a_check_keeps_the_common_fields() -> None:
    """A fleet check raises the problems; its result is written as JSON and read again."""
    problems = CheckFailed(MTU).problems
    result = CheckResult(
        node="fleet", component="allreduce", check="allreduce/x", outcome=Outcome.FAIL, why="w", problems=problems
    )
    (kept,) = CheckResult.model_validate_json(result.model_dump_json()).problems

    assert Problem(where=MTU.where, expected=MTU.expected, actual=MTU.actual, remedy=MTU.remedy) == kept
