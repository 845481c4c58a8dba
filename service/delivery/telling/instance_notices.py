"""The notice to the desk that the database is not what it was, and that nothing goes out until somebody has decided (E15)."""

from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.core.i18n import translate
from service.delivery.identity import instance, instance_words
from service.delivery.telling import notices

WAIT = "{issues} issues that were being sent or are booked wait for your decision; until then none of them goes out."


def tell(session: Session, number: int, base_url: str) -> int:
    """Write the notice down for everybody at the desk, once each; returns how many are new. `number` is the count it was asked at."""
    row = instance.last_doubt(session)
    if row is None or row.former_counter + 1 > number:
        return 0  # asked anew since; that notice says it all
    sentence, values = instance_words.happened(row.doubt, row.doubt_values)
    new = 0
    for person in accounts.desk(session):
        reason = f"{translate(person.language, sentence, **values)} {translate(person.language, WAIT, issues=row.doubt_values['issues'])}"
        new += notices.enqueue(
            session,
            notices.Kind.DATABASE_DOUBTED,
            key=f"database:{row.instance_id}:{person.id}",
            email=person.email,
            language=person.language,
            values={"reason": reason, "url": f"{base_url}/admin"},
        )
    return new
