"""Labels by the rules of today for hits that were labelled by older ones. Windows are opened again; the usual labelling does the rest."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from service.core import clock, jobs
from service.core.database import changed
from service.core.errors import NotFound
from service.feedback import labels
from service.feedback.models import LabelWindow
from service.feedback.retention import KEEP

JOB = "relabel_events"


def ask(session: Session, issue_id: int | None) -> int:
    """Ask for the issue, or for all with hits young enough that their origin is known, to be labelled again; how many.

    Raises NotFound where there is nothing that older rules have labelled.
    """
    outdated = _outdated(clock.now())
    ids = select(LabelWindow.issue_id).where(*outdated).distinct().order_by(LabelWindow.issue_id)
    found = list(session.scalars(ids if issue_id is None else ids.where(LabelWindow.issue_id == issue_id)))
    if not found:
        raise NotFound(
            "There is nothing to label again.",
            remedy="Hits of the last 30 days are labelled again once, after the rules have changed.",
        )
    for each in found:
        jobs.ask(session, JOB, key=f"{JOB}:{each}:{labels.RULES_VERSION}", issue_id=each)
    return len(found)


def reopen(session: Session, issue_id: int) -> int:
    """Open the issue's windows that older rules have labelled; how many. The labelling takes them in spans, and goes on after a crash."""
    outdated = _outdated(clock.now())
    return changed(session, update(LabelWindow).where(LabelWindow.issue_id == issue_id, *outdated).values(is_open=True))


def _outdated(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        LabelWindow.starts_at > now - KEEP,
        ~LabelWindow.is_open,
        or_(LabelWindow.rules < labels.RULES_VERSION, LabelWindow.rules.is_(None)),
    )
