"""When the readers will have an issue, for the pages on which it is booked."""

from datetime import datetime

from sqlalchemy.orm import Session

from service.delivery.ledger import audience
from service.delivery.overview import forecast_words, forecasting
from service.delivery.overview.forecast_words import Said
from service.issues import queries as issues
from service.newsletters.models import Newsletter
from service.schedule.models import Slot
from service.web.templating import language
from service.web.transaction import runtime


def of(session: Session, newsletter: Newsletter, starts_at: datetime, readers: dict[str, int]) -> Said:
    """The forecast of an issue that goes out at `starts_at`, on the readers' clock."""
    found = forecasting.of(session, runtime().settings, newsletter.id, starts_at, readers)
    return forecast_words.say(found, newsletter.readers_zone, language())


def of_slot(session: Session, newsletter: Newsletter, slot: Slot) -> Said:
    """The forecast of what is in a slot, or of what might be booked into it."""
    is_advertising = slot.issue_id is not None and issues.issue(session, slot.issue_id).is_advertising
    readers = audience.count_by_lane(session, newsletter.id, is_advertising=is_advertising)
    return of(session, newsletter, slot.fires_at, readers)
