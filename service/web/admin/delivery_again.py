"""Send again to these: an operator names readers of a launched issue, and reads for each what becomes of it."""

from collections import Counter

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from service.core import clock
from service.core.errors import PressrunError
from service.delivery.launching import again
from service.delivery.launching.again import Answer, Group
from service.delivery.ledger import batching
from service.delivery.overview import again_words, queries
from service.issues import queries as issues
from service.issues.models import IssueState
from service.web.access import operator, signed_in_user
from service.web.templating import refusal_texts
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("delivery_again", __name__, url_prefix="/admin/deliveries/<int:issue_id>/again")


@blueprint.get("")
@operator
def show(issue_id: int) -> str:
    """Whom there is to send to again."""
    return _page(issue_id)


@blueprint.post("")
@operator
def send(issue_id: int) -> Response:
    """Queue those who are named, by address or by state; asked by POST so that no address stands in an address bar or a log (F19)."""
    written, group = request.form.get("addresses", ""), request.form.get("group", "")
    may_repeat = request.form.get("may_repeat") == "1" or group == Group.UNCERTAIN.value
    by, given = signed_in_user().id, runtime().settings
    try:
        with writing() as session:
            if group:
                answers = again.to_group(session, given, issue_id, Group(group), user_id=by, may_repeat=may_repeat)
            else:
                answers = again.to_addresses(session, given, issue_id, written.splitlines(), user_id=by, may_repeat=may_repeat)
        with reading() as session:
            lanes = batching.wanted(session, given, clock.now())
    except PressrunError as refusal:
        return make_response(_page(issue_id, written=written, wrong=" ".join(refusal_texts(refusal))), 422)
    runtime().broker.nudge_sending(lanes)
    return make_response(_page(issue_id, answers=answers))


def _page(issue_id: int, *, written: str = "", wrong: str = "", answers: list[Answer] | None = None) -> str:
    with reading() as session:
        now = queries.progress(session, issue_id)
        counts = again.counts(session, issue_id)
        title = issues.edition(session, issue_id).title
    found = Counter(answer.verdict for answer in answers or ())
    return render_template(
        "admin/deliveries/again.html",
        now=now,
        title=title,
        is_cancelled=now.state is IssueState.CANCELLED,
        groups=[(group.value, words, counts[group]) for group, words in again_words.GROUPS.items() if counts[group]],
        uncertain=Group.UNCERTAIN.value,
        written=written,
        wrong=wrong,
        answers=[(answer, *again_words.msgid(answer)) for answer in answers or () if answer.written],
        summary=[(again_words.VERDICTS[verdict], count, verdict in again.SENT) for verdict, count in found.most_common()],
    )
