"""The page behind the link in a notice: decide about mails of which nobody knows whether they arrived. Opening it changes nothing.

The signed token is the right to decide for this one issue; readers' addresses are masked, for notices are forwarded.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from service.accounts.queries import Person
from service.core.errors import PressrunError
from service.delivery.ledger import doubts
from service.delivery.ledger.doubts import Waiting
from service.delivery.telling import settling_notices
from service.delivery.uncertain import settling_choices, settling_policy
from service.delivery.uncertain.decision_links import PATH
from service.issues import queries as issues
from service.issues.models import IssueState
from service.web import delivery_words, uncertain_words
from service.web.access import public
from service.web.templating import language, refusal_texts, translate, use_language, use_zone
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("decide", __name__)

SHOWN = 100


@dataclass(frozen=True)
class Case:
    """What is to be decided, by whom."""

    issue_id: int
    person: Person
    title: str
    state: IssueState
    waiting: int
    until: datetime | None
    rows: list[Waiting]


@blueprint.get(f"{PATH}<token>")
@public
def ask(token: str) -> Response:
    """How many, what is known, and the choices with their consequences."""
    with reading() as session:
        case = _case(session, token)
    return _page(case, token)


@blueprint.post(f"{PATH}<token>")
@public
def act(token: str) -> Response:
    """Decide; pressed twice it changes nothing more."""
    done, wrong = "", ""
    try:
        choice, who = uncertain_words.chosen(request.form)
        with writing() as session:
            case = _case(session, token)
            if case is not None:
                count = settling_choices.choose(session, case.issue_id, choice, who=who, user_id=case.person.id)
                use_language(case.person.language)
                done = translate(uncertain_words.DONE[choice] if count else uncertain_words.NOTHING, number=count)
    except PressrunError as refusal:
        wrong = " ".join(refusal_texts(refusal))
    with reading() as session:
        case = _case(session, token)
    return _page(case, token, done=done, wrong=wrong)


def _case(session: Session, token: str) -> Case | None:
    found = settling_notices.read(session, runtime().signer, token)
    if found is None:
        return None
    issue_id, person = found
    return Case(
        issue_id,
        person,
        issues.edition(session, issue_id).title,
        issues.issue(session, issue_id).state,
        doubts.pending(session, issue_id),
        settling_policy.deadline(session, issue_id),
        doubts.open_ones(session, issue_id, limit=SHOWN),
    )


def _page(case: Case | None, token: str, *, done: str = "", wrong: str = "") -> Response:
    if case is None:
        return make_response(render_template("public/decide_unknown.html"), 404)
    use_language(case.person.language)
    use_zone(case.person.zone)
    page = render_template(
        "public/decide.html",
        case=case,
        token=token,
        done=done,
        wrong=wrong,
        words=delivery_words,
        says=uncertain_words,
        tongue=language(),
        may_send_again=case.state in settling_choices.MAY_SEND_AGAIN,
        base_url=runtime().settings.base_url,
    )
    answer = make_response(page, 422 if wrong else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer
