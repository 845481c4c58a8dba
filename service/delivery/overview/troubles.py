"""What stands in the way of a sending, in plain words, and what to do about it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.i18n import translate
from service.core.settings import Settings
from service.delivery.ledger import doubts
from service.delivery.models import Batch, BatchState, Lane
from service.delivery.overview import queries
from service.delivery.overview.queries import Progress
from service.delivery.pacing import lanes, pace
from service.delivery.reasons import WAITS_FOR_US, Reason
from service.delivery.uncertain import settling_policy
from service.issues.models import IssueState

IDLE_SECONDS = 40
"""So long nobody takes due work before we say so: two sweeps and a drain."""


_EVERYONES = (lanes.EVERY, lanes.HOST_MARK)


@dataclass(frozen=True)
class Trouble:
    """English templates (msgids) and their values. `since` and `until` are instants for the page's clocks."""

    message: str
    remedy: str
    values: dict[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    needs_somebody: bool = False  # nothing goes on by itself
    is_uncertain: bool = False  # about mails of which nobody knows whether they arrived; `until` is then the deadline

    def in_words(self, language: str) -> tuple[str, str]:
        """Message and remedy in a language."""
        return translate(language, self.message, **self.values), translate(language, self.remedy, **self.values)


def of(session: Session, issue_id: int, progress: Progress | None = None, *, settings: Settings | None = None) -> list[Trouble]:
    """Everything that keeps this issue from being through, the gravest first. Raises NotFound if it was never started.

    With the settings, a lane that only waits for its pace is not taken for one that nobody works at.
    """
    progress = progress or queries.progress(session, issue_id)
    found = [_lane(row, progress) for row in lanes.troubles(session) if row.name in progress.by_lane or row.name[0] in _EVERYONES]
    if progress.unsent == 0:
        found = []
    found += _waiting_for_us(progress) + _uncertain(session, progress)
    if progress.state is IssueState.SENDING and not found and _nobody_sends(session, settings, issue_id):
        found.append(
            Trouble(
                "Nobody is sending: {count} readers wait and no worker takes them.",
                "Start the workers (`pressrun up`, or the worker process of the Procfile). If they end again, `pressrun doctor` says why.",
                {"count": progress.by_state["queued"]},
                needs_somebody=True,
            )
        )
    return sorted(found, key=lambda trouble: not trouble.needs_somebody)


def _lane(row: Lane, progress: Progress) -> Trouble:
    if row.name.startswith(lanes.HOST_MARK):
        message, remedy = _OF_A_HOST[row.reason == lanes.OwnTrouble.CLOCK.value]
        return Trouble(message, remedy, {"count": progress.unsent, "text": row.text}, since=row.since)
    if row.name == lanes.QUOTA:
        values = {"quota": row.text, "count": progress.unsent}
        return Trouble(*_QUOTA, values, since=row.since, until=row.paused_until)
    whole = row.name == lanes.EVERY
    waiting = progress.unsent if whole else sum(progress.by_lane[row.name].get(state, 0) for state in ("queued", "deferred"))
    values = {"count": waiting, "lane": row.name, "text": row.text or row.reason}
    if row.is_held:
        return Trouble(*_HELD[whole], values, since=row.since, needs_somebody=True)
    is_rate = row.reason == Reason.RATE.value
    message, remedy = _OWN_PACE[whole] if is_rate else _OUT_OF_REACH[whole]
    return Trouble(message, remedy, values, since=row.since, until=row.paused_until, needs_somebody=row.told_at is not None)


# by whether it is the clock
_OF_A_HOST = {
    True: (
        "A sender's clock is wrong, so it sends nothing: {text} {count} readers wait, nobody is lost.",
        "Have the machines keep their time by NTP (`timedatectl set-ntp true`); `pressrun doctor` compares. It is tried again by itself.",
    ),
    False: (
        "A sender cannot keep its journal, so it sends nothing: {text}. {count} readers wait, nobody is lost.",
        "Free space on that disk, or correct PRESSRUN_VAR_DIR; it is tried again by itself.",
    ),
}
_QUOTA = (
    "The mail server's daily quota of {quota} mails is used up. {count} readers wait.",
    "It goes on by itself once there is quota again, up to the newsletter's next slot. "
    "If the provider grants more, raise PRESSRUN_RELAY_DAILY_QUOTA.",
)
_MEND = "Mend what it complains about (sender domain, SPF, DKIM, DMARC, sign-in, reputation), then press Resume."
# by whether it is the mail server itself
_HELD = {
    True: ("The mail server turns our mail away: {text}. {count} readers wait; no address is blamed.", _MEND),
    False: ("{lane} turns our mail away: {text}. {count} readers wait; no address is blamed.", _MEND),
}
_OWN_PACE = {
    True: (
        "The mail server asks us to slow down: {text}. {count} readers wait.",
        "It is tried again by itself. If it happens often, set what it takes: PRESSRUN_RELAY_RATE, PRESSRUN_RELAY_DAILY_QUOTA.",
    ),
    False: (
        "{lane} asks us to slow down: {text}. {count} readers wait.",
        "Nothing needs to be done; it is tried again by itself.",
    ),
}
_OUT_OF_REACH = {
    True: (
        "The mail server cannot be used: {text}. {count} readers wait, nobody is lost.",
        "Is it running, and are its address and password right (PRESSRUN_SMTP_URL)? It is tried again by itself.",
    ),
    False: (
        "{lane} takes no mail just now: {text}. {count} readers wait, nobody is lost.",
        "One mail tries it now and then; the others follow by themselves as soon as it is taken.",
    ),
}


def _waiting_for_us(progress: Progress) -> list[Trouble]:
    ours = {reason.value for reason in WAITS_FOR_US}
    count = sum(number for reason, number in progress.waiting.items() if reason in ours)
    if not count:
        return []
    return [
        Trouble(
            "{count} mails wait for us: they were turned away for a fault of our own, not of the address.",
            "Mend it, then press Resume; they go out first.",
            {"count": count},
            needs_somebody=True,
        )
    ]


def _uncertain(session: Session, progress: Progress) -> list[Trouble]:
    """Only while somebody may decide: afterwards it is a fact and no trouble."""
    count = doubts.pending(session, progress.issue_id) if progress.by_state["uncertain"] else 0
    if not count:
        return []
    return [
        Trouble(
            "It is not sure whether {count} mails arrived: they were handed over and the reply was lost.",
            "Nobody is sent to twice unasked. Decide, or leave it: at the deadline they stay “not sure”, and the issue is closed.",
            {"count": count},
            until=settling_policy.deadline(session, progress.issue_id),
            needs_somebody=True,
            is_uncertain=True,
        )
    ]


def _nobody_sends(session: Session, settings: Settings | None, issue_id: int) -> bool:
    now = clock.now()
    long_ago = now - timedelta(seconds=IDLE_SECONDS)
    due = select(Batch.lane).where(Batch.issue_id == issue_id, Batch.state == BatchState.OPEN, Batch.next_at < long_ago).distinct()
    # a lane may be given less than one mail in that time: then it waits for its pace, and for nobody
    if not any(settings is None or pace.ready_at(session, settings, lane, long_ago) <= long_ago for lane in session.scalars(due).all()):
        return False
    held = select(func.count()).where(Batch.state == BatchState.CLAIMED, Batch.lease_until > now)
    recent = select(func.count()).where(Batch.recorded_at > long_ago)
    return not session.scalar(held) and not session.scalar(recent)
