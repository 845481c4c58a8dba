"""The pace of lanes and of the mail server, kept over all workers: who is granted what, and what a slow lane costs the others (E6, E9a)."""

import threading
from collections import Counter
from datetime import timedelta

import time_machine
from sqlalchemy import select

from service.core import clock as core_clock
from service.core import jobs
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.ledger import batching
from service.delivery.ledger.batching import Claim
from service.delivery.models import Batch, BatchState, Lane, Pace, Retry
from service.delivery.overview import troubles
from service.delivery.pacing import lanes, pace
from service.delivery.sending import reconcile
from service.delivery.sending.sender import Sender
from tests.support import factories, post, sending
from tests.support.post import MemoryTransport

RATE_REPLY = post.reply(421, "4.7.28 unusual rate of mail", "4.7.28")
DOWN = post.reply(451, "4.3.0 queue file write error", "4.3.0")


def given(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


def claim(database: Database, settings: Settings, lane: str = "naver") -> Claim | None:
    with database.writing() as session:
        return batching.claim(session, settings, lane, core_clock.now(), host="h", journal="j")


def resting(database: Database, settings: Settings, transport: MemoryTransport, clock: time_machine.Traveller) -> Sender:
    """A sender that moves the clock instead of waiting."""
    return Sender(database, transport, factories.SIGNER, settings, pause=lambda seconds: clock.shift(timedelta(seconds=seconds)))


def test_a_rate_of_the_mail_server_is_shared_by_all_lanes_and_claimers(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = given(settings, relay_rate=10.0)
    sending.start(database, settings, 100, domains=("naver.com", "gmail.com"))

    first, second = claim(database, settings, "naver"), claim(database, settings, "google")
    clock.shift(timedelta(seconds=1))
    third = claim(database, settings, "google")

    assert first is not None
    assert len(first.recipients) == 20
    assert second is None
    assert third is not None
    assert len(third.recipients) == 10


def test_of_two_claimers_at_the_same_instant_a_paced_lane_grants_one(database: Database, settings: Settings) -> None:
    settings = given(settings, relay_kind="direct")
    sending.start(database, settings, 20)
    start, found = threading.Barrier(4), list[Claim | None]()

    def compete() -> None:
        start.wait()
        found.append(claim(database, settings))

    claimers = [threading.Thread(target=compete) for _ in range(4)]
    for each in claimers:
        each.start()
    for each in claimers:
        each.join()

    assert sorted(len(each.recipients) for each in found if each is not None) == [1]


def test_a_lane_never_has_more_mails_on_their_way_than_it_may_have_connections(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = given(settings, lane_paces="naver=100/s:3", batch_size=2)
    sending.start(database, settings, 10)

    found = [claim(database, settings) for _ in range(4)]

    assert [len(each.recipients) if each else 0 for each in found] == [2, 1, 0, 0]


def test_a_used_up_quota_leaves_the_rest_waiting_until_it_is_free_again(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = given(settings, relay_daily_quota=4)
    issue_id = sending.start(database, settings, 6)
    transport = MemoryTransport()
    post_office = sending.sender(database, settings, transport)

    post_office.drain("naver")

    assert sending.states(database, issue_id) == {"accepted": 4, "queued": 2}
    with database.reading() as session:
        state = pace.quota_state(session, settings, core_clock.now())
        assert state is not None
        assert (state.used, state.left) == (4, 0)
        assert batching.wanted(session, settings, core_clock.now()) == []
    assert state.free_at == core_clock.now() + timedelta(hours=25)
    clock.shift(timedelta(hours=24, minutes=30))
    reconcile.sweep(database, settings)  # which takes nobody for too old who waits for the quota
    clock.move_to(state.free_at)
    post_office.drain("naver")
    assert sending.states(database, issue_id) == {"accepted": 6}


def test_what_was_granted_and_did_not_leave_does_not_count_in_the_quota(database: Database, settings: Settings) -> None:
    settings = given(settings, relay_daily_quota=100)
    sending.start(database, settings, 6)
    transport = MemoryTransport()
    transport.is_down = True

    sending.sender(database, settings, transport).drain("naver")

    with database.reading() as session:
        state = pace.quota_state(session, settings, core_clock.now())
    assert state is not None
    assert state.used == 0


def test_a_slow_lane_slows_no_other_and_keeps_its_own_pace(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    settings = given(settings, lane_paces="naver=20/min", batch_size=5)
    sending.start(database, settings, 60, domains=("naver.com", "gmail.com", "daum.net"))
    begin, left = core_clock.now(), list[tuple[float, str]]()

    def note(address: str) -> None:
        left.append(((core_clock.now() - begin).total_seconds(), address.partition("@")[2]))

    resting(database, settings, MemoryTransport(before=note), clock).drain("naver", seconds=600)

    others = [second for second, domain in left if domain != "naver.com"]
    slow = [second for second, domain in left if domain == "naver.com"]
    assert (len(others), max(others)) == (40, 0)  # no mail of another lane waited, by however little
    assert slow == [3.0 * number for number in range(20)]
    place = [domain for _, domain in left].index("naver.com")
    assert place == 0  # nor does the slow lane wait for the others


def test_one_sender_keeps_many_paces_at_once(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    settings = given(settings, lane_paces="naver=20/min,google=2/s,kakao=1/s")
    sending.start(database, settings, 90, domains=("naver.com", "gmail.com", "daum.net"))
    begin, left = core_clock.now(), list[tuple[float, str]]()

    def note(address: str) -> None:
        left.append(((core_clock.now() - begin).total_seconds(), address.partition("@")[2]))

    resting(database, settings, MemoryTransport(before=note), clock).drain("naver", seconds=600)

    in_time = Counter(domain for second, domain in left if second < 12)
    assert in_time == {"naver.com": 4, "gmail.com": 26, "daum.net": 13}  # 12 seconds' worth, and what had gathered before


def test_a_rate_reply_rests_the_lane_longer_each_time_and_halves_its_pace(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = given(settings, relay_kind="direct", lane_paces="naver=10/s:10")
    sending.start(database, settings, 400)
    transport = MemoryTransport(default=RATE_REPLY)
    transport.window = 1
    rests, rates = list[float](), list[float]()

    for _ in range(4):
        sending.sender(database, settings, transport).drain("naver")
        with database.reading() as session:
            until = session.scalars(select(Lane.paused_until)).one()
            rates.append(pace.rates_now(session, settings, core_clock.now())["naver"])
        assert until is not None
        rests.append((until - core_clock.now()).total_seconds() / 60)
        clock.move_to(until)

    assert rests == [15, 30, 60, 120]
    assert rates == [5, 2.5, 1.25, 0.625]
    assert len(transport.offered) == 4  # one reply is enough, and after a rest one mail tries

    transport.default = post.ACCEPTED
    sending.sender(database, settings, transport).drain("naver", seconds=1)
    clock.shift(timedelta(minutes=25))
    with database.reading() as session:
        assert session.scalars(select(Lane)).all() == []
        assert pace.rates_now(session, settings, core_clock.now())["naver"] == 10 * (0.0625 + 0.2)


def test_a_4xx_of_a_spooling_relay_opens_the_relays_breaker_and_the_rest_stays_queued(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 40, domains=("naver.com", "gmail.com"))
    transport = MemoryTransport(default=DOWN)
    transport.window = 1
    post_office = sending.sender(database, settings, transport)

    post_office.drain("naver")

    assert sending.states(database, issue_id) == {"deferred": 10, "queued": 30}
    with database.reading() as session:
        trouble = session.scalars(select(Lane)).one()
    assert (trouble.name, trouble.paused_until) == (lanes.EVERY, core_clock.now() + timedelta(seconds=30))

    clock.shift(timedelta(seconds=31))
    post_office.drain("naver")
    assert len(transport.offered) == 11  # one probe, whose failure rests it longer
    with database.reading() as session:
        assert session.scalars(select(Lane.paused_until)).one() == core_clock.now() + timedelta(seconds=60)

    clock.shift(timedelta(seconds=61))
    transport.default = post.ACCEPTED
    post_office.drain("naver")
    assert sending.states(database, issue_id)["accepted"] == 29
    with database.reading() as session:
        assert session.scalars(select(Lane)).all() == []


def test_faults_of_our_own_are_counted_over_small_grants_and_batches(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = given(settings, relay_kind="direct")
    issue_id = sending.start(database, settings, 9)
    transport = MemoryTransport(default=post.reply(550, "5.7.515 Access denied", "5.7.515"))

    for _ in range(6):
        sending.sender(database, settings, transport).drain("naver")
        clock.shift(timedelta(seconds=3))

    assert sending.states(database, issue_id) == {"deferred": 3, "queued": 6}
    with database.reading() as session:
        assert session.scalars(select(Lane)).one().is_held

    transport.default = post.ACCEPTED
    with database.writing() as session:
        lanes.reopen(session, "naver", user_id=None)
        assert session.scalars(select(Pace.recent)).all() == [""]
        batching.cut_retries(session, settings, core_clock.now())
    resting(database, settings, transport, clock).drain("naver", seconds=300)
    assert sending.states(database, issue_id) == {"accepted": 9}
    assert transport.taken[:3] == transport.offered[:3]  # what waited for us went first


def test_a_rest_that_began_meanwhile_is_not_ended_by_an_older_success(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    with database.writing() as session:
        lanes.rest(session, settings, "naver", RATE_REPLY.reason, "slow")
        lanes.recover(session, ("naver", lanes.EVERY))

        assert [row.name for row in lanes.troubles(session)] == ["naver"]


def test_a_deferred_row_is_due_with_its_jitter_and_not_past_the_age_limit(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    sending.start(database, settings, 50)
    transport = MemoryTransport(default=post.reply(451, "4.7.1 greylisted", "4.7.1"))
    transport.window = 1

    sending.sender(database, settings, transport).drain("naver")

    with database.reading() as session:
        waits = [(at - core_clock.now()).total_seconds() / 360 for at in session.scalars(select(Retry.next_at)) if at]
        held = session.scalars(select(Batch.no).where(Batch.state == BatchState.CLAIMED)).all()
    assert held == []
    assert all(0.8 <= wait <= 1.2 for wait in waits)
    assert len(set(waits)) > 5


def test_the_desk_is_told_once_after_five_minutes_of_an_open_breaker(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 3)
    transport = MemoryTransport()
    transport.is_down = True
    post_office, told = sending.sender(database, settings, transport), list[int]()

    for _ in range(10):
        post_office.drain("naver")
        reconcile.sweep(database, settings)
        with database.reading() as session:
            told.append(len(jobs.due_names(session)))
        clock.shift(timedelta(minutes=1))

    assert told == [0] * 5 + [1] * 5
    with database.reading() as session:
        (trouble,) = troubles.of(session, issue_id)
    assert trouble.needs_somebody
    assert sending.states(database, issue_id) == {"queued": 3}


def test_a_used_up_quota_is_told_and_the_rest_is_not_too_old_when_it_is_free_again(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = given(settings, relay_daily_quota=4)
    issue_id = sending.start(database, settings, 6)
    post_office = sending.sender(database, settings, MemoryTransport())
    post_office.drain("naver")

    reconcile.sweep(database, settings)

    with database.reading() as session:
        (trouble,) = troubles.of(session, issue_id)
    assert "하루 한도 4통" in trouble.in_words("ko")[0]
    assert (trouble.needs_somebody, trouble.until) == (False, core_clock.now() + timedelta(hours=25))
    clock.shift(timedelta(hours=25))
    reconcile.sweep(database, settings)
    post_office.drain("naver")
    assert sending.states(database, issue_id) == {"accepted": 6}
    with database.reading() as session:
        assert troubles.of(session, issue_id) == []
