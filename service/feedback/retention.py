"""What is not kept of a person: after a month neither a hit's network, program and headers, nor the mail that came back (C12, D15)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from service.core.database import changed
from service.feedback import checkpoints
from service.feedback.models import Event, Returned

KEEP = timedelta(days=30)
ORIGINS = "origins"  # the checkpoint: until when they are forgotten


def forget_origins(session: Session, now: datetime) -> int:
    """Blank address, user agent and headers of older events; label and reason stay. Returns how many.

    Reads only what grew old since the last time, a month's partition or two: what is that old when it comes in is stored without.
    """
    since = datetime.fromtimestamp(checkpoints.place(session, ORIGINS).get("until", 0), UTC)
    old = (Event.at >= since, Event.at < now - KEEP, or_(Event.ip != "", Event.user_agent != "", Event.headers != ""))
    count = changed(session, update(Event).where(*old).values(ip="", user_agent="", headers=""))
    checkpoints.move(session, ORIGINS, until=int((now - KEEP).timestamp()))
    return count


def forget_payloads(session: Session, now: datetime) -> int:
    """Blank what older bounces and complaints hold of people and of their letters; reason and effect stay. Returns how many."""
    old = (Returned.at < now - KEEP, or_(Returned.raw.is_not(None), Returned.recipient != "", Returned.text != ""))
    return changed(session, update(Returned).where(*old).values(raw=None, recipient="", text=""))
