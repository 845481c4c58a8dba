"""An issue of which replies were lost."""

from sqlalchemy import select

from service.core.database import Database
from service.core.settings import Settings
from service.delivery.models import Doubt
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Result
from tests.support import post, sending
from tests.support.post import MemoryTransport

LOST = Result(Outcome.UNCERTAIN, Reason.NETWORK, Phase.FINAL, text="the connection ended")


def in_doubt(database: Database, settings: Settings, count: int = 4) -> tuple[int, list[int]]:
    """An issue of which every reply but the first was lost; its id and the readers in doubt."""
    issue_id = sending.start(database, settings, count)
    transport = MemoryTransport({sending.emails(database)[0]: post.ACCEPTED}, default=LOST)
    sending.sender(database, settings, transport).drain("naver")
    with database.reading() as session:
        return issue_id, list(session.scalars(select(Doubt.subscriber_id).order_by(Doubt.subscriber_id)))
