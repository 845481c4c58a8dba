"""Alarms are raised once, mailed once, and end; the morning report is mailed once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.accounts import users
from service.accounts.models import Role
from service.core import clock
from service.core.ids import hex_id
from service.delivery.models import Batch, BatchState, Lane, Launch, Notice
from service.feedback import checkpoints
from service.feedback.models import Event, EventKind, Label, Returned, Source
from service.feedback.policy import Action
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.statistics import alarms, morning, rates
from service.statistics.alarm_rules import Kind
from service.statistics.models import Alarm, HitCount, ReaderCount, ReasonHits, Scope
from service.statistics.rollup import hour_of
from service.subscribers.models import Suppression
from tests.support import factories

BASE_URL = "https://press.test"


@pytest.fixture
def letter(session: Session) -> Newsletter:
    users.create(session, email="otto@press.test", name="Otto", password_hash="none", role=Role.OPERATOR)
    return factories.newsletter(session)


def sent(session: Session, letter: Newsletter, started: datetime, *, accepted: int = 1000) -> int:
    """An issue whose mails were all taken, at Naver."""
    compiled = factories.ready_issue(session, letter)
    counts = {"accepted": accepted}
    times = {"started_at": started, "give_up_at": started + timedelta(days=1), "finished_at": started + timedelta(minutes=10)}
    session.add(Launch(issue_id=compiled.issue_id, compiled_id=compiled.id, recipients=accepted, counts=counts, **times))
    session.add(Batch(issue_id=compiled.issue_id, no=1, lane="naver", size=accepted, state=BatchState.DONE, next_at=started, tally=counts))
    session.flush()
    return compiled.issue_id


def complained(session: Session, issue_id: int, readers: int) -> None:
    session.merge(ReaderCount(issue_id=issue_id, what="complaint", scope=Scope.RETURNED, key="complaint", human=0, every=readers))
    session.flush()


def clicked(session: Session, issue_id: int, hour: datetime, hits: int) -> None:
    its = {"issue_id": issue_id, "hour": hour, "kind": EventKind.CLICKED, "label": Label.HUMAN, "hits": hits}
    session.add_all([HitCount(link=1, provider="naver", **its), ReasonHits(reason="no_machine_sign", **its)])
    session.flush()


def look(session: Session, now: datetime) -> list[tuple[int, Kind]]:
    return alarms.settle(session, alarms.measures(session, now), BASE_URL, now)


def mailed(session: Session, kind: str) -> int:
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == kind)) or 0


def test_complaints_above_the_bound_are_mailed_once_and_end_below_it(session: Session, letter: Newsletter) -> None:
    now = clock.now()
    issue_id = sent(session, letter, now - timedelta(minutes=30))
    complained(session, issue_id, 3)

    first, second = look(session, now), look(session, now)

    assert (first, second) == ([(issue_id, Kind.COMPLAINTS)], [])
    assert mailed(session, "figures_alarm") == 1
    assert len(alarms.standing(session)) == 1

    complained(session, issue_id, 0)
    look(session, now)
    assert alarms.standing(session) == []
    complained(session, issue_id, 3)
    assert look(session, now) == []  # it stands again, and nobody is mailed again
    assert mailed(session, "figures_alarm") == 1
    assert len(alarms.standing(session)) == 1


def test_mail_says_what_readers_notice_and_what_to_do(session: Session, letter: Newsletter) -> None:
    issue_id = sent(session, letter, clock.now() - timedelta(minutes=30))
    complained(session, issue_id, 3)

    look(session, clock.now())

    values = session.scalars(select(Notice)).one().values
    assert "3" in values["reason"]
    assert values["readers"]
    assert values["remedy"]
    assert values["url"] == f"{BASE_URL}/admin/statistics/{issue_id}"


def test_hits_that_stop_arriving_while_earlier_issues_had_some(session: Session, letter: Newsletter) -> None:
    now = clock.now()
    earlier = sent(session, letter, now - timedelta(days=8))
    for hour in range(6):
        clicked(session, earlier, hour_of(now - timedelta(days=8)) + timedelta(hours=hour), 200)
    issue_id = sent(session, letter, now - timedelta(hours=2))

    assert look(session, now) == [(issue_id, Kind.SILENT)]

    session.add(Event(hit_id=hex_id(), issue_id=issue_id, kind=EventKind.OPENED, at=now - timedelta(minutes=1)))
    session.flush()
    look(session, now)
    assert alarms.standing(session) == []


def test_provider_where_people_press_much_less_than_usual(session: Session, letter: Newsletter) -> None:
    now = clock.now()
    for days in (8, 10, 12):
        started = now - timedelta(days=days)
        clicked(session, sent(session, letter, started), hour_of(started), 100)
    started = now - timedelta(hours=14)
    issue_id = sent(session, letter, started)
    clicked(session, issue_id, hour_of(started), 30)

    assert look(session, now) == [(issue_id, Kind.SPAM_FOLDER)]
    assert session.scalars(select(Alarm)).one().subject == "naver"


def test_alarm_of_an_old_issue_ends_by_itself(session: Session, letter: Newsletter) -> None:
    now = clock.now()
    issue_id = sent(session, letter, now - timedelta(minutes=30))
    complained(session, issue_id, 3)
    look(session, now)

    alarms.end_old(session, now + timedelta(days=8))

    assert alarms.standing(session) == []


def test_report_comes_on_the_morning_after_by_the_editors_clock() -> None:
    sent_at = datetime(2026, 11, 25, 22, 40, tzinfo=UTC)  # 07:40 on the 26th in Seoul, 14:40 on the 25th in Los Angeles

    assert morning.moment(sent_at, "America/Los_Angeles") == datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
    assert morning.moment(sent_at, "Asia/Seoul") == datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
    before_dawn = datetime(2026, 11, 26, 7, 59, tzinfo=UTC)  # 23:59 in Los Angeles: eight hours are enough for a report
    assert morning.moment(before_dawn, "America/Los_Angeles") == datetime(2026, 11, 26, 16, 0, tzinfo=UTC)


def test_report_is_mailed_once_to_everybody_at_the_desk(session: Session, letter: Newsletter) -> None:
    started = clock.now() - timedelta(hours=1)
    issue_id = sent(session, letter, started)
    session.execute(update(Issue).values(newsletter_id=letter.id))
    at = morning.moment(started, letter.editors_zone)

    assert morning.due(session, at - timedelta(minutes=1)) == []
    assert morning.due(session, at) == [issue_id]
    assert (morning.mail(session, issue_id, BASE_URL), morning.mail(session, issue_id, BASE_URL)) == (1, 0)
    values = session.scalars(select(Notice)).one().values
    assert any("1,000" in figure for _, figure in values["figures"])


def turned_away(session: Session, issue_id: int, readers: int, reason: str) -> None:
    """So many readers' mails came back for this reason, from Naver."""
    letter = session.get_one(Newsletter, session.get_one(Issue, issue_id).newsletter_id)
    for reader_id in factories.readers(session, letter, readers, domains=("naver.com",)):
        its = {"issue_id": issue_id, "subscriber_id": reader_id, "reason": reason, "action": Action.ALARM.value}
        session.add(Returned(key=hex_id(), source=Source.LMTP, at=clock.now(), kind="bounce", text="554 5.7.1 Rejected", **its))
    session.flush()


def test_provider_that_turns_an_issue_away_is_told_and_gets_no_more_of_it(session: Session, letter: Newsletter) -> None:
    issue_id = sent(session, letter, clock.now() - timedelta(minutes=5), accepted=100)
    session.get_one(Issue, issue_id).state = IssueState.SENDING
    session.add(Batch(issue_id=issue_id, no=2, lane="naver", size=50, state=BatchState.OPEN, next_at=clock.now()))
    turned_away(session, issue_id, 3, "spam")

    first, second = look(session, clock.now()), look(session, clock.now())

    assert (first, second) == ([(issue_id, Kind.BLOCKED)], [])
    held = session.get_one(Lane, "naver")
    assert (held.is_held, held.reason, held.text) == (True, "spam", "554 5.7.1 Rejected")
    assert mailed(session, "figures_alarm") == 1
    assert "naver" not in session.scalars(select(Notice)).one().values["reason"]  # the provider by its name
    assert session.scalars(select(Suppression)).all() == []


def test_content_turned_away_after_an_issue_is_through_holds_nothing(session: Session, letter: Newsletter) -> None:
    issue_id = sent(session, letter, clock.now() - timedelta(hours=1), accepted=100)
    session.get_one(Issue, issue_id).state = IssueState.SENT
    turned_away(session, issue_id, 3, "content")

    assert look(session, clock.now()) == [(issue_id, Kind.CONTENT)]
    assert session.scalars(select(Lane)).all() == []


def test_figures_that_stopped_an_issue_are_not_told_twice(session: Session, letter: Newsletter) -> None:
    issue_id = sent(session, letter, clock.now() - timedelta(minutes=30))
    complained(session, issue_id, 3)
    checkpoints.move(session, f"brake:{issue_id}", hard=0, complaints=3)

    assert look(session, clock.now()) == [(issue_id, Kind.COMPLAINTS)]
    assert mailed(session, "figures_alarm") == 0


def test_report_is_not_mailed_to_who_has_switched_it_off(session: Session, letter: Newsletter) -> None:
    issue_id = sent(session, letter, clock.now() - timedelta(hours=1))
    edith = users.create(session, email="edith@press.test", name="Edith", password_hash="none", role=Role.EDITOR)

    users.want_reports(session, edith.id, False)

    assert morning.mail(session, issue_id, BASE_URL) == 1
    assert session.scalars(select(Notice)).one().email == "otto@press.test"


def test_report_by_mail_names_the_alarms_that_stand(session: Session, letter: Newsletter) -> None:
    issue_id = sent(session, letter, clock.now() - timedelta(minutes=30))
    complained(session, issue_id, 3)
    look(session, clock.now())

    morning.mail(session, issue_id, BASE_URL)

    values = session.scalars(select(Notice).where(Notice.kind == "issue_report")).one().values
    assert any("as spam" in said or "스팸" in said for _, said in values["figures"])
    assert values["account_url"] == f"{BASE_URL}/admin/account"


def test_young_issue_is_compared_with_what_others_had_at_its_age(session: Session, letter: Newsletter) -> None:
    now = clock.now()
    for days in (8, 10):
        started = now - timedelta(days=days)
        earlier = sent(session, letter, started)
        clicked(session, earlier, hour_of(started), 30)
        clicked(session, earlier, hour_of(started) + timedelta(hours=20), 90)
        session.add(ReaderCount(issue_id=earlier, what="clicked", scope=Scope.PROVIDER, key="naver", human=100, every=100))
    young = sent(session, letter, now - timedelta(hours=4))
    at_four_hours = rates.usual(session, young)
    old = sent(session, letter, now - timedelta(days=5))
    in_the_end = rates.usual(session, old)

    assert at_four_hours is not None
    assert in_the_end is not None
    assert (at_four_hours.is_at_age, at_four_hours.shares["clicked_human"]) == (True, 2.5)  # a quarter of the clicks came by then
    assert (in_the_end.is_at_age, in_the_end.shares["clicked_human"]) == (False, 10.0)
