"""Kept counts are what a count of the hits themselves gives, whatever comes late or is labelled anew."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.core import clock
from service.core.ids import hex_id
from service.core.settings import Settings
from service.feedback import labelling, labels, months, relabelling, windows
from service.feedback.models import Event, EventKind, Label, LabelWindow
from service.statistics import queries, rates, rollup
from service.statistics.models import HitCount, ReasonHits
from service.subscribers import consent
from service.subscribers.consent import Evidence
from service.subscribers.models import ConsentAction, Purpose
from tests.integration.statistics.test_issue_report import count, sent_issue


def hits(session: Session, issue_id: int, number: int, *, seed: int) -> None:
    """Hits of the last two hours; some bear nobody's name."""
    chance = random.Random(seed)
    for _ in range(number):
        link = chance.choice((None, 1, 2))
        at = clock.now() - timedelta(minutes=chance.randrange(120))
        kind = EventKind.OPENED if link is None else EventKind.CLICKED
        subscriber_id = chance.choice((1, 2, 3)) if link is None or chance.random() < 0.8 else None
        label, reason = chance.choice(tuple(Label)), chance.choice(("a", "b"))
        session.add(
            Event(
                hit_id=hex_id(),
                issue_id=issue_id,
                subscriber_id=subscriber_id,
                kind=kind,
                link=link,
                at=at,
                label=label,
                reason=reason,
                ip="203.0.113.0",
            )
        )
        windows.touch(session, [(issue_id, at)])
    session.flush()


def relabel(session: Session, issue_id: int, label: Label) -> None:
    """Every third hit gets this label, and its window is closed, as the labelling does it."""
    session.execute(update(Event).where(Event.issue_id == issue_id, Event.id % 3 == 0).values(label=label, reason="c"))
    for start in session.scalars(select(LabelWindow.starts_at).where(LabelWindow.issue_id == issue_id)).all():
        windows.close(session, windows.Span(issue_id, {start: 1}), rules=9)


def settle(session: Session) -> None:
    while judged := labelling.judge(session, clock.now() + timedelta(hours=1)):
        labelling.settle(session, judged)


def assert_equal_to_the_hits(session: Session, issue_id: int) -> None:
    events = list(session.scalars(select(Event).where(Event.issue_id == issue_id)))
    report = queries.issue_report(session, issue_id)
    kept = {
        (row.hour, row.kind, row.link, row.label): row.hits
        for row in session.execute(
            select(HitCount.hour, HitCount.kind, HitCount.link, HitCount.label, func.sum(HitCount.hits).label("hits")).group_by(
                HitCount.hour, HitCount.kind, HitCount.link, HitCount.label
            )
        )
    }
    assert kept == Counter((rollup.hour_of(event.at), event.kind, event.link or 0, event.label) for event in events)
    assert report.opens == queries.readers(session, issue_id, EventKind.OPENED)
    assert report.clicks == queries.readers(session, issue_id, EventKind.CLICKED)
    for link in report.links:
        clicks = [event for event in events if event.link == link.number]
        people = [event for event in clicks if event.label is Label.HUMAN]
        assert (link.human_total, link.total) == (len(people), len(clicks))
        assert link.human == len({event.subscriber_id for event in people if event.subscriber_id})
        assert link.all == len({event.subscriber_id for event in clicks if event.subscriber_id})
    reasons = session.execute(select(ReasonHits.reason, func.sum(ReasonHits.hits)).group_by(ReasonHits.reason))
    assert {row[0]: row[1] for row in reasons} == Counter(event.reason for event in events)


@pytest.mark.parametrize("seed", range(3))
def test_counts_equal_the_hits_after_late_ones_and_new_labels(session: Session, seed: int) -> None:
    issue_id = sent_issue(session)
    hits(session, issue_id, 40, seed=seed)
    count(session)
    assert_equal_to_the_hits(session, issue_id)

    hits(session, issue_id, 25, seed=seed + 100)
    relabel(session, issue_id, Label.MACHINE)
    count(session)

    assert_equal_to_the_hits(session, issue_id)


def test_counting_twice_changes_nothing_and_finds_nothing_to_do(session: Session) -> None:
    issue_id = sent_issue(session)
    hits(session, issue_id, 10, seed=1)
    count(session)
    before = queries.issue_report(session, issue_id).clicks

    for hour in {rollup.hour_of(event.at) for event in session.scalars(select(Event))}:
        rollup.count_hour(session, issue_id, hour)

    assert rollup.due_hours(session) == []
    assert queries.issue_report(session, issue_id).clicks == before


def test_hour_whose_hits_expired_after_it_was_found_due_keeps_its_counts(session: Session) -> None:
    issue_id = sent_issue(session)
    hits(session, issue_id, 10, seed=1)
    due = rollup.due_hours(session)
    count(session)
    before = queries.issue_report(session, issue_id)
    months.drop_before(session, months.after(months.of(clock.now()), 1))
    windows.touch(session, [(issue_id, clock.now())])  # by an edge that was cut off for long

    for each, hour in {*due, *rollup.due_hours(session)}:
        rollup.count_hour(session, each, hour)

    after = queries.issue_report(session, issue_id)
    assert (session.scalars(select(Event)).all(), rollup.due_hours(session)) == ([], [])
    assert before.hours
    assert (after.opens, after.clicks, after.links, after.hours) == (before.opens, before.clicks, before.links, before.hours)


def test_readers_are_counted_anew_only_while_all_their_hits_are_kept() -> None:
    least = Settings.model_fields["hits_kept_months"].metadata[0].ge
    days = [clock.now() + timedelta(days=number) for number in range(366)]

    assert all(day - months.first_kept(day, least) > rollup.FINAL_AFTER for day in days)


def test_counts_follow_labels_by_newer_rules(session: Session) -> None:
    issue_id = sent_issue(session)
    hits(session, issue_id, 30, seed=3)
    settle(session)
    session.execute(update(Event).values(label=Label.UNKNOWN, rules=labels.RULES_VERSION - 1))
    session.execute(update(LabelWindow).values(rules=labels.RULES_VERSION - 1, is_counted=False))
    count(session)

    opened = relabelling.reopen(session, issue_id)
    waiting = rollup.due_hours(session)
    settle(session)
    count(session)

    assert opened
    assert waiting == []  # nothing to count before the labels change
    assert set(session.scalars(select(Event.label))) != {Label.UNKNOWN}
    assert_equal_to_the_hits(session, issue_id)


def test_hit_that_comes_while_readers_are_counted_has_them_counted_again(session: Session) -> None:
    issue_id = sent_issue(session)
    hits(session, issue_id, 5, seed=1)
    rollup.mark_launched(session)
    counted = rollup.readers(session, issue_id)
    hits(session, issue_id, 5, seed=2)
    for each, hour in rollup.due_hours(session):
        rollup.count_hour(session, each, hour)

    rollup.keep_readers(session, counted, clock.now())

    assert rollup.due_readers(session, clock.now()) == []  # not at once: at most a twentieth of the time is spent on it
    assert rollup.due_readers(session, clock.now() + rollup.LEAST_PAUSE) == [issue_id]


def test_who_left_after_an_issue_is_counted_by_the_door_they_took(session: Session) -> None:
    issue_id = sent_issue(session)
    newsletter_id = session.scalar(select(queries.Issue.newsletter_id).where(queries.Issue.id == issue_id)) or 0
    leave(session, newsletter_id, 1, clock.now())
    leave(session, newsletter_id, 2, clock.now() - timedelta(days=1))  # before it was sent

    rollup.count_leaving(session, issue_id)

    assert queries.issue_report(session, issue_id).left == {"one-click": 1}
    assert rates.of(session, [issue_id])[issue_id].left == 1


def leave(session: Session, newsletter_id: int, subscriber_id: int, at: datetime) -> None:
    changes = {Purpose.NEWSLETTER: ConsentAction.WITHDRAWN}
    evidence = Evidence("one-click", "ko")
    consent.record(session, newsletter_id=newsletter_id, subscriber_id=subscriber_id, changes=changes, evidence=evidence, at=at)
