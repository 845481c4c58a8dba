"""How far something outside was read, written in the transaction that keeps what was read."""

from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import insert
from service.feedback.models import Checkpoint


def place(session: Session, name: str) -> dict[str, int]:
    """Where to go on; empty at the first time."""
    found = session.get(Checkpoint, name)
    return dict(found.place) if found else {}


def move(session: Session, name: str, **values: int) -> None:
    """Everything up to here is kept."""
    row = {"name": name, "at": clock.now(), "place": values}
    changes = {"at": row["at"], "place": row["place"]}
    session.execute(insert(session, Checkpoint).values(row).on_conflict_do_update(index_elements=["name"], set_=changes))
