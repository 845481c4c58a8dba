"""What counts as lost, repeated and marked."""

from tests.fault.ledger import Copy, Row
from tests.fault.verdict import judge, together


def row(subscriber_id: int, state: str, *, maybe_duplicate: bool = False) -> Row:
    return Row(subscriber_id, f"{subscriber_id}@example.test", state, "", 1, maybe_duplicate, 1)


def copies(*ids: int) -> dict[str, list[Copy]]:
    return {f"{one}@example.test": [Copy(f"{one}@example.test", f"m{one}", "x")] * ids.count(one) for one in set(ids)}


def test_a_reader_without_a_copy_is_lost_unless_the_row_says_why() -> None:
    rows = [row(1, "accepted"), row(2, "uncertain"), row(3, "refused"), row(4, "skipped"), row(5, "queued"), row(6, "accepted")]

    verdict = judge(rows, copies(1), "hold", 6)

    assert verdict.lost == (5, 6)
    assert verdict.faults == {"lost": (5, 6), "unfinished": (5,)}
    assert (verdict.expected, verdict.distinct, verdict.uncertain) == (6, 1, (2,))


def test_two_copies_are_a_fault_unless_the_policy_sends_again_and_the_row_says_so() -> None:
    rows = [row(1, "accepted"), row(2, "accepted", maybe_duplicate=True)]

    held, sent_again = (judge(rows, copies(1, 1, 2, 2), policy, 2) for policy in ("hold", "resend"))

    assert held.faults == {"repeated": (1, 2)}
    assert sent_again.faults == {"repeated": (1,)}
    assert (sent_again.repeated, sent_again.marked) == ((1, 2), (2,))


def test_a_second_message_id_a_stranger_and_a_smaller_audience_are_faults() -> None:
    found = copies(1, 9)
    found["1@example.test"].append(Copy("1@example.test", "another", "y"))

    verdict = judge([row(1, "accepted", maybe_duplicate=True)], found, "resend", 2)

    assert set(verdict.faults) == {"several Message-IDs", "copies for nobody of the audience", "the audience has another size"}


def test_several_issues_add_up() -> None:
    one = judge([row(1, "accepted"), row(2, "uncertain")], copies(1), "hold", 2)

    both = together([one, judge([row(1, "queued")], {}, "hold", 1)])

    assert (both.expected, both.distinct, both.lost, both.uncertain) == (3, 1, (1,), (2,))
    assert both.faults == {"lost": (1,), "unfinished": (1,)}
