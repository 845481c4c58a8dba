"""Whether this machine and the database agree about the time: slots and leases of several machines depend on it (E8)."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.core import clock

MOST_SECONDS = 5.0


def seconds(session: Session) -> float:
    """How far this machine's clock is from the database's."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    moment = "strftime('%s', 'now')" if is_sqlite else "extract(epoch FROM clock_timestamp())"
    return abs(float(session.scalar(text(f"SELECT {moment}")) or 0) - clock.now().timestamp())
