"""What the dashboard, the terminal and the delivery record say about a sending."""

import json
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select, update

from service.cli.deliveries import deliveries
from service.core import clock as core_clock
from service.core import i18n
from service.core.database import Database
from service.core.errors import NotFound
from service.core.settings import Settings
from service.delivery.ledger import batching
from service.delivery.models import Batch, BatchState
from service.delivery.overview import certificate, queries, story, troubles
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState
from service.issues.models import IssueState
from service.rendering.models import CompiledIssue
from tests.support import factories, post, sending
from tests.support.post import MemoryTransport

NO_SUCH_USER = post.reply(550, "5.1.1 user unknown", "5.1.1")
GREYLISTED = post.reply(451, "4.7.1 greylisted, try again later", "4.7.1")
OUR_FAULT = post.reply(550, "5.7.26 unauthenticated mail from our domain", "5.7.26")


def mixed(database: Database, settings: Settings) -> int:
    """Six readers in two lanes; one refused, one deferred; the other lane still waits."""
    issue_id = sending.start(database, settings, 6, domains=("naver.com", "gmail.com"))
    first, _, third, *_ = sending.emails(database)
    transport = MemoryTransport({first: NO_SUCH_USER, third: GREYLISTED})
    lane = "google" if first.endswith("gmail.com") else "naver"
    with database.writing() as session:
        session.execute(update(Batch).where(Batch.lane != lane).values(next_at=core_clock.now() + timedelta(hours=1)))
    sending.sender(database, settings, transport).drain(lane)
    return issue_id


def test_progress_counts_states_and_lanes(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id = mixed(database, settings)
    clock.shift(timedelta(seconds=30))

    with database.reading() as session:
        found = queries.progress(session, issue_id)

    assert found.recipients == 6
    assert {state: count for state, count in found.by_state.items() if count} == {"accepted": 1, "refused": 1, "deferred": 1, "queued": 3}
    assert sorted(sum(states.values()) for states in found.by_lane.values()) == [3, 3]
    assert (found.settled, found.unsent) == (2, 4)
    assert found.share == pytest.approx(1 / 3)
    assert (found.refused, found.waiting) == ({"unknown_user": 1}, {"greylist": 1})
    assert found.rate == 2.0  # one in half a minute
    assert found.seconds_left == 90
    assert found.next_retry_at is not None


def test_progress_of_what_was_never_started_is_not_found(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        queries.progress(session, 99)


def test_the_list_of_sendings_has_the_newest_first(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    older = sending.start(database, settings, 1)
    clock.shift(60)
    newer = sending.start(database, settings, 0)

    with database.reading() as session:
        listed = queries.listing(session)

    assert [(row.issue_id, row.state) for row in listed] == [(newer, IssueState.SENDING), (older, IssueState.SENDING)]


def test_an_unreachable_server_is_told_with_its_words_and_those_who_wait(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 3)
    transport = MemoryTransport()
    transport.is_down = True
    sending.sender(database, settings, transport).drain("naver")

    with database.reading() as session:
        (trouble,) = troubles.of(session, issue_id)

    message, remedy = trouble.in_words("en")
    assert message == "The mail server cannot be used: connection refused. 3 readers wait, nobody is lost."
    assert "PRESSRUN_SMTP_URL" in remedy
    assert trouble.since is not None
    assert not trouble.needs_somebody


def test_a_fault_of_our_own_needs_somebody(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 5)
    sending.sender(database, settings, MemoryTransport(default=OUR_FAULT)).drain("naver")

    with database.reading() as session:
        found = troubles.of(session, issue_id)

    assert all(trouble.needs_somebody for trouble in found)
    assert "no address is blamed" in found[0].in_words("en")[0]
    assert any("wait for us" in trouble.message for trouble in found)


def test_workers_that_are_missing_are_noticed(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id = sending.start(database, settings, 2)
    clock.shift(timedelta(minutes=1))

    with database.reading() as session:
        (trouble,) = troubles.of(session, issue_id)

    assert trouble.in_words("en")[0].startswith("Nobody is sending: 2 readers wait")


def test_a_lane_of_less_than_a_mail_a_minute_is_slow_and_not_left_alone(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    slow = settings.model_copy(update={"lane_paces": "naver=30/h", "batch_size": 1})
    issue_id = sending.start(database, slow, 3)
    with database.writing() as session:
        claim = batching.claim(session, slow, "naver", core_clock.now(), host="h", journal="j")
        assert claim is not None
        session.execute(update(Batch).where(Batch.no == claim.no).values(state=BatchState.DONE))
    said = []
    for minutes in (1, 5):
        clock.shift(timedelta(minutes=minutes))
        with database.reading() as session:
            said.append([trouble.message for trouble in troubles.of(session, issue_id, settings=slow)])

    assert said[0] == []
    assert said[1][0].startswith("Nobody is sending")


def test_a_record_is_of_one_moment_while_rows_move(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 2)

    with database.reading() as session:
        before = certificate.of(session, issue_id)
        sending.cancel(database, issue_id)
        after = certificate.of(session, issue_id)

    assert (after.states, after.ledger_sha256) == (before.states, before.ledger_sha256)


def test_a_sending_that_goes_well_has_no_trouble(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id = sending.start(database, settings, 2)
    clock.shift(timedelta(minutes=1))
    with database.writing() as session:
        batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="j")

    with database.reading() as session:
        assert troubles.of(session, issue_id) == []


def test_one_readers_story_names_every_try_and_never_the_address(database: Database, settings: Settings) -> None:
    issue_id = mixed(database, settings)
    first, second, third, *_ = sending.emails(database)

    with database.reading() as session:
        refused, waiting, deferred = (story.explain(session, issue_id, email) for email in (first, second, third))
        unknown = story.explain(session, issue_id, "nobody@example.com")

    assert [refused.state, waiting.state, deferred.state] == [DeliveryState.REFUSED, DeliveryState.QUEUED, DeliveryState.DEFERRED]
    assert [line.in_words("en") for line in refused.lines][1:] == [
        "Tried; it was refused. The server's words: 550 5.1.1 user unknown",
        "Refused for good: There is no such mailbox.",
    ]
    assert waiting.next is not None
    assert waiting.next.message == "It goes out when its turn comes."
    assert deferred.next is not None
    assert deferred.next.message == "It is tried again at {time}."
    assert unknown.state is None
    assert first not in repr(refused)


def test_a_reader_who_came_later_was_not_in_the_audience(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 1)
    with database.writing() as session:
        factories.subscriber(session, "late@naver.com")

    with database.reading() as session:
        told = story.explain(session, issue_id, "late@naver.com")

    assert told.state is None
    assert told.lines[0].message == "The reader was not in the audience when the issue was started."


def test_the_delivery_record_adds_up_and_names_the_content(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id = mixed(database, settings)
    with database.reading() as session:
        unfinished = certificate.of(session, issue_id)

    for _ in range(2):
        clock.shift(timedelta(hours=1))
        reconcile.sweep(database, settings)
        for lane in ("naver", "google"):
            sending.sender(database, settings, MemoryTransport()).drain(lane)
    reconcile.sweep(database, settings)

    with database.reading() as session:
        record = certificate.of(session, issue_id)
        sha256 = session.scalars(select(CompiledIssue.sha256)).one()
    assert not unfinished.is_complete
    assert unfinished.waiting == 4
    assert record.is_complete
    assert (record.recipients, record.accepted, record.refused, record.uncertain) == (6, 5, {"unknown_user": 1}, {})
    assert [(content.version, content.sha256, content.accepted) for content in record.contents] == [(1, sha256, 5)]
    assert json.loads(json.dumps(record.as_json()))["finished_at"] is not None


def test_the_terminal_can_do_what_the_dashboard_can(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = mixed(database, settings)
    monkeypatch.setenv("PRESSRUN_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PRESSRUN_VAR_DIR", str(settings.var_dir))
    number, email = str(issue_id), sending.emails(database)[0]
    runner = CliRunner()

    status = json.loads(runner.invoke(deliveries, ["status", number, "--json"]).stdout)
    paused = json.loads(runner.invoke(deliveries, ["pause", number, "--json"]).stdout)
    told = runner.invoke(deliveries, ["explain", email, number])
    cancelled = runner.invoke(deliveries, ["cancel", number, "--yes"])
    listed = runner.invoke(deliveries, ["status"])

    assert (status["recipients"], status["by_state"]["accepted"]) == (6, 1)
    assert paused["state"] == "paused"
    assert "Refused for good: There is no such mailbox." in told.stdout
    assert cancelled.stdout == f"Issue {issue_id} is cancelled; 1 of 6 mails were taken by the mail server.\n"
    assert "cancelled" in listed.stdout
    assert sending.states(database, issue_id) == {"accepted": 1, "refused": 1, "skipped": 4}


def test_every_sentence_has_its_korean() -> None:
    catalogue = (i18n.TRANSLATIONS / "ko" / "delivery.po").read_text()

    spoken = [story.SKIPPED, story.OUTCOMES, story.PROOFS, story.DECIDED, story.SETTLED, story.KNOWN]
    missing = [message for words in spoken for message in words.values() if f'msgid "{message}"' not in catalogue]

    assert missing == []
