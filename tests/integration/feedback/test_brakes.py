"""Too much that comes back stops an issue while it is sent, once; a decision to go on stands."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts import users
from service.accounts.models import Role
from service.core import clock
from service.delivery.launching import launch
from service.delivery.models import Batch, BatchState, Delivery, Launch, Notice
from service.delivery.states import DeliveryState
from service.feedback import brakes
from service.feedback.models import Returned, Source
from service.issues.models import Issue, IssueState
from tests.support import factories

BASE = "https://news.example.com"


def sending(session: Session, accepted: int, hard: int, complaints: int) -> Issue:
    letter = factories.newsletter(session)
    issue = factories.issue(session, letter, IssueState.SENDING)
    factories.edition(session, issue)
    compiled = factories.compiled_issue(session, issue)
    session.add(Launch(issue_id=issue.id, compiled_id=compiled.id, recipients=accepted, started_at=clock.now(), give_up_at=clock.now()))
    people = factories.readers(session, letter, accepted)
    session.add_all(Delivery(issue_id=issue.id, subscriber_id=one, batch_no=1, state=DeliveryState.ACCEPTED) for one in people)
    session.add(
        Batch(
            issue_id=issue.id, no=1, lane="other", size=accepted, state=BatchState.DONE, next_at=clock.now(), tally={"accepted": accepted}
        )
    )
    kinds = [("bounce", True)] * hard + [("complaint", False)] * complaints
    for number, (kind, is_hard) in enumerate(kinds):
        values = {"key": str(number), "source": Source.LMTP, "at": clock.now(), "kind": kind, "is_hard": is_hard, "action": "suppress"}
        session.add(Returned(issue_id=issue.id, subscriber_id=people[number], **values))
    users.create(session, email="otto@example.com", name="Otto", password_hash="x", role=Role.OPERATOR, language="ko")
    session.flush()
    return issue


@pytest.mark.parametrize(
    ("accepted", "hard", "complaints", "stops"),
    [
        (250, 6, 0, True),
        (250, 5, 0, False),
        (250, 0, 1, False),
        (250, 0, 2, True),
        (199, 50, 10, False),
        (1001, 20, 1, False),
        (1001, 0, 2, True),
    ],
)
def test_an_issue_stops_above_the_shares_of_enough_mails(session: Session, accepted: int, hard: int, complaints: int, stops: bool) -> None:
    issue = sending(session, accepted, hard, complaints)

    paused = brakes.look(session, BASE)

    session.refresh(issue)
    assert (paused, issue.state) == (([issue.id], IssueState.PAUSED) if stops else ([], IssueState.SENDING))
    assert len(list(session.scalars(select(Notice)))) == int(stops)


def test_who_goes_on_is_not_stopped_again(session: Session) -> None:
    issue = sending(session, 250, 6, 0)
    brakes.look(session, BASE)

    launch.resume(session, issue.id, user_id=None)

    assert brakes.look(session, BASE) == []
    (notice,) = session.scalars(select(Notice))
    assert "6개" in notice.values["reason"]
