"""Refusals in our own SMTP dialogue count like bounces: the same reasons and policy (D1 to D3, D5). The ledger is read, never written."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core.database import insert
from service.delivery.models import Attempt
from service.delivery.reasons import HARD, Reason
from service.feedback import checkpoints, consequences, policy
from service.feedback.bounce_reasons import Because
from service.feedback.models import Returned, Source

NAME = "attempts"
ROWS = 500
COUNTED = {*HARD, Reason.DISABLED, Reason.FULL, Reason.CONTENT, Reason.SIZE}


def has_new(session: Session) -> bool:
    """Whether there are tries that were not looked at; one step of the primary key."""
    return session.scalar(select(Attempt.id).where(Attempt.id > checkpoints.place(session, NAME).get("id", 0)).limit(1)) is not None


def take(session: Session) -> int:
    """Act on the refusals since the last time, ROWS at most; how many were looked at."""
    after = checkpoints.place(session, NAME).get("id", 0)
    attempts = list(session.scalars(select(Attempt).where(Attempt.id > after).order_by(Attempt.id).limit(ROWS)))
    for attempt in attempts:
        if attempt.outcome == "refused" and attempt.reason in {reason.value for reason in COUNTED}:
            _count(session, attempt)
    if attempts:
        checkpoints.move(session, NAME, id=attempts[-1].id)
    return len(attempts)


def _count(session: Session, attempt: Attempt) -> None:
    because = Because(Reason(attempt.reason), attempt.enhanced or "", is_permanent=True, is_by_code=True)
    values = {
        "key": f"attempt:{attempt.id}",
        "source": Source.LEDGER,
        "at": attempt.at,
        "kind": "bounce",
        "reason": because.reason.value,
        "is_hard": because.is_hard,
        "status": because.status,
        "action": policy.of_bounce(because).value,
        "effect": "",
        "issue_id": attempt.issue_id,
        "subscriber_id": attempt.subscriber_id,
        "known_by": "ledger",
        "recipient": "",
        "text": attempt.text[:1000],
    }
    row_id = session.scalar(insert(session, Returned).values(values).on_conflict_do_nothing().returning(Returned.id))
    if row_id is not None:
        row = session.get_one(Returned, row_id)
        row.effect = consequences.follow(session, row).value
        session.flush()
