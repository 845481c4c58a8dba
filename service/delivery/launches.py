"""Whether an issue was started, and how it is said that it was not; a read."""

from sqlalchemy.orm import Session

from service.core.errors import NotFound
from service.delivery.models import Launch
from service.issues.models import Issue


class NotLaunched(NotFound):
    """The issue was never started, so there is nothing to pause, resume or tell."""


def of(session: Session, issue_id: int) -> Launch:
    """The issue's start. Raises NotLaunched, NotFound where there is no such issue."""
    launch = session.get(Launch, issue_id)
    if launch is not None:
        return launch
    if session.get(Issue, issue_id) is None:
        raise NotFound("There is no issue {id}.", id=issue_id)
    raise NotLaunched("Issue {id} has not been started yet.", remedy="It starts at its slot, or with “Send now” on its page.", id=issue_id)
