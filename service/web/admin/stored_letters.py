"""A version of an issue exactly as it is stored, to be looked at before or while it goes out; nothing in it counts."""

from flask import Response, make_response
from sqlalchemy.orm import Session

from service.core.errors import NotFound
from service.rendering import fields, preview
from service.rendering.models import CompiledIssue
from service.tracking import links
from service.web.security import letter_policy


def shown(session: Session, issue_id: int, compiled_id: int) -> Response:
    """Its HTML, the fields filled for nobody, its links leading where they lead. Raises NotFound for another issue's version."""
    compiled = session.get(CompiledIssue, compiled_id)
    if compiled is None or compiled.issue_id != issue_id:
        raise NotFound("This issue has no such version.")
    destinations = links.destinations(session, issue_id)
    html = preview.browser_html(compiled.html, name=fields.neutral_name(compiled.language), destinations=destinations)
    return letter_policy(make_response(html, {"Content-Type": "text/html; charset=utf-8"}))
