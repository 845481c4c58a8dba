"""Launch: freeze the audience, write the ledger, start sending; and pause, resume and cancel what was started (E12).

Everything here may be called twice: a conditional state change and the primary key of `launches` make the second call change nothing (E13).
"""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.core import audit, clock, jobs, logs
from service.core.errors import Conflict, PressrunError
from service.core.settings import Settings
from service.delivery import launches, questions
from service.delivery.launching import asking_hosts, correcting, emptying, verifying
from service.delivery.ledger import audience, batching, tallies
from service.delivery.models import Delivery, Launch
from service.delivery.pacing import backoff, lanes
from service.delivery.states import DeliveryState, SkipReason
from service.issues import workflow
from service.issues.models import Issue, IssueState
from service.rendering.models import CompiledIssue
from service.schedule import due, readiness
from service.schedule.calendar import Lateness
from service.schedule.models import Slot, SlotState

log = logs.get(__name__)

NOT_LAUNCHED_JOB = "tell_desk_not_launched"
SENT_LATE_JOB = "tell_desk_sent_late"
WORTH_SAYING = timedelta(minutes=5)  # so late a start is told to the desk
SKIPPED_AT_ONCE = 50_000
"""Up to so many readers cancelling skips the rest itself. Of more the sweep does: their rows take seconds, and until the commit no sender
would see that the issue is cancelled (E12: within 5 s)."""


class NotReady(Conflict):
    """There is no compiled version that may go out."""


class Undecided(Conflict):
    """Going on may send twice; somebody who sees to how many has to say so."""


def start(session: Session, settings: Settings, issue_id: int, compiled_id: int, *, user_id: int | None = None) -> Launch:
    """Freeze the audience and put every reader of it into the ledger; the issue is then sending, or waits for the machines' memory.

    A second call, for whatever version, changes nothing and returns the launch there is. Raises NotReady, or the workflow's
    WrongState where the issue is not scheduled.
    """
    existing = session.get(Launch, issue_id)
    if existing is not None:
        return existing
    compiled = session.get(CompiledIssue, compiled_id)
    if compiled is None or compiled.issue_id != issue_id or not compiled.is_ready:
        raise NotReady("The issue has no finished version to send.", remedy="Open the issue and fix what is marked as an error.")
    # the conditional UPDATE is the lock: of two launchers one goes on, the other waits and then finds the issue sending
    before = (IssueState.SCHEDULED, IssueState.NEEDS_DECISION)
    workflow.move(session, issue_id, IssueState.SENDING, user_id=user_id, from_=before, is_told=False)  # told below, as a launch
    now = clock.now()
    terms = audience.terms(session, issue_id)
    give_up_at = backoff.give_up_at(now, due.next_booked_at(session, terms.newsletter_id, now))
    launch = Launch(issue_id=issue_id, compiled_id=compiled_id, started_at=now, give_up_at=give_up_at)
    session.add(launch)
    session.flush()
    audience.freeze(session, terms, settings.batch_size, lanes.batch_sizes(settings))
    batching.cut(session, issue_id, now)
    launch.recipients, launch.tracked, launch.batches = _sums(session, issue_id)
    session.flush()
    audit.record(session, "issue.launched", user_id=user_id, noun_id=issue_id, compiled_id=compiled_id, recipients=launch.recipients)
    asking_hosts.ask(session, issue_id)
    return launch


def launch_due(session: Session, settings: Settings, now: datetime) -> list[int]:
    """Start the issues whose slots have come; returns their ids. Two beats change nothing: slot, issue and launch are each conditional.

    Up to two hours late is started all the same; later, or where the booked text is not compiled and clean, is not what was approved or
    has no usable sender any more, somebody has to decide;
    after twelve hours, or with the next slot here, it was missed (E8). What was not booked is never sent. Each slot has a savepoint
    of its own, so that one that cannot be started keeps no other from its hour.
    """
    started = []
    for slot in due.due_slots(session, now):
        try:
            with session.begin_nested():
                is_started = _fire(session, settings, slot, now)
        except PressrunError as refusal:
            log.error("a slot could not be launched and is tried again", slot=slot.id, issue=slot.issue_id, reason=str(refusal))
            continue
        if is_started and slot.issue_id is not None:
            started.append(slot.issue_id)
    return started


def _fire(session: Session, settings: Settings, slot: Slot, now: datetime) -> bool:
    issue_id, lateness = slot.issue_id or 0, due.lateness(session, slot, now)
    is_ready = readiness.is_approved(slot)
    faults = verifying.forbidding(session, slot.compiled_id) if is_ready else []
    if lateness is Lateness.SEND and is_ready and not faults:
        start(session, settings, issue_id, slot.compiled_id or 0)
        slot.state, slot.changed_at = SlotState.LAUNCHED, now
        if now - slot.fires_at >= WORTH_SAYING:
            jobs.ask(session, SENT_LATE_JOB, key=f"sent_late:{slot.id}", slot_id=slot.id)
        return True
    if lateness is Lateness.MISSED:
        workflow.move(session, issue_id, IssueState.MISSED, from_=(IssueState.SCHEDULED, IssueState.NEEDS_DECISION))
        slot.state, slot.changed_at = SlotState.MISSED, now
        audit.record(session, "slot.missed", user_id=None, noun_id=slot.id, issue_id=issue_id)
    elif session.scalar(select(Issue.state).where(Issue.id == issue_id)) is IssueState.SCHEDULED:
        workflow.move(session, issue_id, IssueState.NEEDS_DECISION, from_=(IssueState.SCHEDULED,))
        if faults:
            slot.faults, slot.verified_id, slot.verified_at = readiness.as_rows(faults), slot.compiled_id, now
        kind = questions.Kind.FAULTY if faults else questions.Kind.LATE if is_ready else questions.Kind.NOT_READY
        questions.ask(session, issue_id, kind, was=IssueState.SCHEDULED)
    jobs.ask(session, NOT_LAUNCHED_JOB, key=f"not_launched:{slot.id}:{slot.fires_at.isoformat()}:{lateness.value}", slot_id=slot.id)
    return False


def pause(session: Session, issue_id: int, *, user_id: int | None) -> None:
    """Nothing more is handed over than what is open, within a second (E12). Raises WrongState."""
    workflow.move(session, issue_id, IssueState.PAUSED, user_id=user_id, from_=(IssueState.SENDING,))


def resume(session: Session, issue_id: int, *, user_id: int | None, with_lanes: bool = True, is_decided: bool = False) -> None:
    """Go on with those who are queued or deferred; nobody who was accepted is touched.

    Lanes that were held for an operator go on too (`with_lanes`): resuming is the word that what was wrong is mended, also while the
    issue itself is sending. It is a decision that the issue is still worth reading, so its age limit counts from here (E7).
    What waits because of the database is not resumed but decided about (`is_decided`), with what it costs in view: deciding.go_on (E15).
    Raises NotLaunched, WrongState, Undecided, and CorrectionOpen while a corrected text is asked for and neither in use nor dropped (E12).
    """
    launch, now = launches.of(session, issue_id), clock.now()
    if not is_decided and any(one.is_about_the_database for one in questions.open_for(session, issue_id)):
        raise Undecided(
            "This issue waits for a decision, because the database is not what it was.",
            remedy="Decide on its page, or with pressrun deliveries go-on or cancel.",
        )
    terms = audience.terms(session, issue_id)
    if terms.state is not IssueState.SENDING or not lanes.wait_for_somebody(session, issue_id):
        workflow.move(session, issue_id, IssueState.SENDING, user_id=user_id, from_=(IssueState.PAUSED, IssueState.NEEDS_DECISION))
    questions.close(session, issue_id, answer="go_on")  # else it would stand there again when the issue next waits for something else
    correcting.refuse_open(session, issue_id)  # the move above holds the issue, so that none comes into use meanwhile
    launch.give_up_at = max(launch.give_up_at, backoff.give_up_at(now, due.next_booked_at(session, terms.newsletter_id, now)))
    if with_lanes:
        lanes.reopen(session, user_id=user_id)


def cancel(session: Session, issue_id: int, *, user_id: int | None) -> int:
    """Send to nobody else; returns how many were already accepted. What is being handed over finishes and is recorded (E12).

    Raises NotLaunched, WrongState.
    """
    launch = launches.of(session, issue_id)
    workflow.move(
        session,
        issue_id,
        IssueState.CANCELLED,
        user_id=user_id,
        from_=(IssueState.SENDING, IssueState.PAUSED, IssueState.NEEDS_DECISION),
    )
    accepted = sum(each.number for each in tallies.counts(session, issue_id) if each.state is DeliveryState.ACCEPTED)
    if launch.recipients <= SKIPPED_AT_ONCE:
        emptying.skip(session, issue_id, SkipReason.CANCELLED)
    return accepted


def _sums(session: Session, issue_id: int) -> tuple[int, int, int]:
    tracked = func.sum(case((Delivery.is_tracked, 1), else_=0))
    row = session.execute(select(func.count(), tracked, func.max(Delivery.batch_no)).where(Delivery.issue_id == issue_id)).one()
    return row[0], row[1] or 0, row[2] or 0
