"""In which order rows of an issue are locked, so that nobody waits in a circle: the issue itself, its launch, retries, batches,
deliveries; after them paces, then lanes.

Whoever moves deliveries outside a recording holds the launch first; a recording holds its batch, and the launch before it where it
changes that too.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.delivery.models import Launch


def hold(session: Session, issue_id: int) -> None:
    """Until the commit nobody else moves deliveries of this issue, but for the senders of its batches."""
    session.execute(select(Launch.issue_id).where(Launch.issue_id == issue_id).with_for_update())
