"""The table of cases: which database is the one a host has been sending from (docs/restoring.md has it in words)."""

import pytest

from service.delivery.identity.instance_rules import Circumstances, Found, Known, Verdict, judge

ALONE = Circumstances()
SENDING = Circumstances(has_hosts=True, is_sending=True)
BOOKED = Circumstances(has_hosts=True, is_scheduled=True)
QUIET = Circumstances(has_hosts=True)
A, B = "database a", "database b"


@pytest.mark.parametrize(
    ("known", "found", "around", "verdict"),
    [
        pytest.param(None, Found(A, 0), ALONE, Verdict.JOIN, id="the first start"),
        pytest.param(Known(A, 7, "k"), Found(A, 7), SENDING, Verdict.WELL, id="nothing has happened"),
        pytest.param(Known(A, 7, "k"), Found(A, 9), SENDING, Verdict.WELL, id="other hosts have claimed meanwhile"),
        pytest.param(Known(A, 7, "k"), Found(A, 6), SENDING, Verdict.RESTORED, id="one claim is forgotten"),
        pytest.param(Known(A, 7, "k"), Found(A, 6), QUIET, Verdict.RESTORED, id="forgotten, though nothing is at stake now"),
        pytest.param(Known(A, 7, "k"), Found(B, 9), SENDING, Verdict.OTHER, id="another database"),
        pytest.param(Known(A, 7, "k"), Found(B, 8, former_id=A, former_counter=7), SENDING, Verdict.FOLLOW, id="asked by another host"),
        pytest.param(
            Known(A, 9, "k"), Found(B, 8, former_id=A, former_counter=7), SENDING, Verdict.RESTORED, id="asked, and this one knows more"
        ),
        pytest.param(Known(A, 7, "k", "s1/1/5"), Found(A, 7, "s2/1/5", "s1/1/5"), SENDING, Verdict.MOVED, id="another server"),
        pytest.param(Known(A, 7, "k", "s1/1/5"), Found(A, 7, "s1/2/5", "s1/1/5"), SENDING, Verdict.MOVED, id="another timeline"),
        pytest.param(None, Found(A, 7, "s2/1/5", "s1/1/5"), BOOKED, Verdict.MOVED, id="a dump that woke up elsewhere"),
        pytest.param(Known(A, 7, "k"), Found(A, 7, "s1/1/5", ""), SENDING, Verdict.WELL, id="a server that tells for the first time"),
        pytest.param(Known(A, 7, "k", "s1/1/5"), Found(A, 7, "", "s1/1/5"), SENDING, Verdict.WELL, id="a server that tells no more"),
        pytest.param(None, Found(A, 7), SENDING, Verdict.UNKNOWN_HOST, id="a stranger while an issue is sending, or a lost var"),
        pytest.param(None, Found(A, 7), BOOKED, Verdict.UNKNOWN_HOST, id="a stranger, nobody else alive, an issue booked: a copy?"),
        pytest.param(
            None, Found(A, 7), Circumstances(has_hosts=True, others_alive=True, is_scheduled=True), Verdict.JOIN, id="a fleet that grows"
        ),
        pytest.param(
            None,
            Found(A, 7),
            Circumstances(has_hosts=True, others_alive=True, is_sending=True),
            Verdict.UNKNOWN_HOST,
            id="a stranger joins a fleet that is sending",
        ),
        pytest.param(
            None, Found(A, 7), Circumstances(has_hosts=True, is_admitted=True, is_sending=True), Verdict.JOIN, id="let in beforehand"
        ),
        pytest.param(None, Found(A, 7), QUIET, Verdict.JOIN, id="a wiped var while nothing is booked"),
    ],
)
def test_verdicts(known: Known | None, found: Found, around: Circumstances, verdict: Verdict) -> None:
    assert judge(known, found, around) is verdict
