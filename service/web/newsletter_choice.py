"""Which newsletter a page of the desk is about: the one named in the address, else the one chosen before, else the first."""

from flask import request
from flask import session as browser_session
from sqlalchemy.orm import Session

from service.core.errors import NotFound
from service.newsletters import queries
from service.newsletters.models import Newsletter

KEY = "newsletter"


def chosen(session: Session) -> tuple[Newsletter | None, list[Newsletter]]:
    """The newsletter of this page, and all there are; None while there is none. Raises NotFound for one that is not there."""
    everyone = queries.listing(session)
    by_id = {newsletter.id: newsletter for newsletter in everyone}
    wanted = request.args.get("newsletter", type=int)
    if wanted is not None:
        if wanted not in by_id:
            raise NotFound("There is no newsletter {id}.", id=wanted)
        browser_session[KEY] = wanted
        return by_id[wanted], everyone
    return by_id.get(browser_session.get(KEY, 0)) or (everyone[0] if everyone else None), everyone
