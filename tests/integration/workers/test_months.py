"""Hits go by policy, and what they amounted to stays in the report."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from service.core import clock as time
from service.delivery.models import Delivery, Launch
from service.delivery.states import DeliveryState
from service.feedback import ingest
from service.feedback.hits import Hit, Ids
from service.feedback.models import Event
from service.runtime import Runtime
from service.statistics import queries
from service.statistics.queries import IssueReport
from service.tracking.models import Link
from tests.support import factories
from workers import feedback, statistics


@pytest.fixture
def issue_id(runtime: Runtime, clock: time_machine.Traveller) -> int:
    """An issue that Ada and Ben opened, and of which Ada pressed a link, at once and long afterwards."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        ada, ben = (factories.reader(session, letter, email).id for email in ("ada@naver.com", "ben@gmail.com"))
        compiled = factories.ready_issue(session, letter)
        issue_id, now = compiled.issue_id, time.now()
        session.add_all(Delivery(issue_id=issue_id, subscriber_id=who, batch_no=1, state=DeliveryState.ACCEPTED) for who in (ada, ben))
        session.add(Link(issue_id=issue_id, number=1, url="https://example.com/article", text="Article"))
        session.add(Launch(issue_id=issue_id, compiled_id=compiled.id, started_at=now, give_up_at=now))
        session.flush()
        ids, visits = Ids(), ((ada, None, 60), (ben, None, 90), (ada, 1, 120), (ada, 1, 40 * 86_400))
        hits = [Hit(ids.new(number), now.timestamp() + after, issue_id, who, link) for number, (who, link, after) in enumerate(visits)]
        ingest.ingest(session, ingest.labelled(hits))
    return issue_id


def report(runtime: Runtime, issue_id: int) -> IssueReport:
    statistics.count_hits(runtime)
    with runtime.reading() as session:
        return queries.issue_report(session, issue_id)


def hits_left(runtime: Runtime) -> int:
    with runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


def test_hits_expire_by_policy_and_the_report_stays_as_it_was(runtime: Runtime, issue_id: int, clock: time_machine.Traveller) -> None:
    feedback.keep_months(runtime)
    young, before = hits_left(runtime), report(runtime, issue_id)

    clock.shift(timedelta(days=14 * 31))
    feedback.keep_months(runtime)
    feedback.keep_months(runtime)

    after = report(runtime, issue_id)
    assert (young, hits_left(runtime)) == (4, 1)  # the late click lies in a later month
    assert (before.opens.all, before.clicks.events) == (2, 2)
    assert (after.opens, after.clicks, after.links, after.hours) == (before.opens, before.clicks, before.links, before.hours)
