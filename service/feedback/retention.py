"""What is not kept of a hit: after a month neither the reader's network nor her program's name (C12)."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from service.core.database import changed
from service.feedback.models import Event

KEEP = timedelta(days=30)


def forget_origins(session: Session, now: datetime) -> int:
    """Blank address and user agent of older events; what they meant stays as label and reason. Returns how many; scans the events."""
    old = (Event.at < now - KEEP, or_(Event.ip != "", Event.user_agent != ""))
    return changed(session, update(Event).where(*old).values(ip="", user_agent=""))
