"""The figures of an issue: people apart from machines, every rate with its base."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.core import clock
from service.core.ids import hex_id
from service.delivery.models import Batch, BatchState, Delivery, Launch
from service.delivery.states import DeliveryState
from service.feedback import windows
from service.feedback.models import Event, EventKind, Label
from service.statistics import exporting, queries, reported, rollup
from service.subscribers.models import Subscriber
from service.tracking.models import Link
from tests.support import factories


def sent_issue(session: Session) -> int:
    letter = factories.newsletter(session)
    issue = factories.issue(session, letter)
    compiled = factories.compiled_issue(session, issue)
    started = clock.now() - timedelta(hours=2)
    launch = Launch(issue_id=issue.id, compiled_id=compiled.id, recipients=4, started_at=started, give_up_at=started + timedelta(days=1))
    session.add(launch)
    session.add(Batch(issue_id=issue.id, no=1, lane="naver", size=4, state=BatchState.DONE, next_at=started))
    for number in range(1, 5):
        session.add(Subscriber(id=number, email=f"r{number}@naver.com", address_hash=f"{number}", provider="naver", created_at=started))
    session.flush()
    states = [DeliveryState.ACCEPTED, DeliveryState.ACCEPTED, DeliveryState.ACCEPTED, DeliveryState.REFUSED]
    for subscriber_id, state in enumerate(states, start=1):
        session.add(Delivery(issue_id=issue.id, subscriber_id=subscriber_id, batch_no=1, state=state, is_tracked=subscriber_id != 3))
    session.add_all(
        [
            Link(issue_id=issue.id, number=1, url="https://example.com/a", text="=A"),
            Link(issue_id=issue.id, number=2, url="https://example.com/b"),
        ]
    )
    session.flush()
    return issue.id


def event(session: Session, issue_id: int, subscriber_id: int | None, link: int | None = None, label: Label = Label.HUMAN) -> None:
    kind = EventKind.OPENED if link is None else EventKind.CLICKED
    session.add(Event(hit_id=hex_id(), issue_id=issue_id, subscriber_id=subscriber_id, kind=kind, link=link, at=clock.now(), label=label))
    windows.touch(session, [(issue_id, clock.now())])
    session.flush()
    count(session)


def count(session: Session) -> None:
    """What the job does."""
    for issue_id, hour in rollup.due_hours(session):
        rollup.count_hour(session, issue_id, hour)
    rollup.mark_launched(session)
    for issue_id in rollup.due_readers(session, clock.now() + timedelta(hours=1)):
        rollup.keep_readers(session, rollup.readers(session, issue_id), clock.now())


def test_report_counts_readers_once_and_names_the_base_of_opens(session: Session) -> None:
    issue_id = sent_issue(session)
    for _ in range(3):
        event(session, issue_id, 1)
    event(session, issue_id, 2, label=Label.MACHINE)

    report = queries.issue_report(session, issue_id)

    assert (report.recipients, report.accepted, report.open_base) == (4, 3, 2)
    assert report.opens == queries.Readers(human=1, all=2, events=4, human_events=3)
    assert queries.share(report.opens.human, report.open_base) == 50.0


def test_link_figures_part_people_machines_and_the_unnamed(session: Session) -> None:
    issue_id = sent_issue(session)
    event(session, issue_id, 1, link=1)
    event(session, issue_id, 1, link=1)
    event(session, issue_id, 2, link=1, label=Label.MACHINE)
    event(session, issue_id, None, link=1)

    first, second = queries.issue_report(session, issue_id).links

    assert (first.human, first.all, first.human_total, first.total) == (1, 2, 3, 4)
    assert (second.human, second.all, second.human_total, second.total) == (0, 0, 0, 0)


def test_hours_begin_at_the_start_and_leave_no_gap(session: Session) -> None:
    issue_id = sent_issue(session)
    event(session, issue_id, 1)

    hours = queries.issue_report(session, issue_id).hours

    assert [hour.opened for hour in hours] == [0, 0, 1]
    assert [hour.at.minute for hour in hours] == [0, 0, 0]


def test_hours_tell_people_apart_from_all(session: Session) -> None:
    issue_id = sent_issue(session)
    event(session, issue_id, 1)
    event(session, issue_id, 2, label=Label.MACHINE)
    event(session, issue_id, 2, link=1, label=Label.UNKNOWN)

    last = queries.issue_report(session, issue_id).hours[-1]

    assert (last.opened_human, last.opened, last.clicked_human, last.clicked) == (1, 2, 0, 1)


def test_reasons_are_counted_with_their_labels(session: Session) -> None:
    issue_id = sent_issue(session)
    event(session, issue_id, 1)
    event(session, issue_id, 2)
    event(session, issue_id, 2, label=Label.MACHINE)

    reasons = queries.issue_report(session, issue_id).reasons

    assert [(each.kind, each.label, each.count) for each in reasons] == [
        (EventKind.OPENED, Label.HUMAN, 2),
        (EventKind.OPENED, Label.MACHINE, 1),
    ]


def test_what_was_reported_stands_beside_what_is_known_today(session: Session) -> None:
    issue_id = sent_issue(session)
    event(session, issue_id, 1)
    reported.keep(session, issue_id)
    session.execute(update(Event).values(label=Label.MACHINE))
    windows.touch(session, [(issue_id, clock.now())])
    count(session)

    reported.keep(session, issue_id)

    (then,) = reported.of(session, issue_id)
    assert (then.opened_human, then.opened_all) == (1, 1)
    assert queries.issue_report(session, issue_id).opens.human == 0
    assert '"1","1","0","0"' in exporting.issue_report_csv(queries.issue_report(session, issue_id), [then])


def test_figures_are_kept_once_the_first_day_is_over(session: Session) -> None:
    issue_id = sent_issue(session)
    tomorrow = clock.now() + timedelta(days=1)

    before, after = reported.due(session, clock.now()), reported.due(session, tomorrow)
    reported.keep(session, issue_id)

    assert (before, after, reported.due(session, tomorrow)) == ([], [issue_id], [])


def test_issue_nobody_has_opened_yet_has_no_hours(session: Session) -> None:
    issue_id = sent_issue(session)

    report = queries.issue_report(session, issue_id)

    assert report.hours == []


def test_issue_that_was_never_started_has_an_empty_report(session: Session) -> None:
    report = queries.issue_report(session, 999)

    assert (report.recipients, report.links, report.hours, queries.share(0, report.open_base)) == (0, [], [], None)


def test_export_runs_no_formula(session: Session) -> None:
    issue_id = sent_issue(session)

    text = exporting.issue_report_csv(queries.issue_report(session, issue_id))

    assert text.startswith('\ufeff"figure"')
    assert '"\'=A"' in text
