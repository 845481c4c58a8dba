"""Keeps the headline figures of an issue as they are reported: a day after its start, and before its hits are labelled by newer rules."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import insert
from service.delivery.models import Launch
from service.feedback import labels
from service.feedback.models import EventKind, LabelWindow
from service.statistics import queries
from service.statistics.models import ReportedFigures

REPORT_AFTER = timedelta(hours=24)
NOT_AFTER = timedelta(days=7)  # an issue older than that was never reported by us


def keep(session: Session, issue_id: int) -> None:
    """Store today's figures under the rules that gave them; what is stored already stands."""
    rules = session.scalar(select(func.min(LabelWindow.rules)).where(LabelWindow.issue_id == issue_id))
    opens, clicks = (queries.readers(session, issue_id, kind) for kind in (EventKind.OPENED, EventKind.CLICKED))
    row = {
        "issue_id": issue_id,
        "rules": labels.RULES_VERSION if rules is None else rules,
        "at": clock.now(),
        "opened_human": opens.human,
        "opened_all": opens.all,
        "clicked_human": clicks.human,
        "clicked_all": clicks.all,
    }
    session.execute(insert(session, ReportedFigures).values(row).on_conflict_do_nothing(index_elements=["issue_id", "rules"]))


def due(session: Session, now: datetime) -> list[int]:
    """The issues whose first day is over and whose figures are not kept yet."""
    kept = select(ReportedFigures.issue_id)
    started = (Launch.started_at <= now - REPORT_AFTER, Launch.started_at > now - NOT_AFTER)
    return list(session.scalars(select(Launch.issue_id).where(*started, Launch.issue_id.not_in(kept)).order_by(Launch.issue_id)))


def of(session: Session, issue_id: int) -> list[ReportedFigures]:
    """What was reported of this issue, the oldest first."""
    return list(session.scalars(select(ReportedFigures).where(ReportedFigures.issue_id == issue_id).order_by(ReportedFigures.at)))
