"""Reads for the calendar and the list of slots, with the headline of the issue each carries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.core import clock
from service.issues.models import Edition, Issue, IssueState
from service.schedule import cadence, readiness
from service.schedule.calendar import Place
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness


@dataclass(frozen=True)
class ListedSlot:
    """A slot as the calendar shows it."""

    slot: Slot
    place: Place
    readiness: Readiness
    title: str | None
    issue_state: IssueState | None
    newest_revision_id: int | None

    @property
    def has_newer_text(self) -> bool:
        """Whether the issue was changed after this booking."""
        return self.slot.state is SlotState.BOOKED and self.newest_revision_id != self.slot.revision_id

    @property
    def has_older_version(self) -> bool:
        return readiness.has_older_version(self.slot)


def between(session: Session, newsletter_id: int, first: date, last: date) -> list[ListedSlot]:
    """The slots on these local days, both included, in order."""
    return _listed(session, _query(newsletter_id).where(Slot.local_date >= first, Slot.local_date <= last))


def upcoming(session: Session, newsletter_id: int, *, limit: int = 30) -> list[ListedSlot]:
    """The next slots, and booked ones whose hour has passed without a launch."""
    now = clock.now()
    query = _query(newsletter_id).where((Slot.fires_at > now) | (Slot.state == SlotState.BOOKED))
    return _listed(session, query.limit(limit))


def past(session: Session, newsletter_id: int, *, limit: int = 30) -> list[ListedSlot]:
    """The last slots that carried an issue or a reason, latest first."""
    query = _query(newsletter_id).where(Slot.fires_at <= clock.now(), Slot.state != SlotState.EMPTY, Slot.state != SlotState.BOOKED)
    return _listed(session, query.order_by(None).order_by(Slot.fires_at.desc()).limit(limit))


def empty(session: Session, newsletter_id: int, *, limit: int = 12) -> list[ListedSlot]:
    """The next empty slots: where an issue may be booked."""
    query = _query(newsletter_id).where(Slot.fires_at > clock.now(), Slot.state == SlotState.EMPTY, Slot.is_extra.is_(False))
    return _listed(session, query.limit(limit))


def one(session: Session, slot_id: int) -> ListedSlot | None:
    """One slot."""
    found = _listed(session, _joined().where(Slot.id == slot_id))
    return found[0] if found else None


def of_issue(session: Session, issue_id: int) -> ListedSlot | None:
    """The slot an issue is booked into, or went out from."""
    query = _joined().where(Slot.issue_id == issue_id).order_by(Slot.state == SlotState.MISSED, Slot.fires_at.desc()).limit(1)
    found = _listed(session, query)
    return found[0] if found else None


def of_issues(session: Session, issue_ids: list[int]) -> dict[int, ListedSlot]:
    """The slots of these issues, by issue."""
    found = _listed(session, _joined().where(Slot.issue_id.in_(issue_ids)).order_by(Slot.fires_at))
    return {each.slot.issue_id: each for each in found if each.slot.issue_id is not None}


def needing_notice(session: Session, now: datetime, within: timedelta) -> list[ListedSlot]:
    """Future slots of any newsletter within this time that are empty, or booked and not ready."""
    query = _joined().where(
        Slot.fires_at > now, Slot.fires_at <= now + within, Slot.state.in_((SlotState.EMPTY, SlotState.BOOKED)), Slot.is_extra.is_(False)
    )
    return [each for each in _listed(session, query.order_by(Slot.fires_at)) if not readiness.is_approved(each.slot)]


def has_booked(session: Session, newsletter_id: int) -> bool:
    """Whether any issue of this newsletter waits in a slot."""
    query = select(Slot.id).where(Slot.newsletter_id == newsletter_id, Slot.state == SlotState.BOOKED).limit(1)
    return session.scalar(query) is not None


def latest_day(session: Session, newsletter_id: int) -> date | None:
    """The last local day for which there is a slot of the rhythm."""
    return session.scalar(
        select(Slot.local_date)
        .where(Slot.newsletter_id == newsletter_id, Slot.is_extra.is_(False))
        .order_by(Slot.local_date.desc())
        .limit(1)
    )


def _joined() -> Select[Slot, str, IssueState, int | None]:
    return (
        select(Slot, Edition.title, Issue.state, Edition.revision_id)
        .outerjoin(Issue, Issue.id == Slot.issue_id)
        .outerjoin(Edition, Edition.issue_id == Issue.id)
    )


def _query(newsletter_id: int) -> Select[Slot, str, IssueState, int | None]:
    return _joined().where(Slot.newsletter_id == newsletter_id).order_by(Slot.fires_at, Slot.id)


def _listed(session: Session, query: Select[Slot, str, IssueState, int | None]) -> list[ListedSlot]:
    return [
        ListedSlot(slot, cadence.place_of(slot), _readiness(slot, state), title, state, revision_id)
        for slot, title, state, revision_id in session.execute(query)
    ]


def _readiness(slot: Slot, state: IssueState | None) -> Readiness:
    found = readiness.of(slot)
    return Readiness.UNDECIDED if found is Readiness.READY and state is IssueState.NEEDS_DECISION else found
