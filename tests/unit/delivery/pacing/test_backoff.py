"""Retry times by class of reply (E6) and the age after which a delivery is given up (E7)."""

from datetime import UTC, datetime, timedelta

import pytest

from service.delivery.pacing import backoff
from service.delivery.pacing.backoff import Next
from service.delivery.reasons import WAITS_FOR_US, Reason

NOW = datetime(2026, 9, 14, 0, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(hours=24)


@pytest.mark.parametrize(
    ("reason", "minutes"),
    [
        (Reason.NETWORK, [1, 5, 15, 30, 60, 120, 120, 120]),
        (Reason.GREYLIST, [6, 15, 30, 60, 60]),
        (Reason.RATE, [15, 30, 60, 120, 120]),
        (Reason.FULL, [60, 240, 720, None]),
        (Reason.UNKNOWN, [5, 10, 20, 40, 67, 67]),
        (Reason.SYSTEM, [5, 10, 20, 40, 67, 67]),
    ],
)
def test_steps_by_class_of_reply(reason: Reason, minutes: list[int | None]) -> None:
    waits = [backoff.delay_seconds(reason, tries) for tries in range(1, len(minutes) + 1)]

    assert waits == [None if each is None else each * 60 for each in minutes]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 48), (0.5, 60), (1.0, 72)])
def test_jitter_is_a_fifth_either_way(chance: float, seconds: int) -> None:
    decision = backoff.decide(Reason.NETWORK, 1, NOW, TOMORROW, chance)

    assert decision == backoff.Decision(Next.RETRY, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("reason", sorted(WAITS_FOR_US))
def test_our_own_faults_wait_for_us_until_the_age_limit(reason: Reason) -> None:
    assert backoff.decide(reason, 1, NOW, TOMORROW, 0.5).next is Next.WAITS_FOR_US
    assert backoff.decide(reason, 9, TOMORROW, TOMORROW, 0.5).next is Next.GIVE_UP


def test_a_retry_beyond_the_limit_is_given_up_at_once() -> None:
    decision = backoff.decide(Reason.RATE, 1, NOW, NOW + timedelta(minutes=10), 0.5)

    assert decision == backoff.Decision(Next.GIVE_UP, reason=Reason.EXPIRED)


def test_a_full_mailbox_fails_after_three_waits_and_is_called_full() -> None:
    decision = backoff.decide(Reason.FULL, 4, NOW, TOMORROW, 0.5)

    assert decision == backoff.Decision(Next.GIVE_UP, reason=Reason.FULL)


def test_scale_shortens_times_for_tests() -> None:
    decision = backoff.decide(Reason.NETWORK, 1, NOW, TOMORROW, 0.5, scale=0.001)

    assert decision.at == NOW + timedelta(seconds=0.06)


@pytest.mark.parametrize(("next_slot", "hours"), [(None, 24), (NOW + timedelta(hours=5), 5), (NOW + timedelta(hours=48), 24)])
def test_never_past_the_next_slot(next_slot: datetime | None, hours: int) -> None:
    assert backoff.give_up_at(NOW, next_slot) == NOW + timedelta(hours=hours)
