"""One reader and one issue: what happened, in plain words and in order, and what happens next. Never the address itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.models import User
from service.core.i18n import translate
from service.delivery import launches
from service.delivery.ledger import doubts
from service.delivery.models import Attempt, Delivery, Doubt, Known, Proof, Retry
from service.delivery.overview.reason_words import REASONS
from service.delivery.states import DeliveryState, SkipReason
from service.delivery.uncertain import settling_policy
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter, UncertainPolicy
from service.rendering.models import CompiledIssue
from service.subscribers import address
from service.subscribers.models import Subscriber


class Message(str):
    """A value of a line that is an English msgid itself."""

    __slots__ = ()


@dataclass(frozen=True)
class Line:
    """One event; `message` is an English template, the msgid."""

    at: datetime | None
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def in_words(self, language: str) -> str:
        values = {name: translate(language, value) if isinstance(value, Message) else value for name, value in self.values.items()}
        return translate(language, self.message, **values)


@dataclass(frozen=True)
class Story:
    """`state` is None where the reader was not in the audience; `version` is the one handed over last, `next` what is still to come."""

    issue_id: int
    subscriber_id: int | None
    state: DeliveryState | None
    reason: str | None
    lines: tuple[Line, ...]
    next: Line | None = None
    version: int | None = None
    tries: int = 0
    maybe_duplicate: bool = False


SKIPPED = {
    SkipReason.UNSUBSCRIBED: "Not sent: the reader had left before the hand-over.",
    SkipReason.PAUSED: "Not sent: the reader had paused before the hand-over.",
    SkipReason.SUPPRESSED: "Not sent: the address came onto the do-not-mail list before the hand-over.",
    SkipReason.NO_ADVERTISING: "Not sent: the reader took the consent to advertising back before the hand-over.",
    SkipReason.ERASED: "Not sent: the reader was erased before the hand-over.",
    SkipReason.CANCELLED: "Not sent: the issue was cancelled.",
    SkipReason.TOO_OLD: "Not sent: it waited for us until the issue was too old.",
}
OUTCOMES = {
    "accepted": "Tried; it was taken. The server's words: {answer}",
    "deferred": "Tried; not taken this time. The server's words: {answer}",
    "refused": "Tried; it was refused. The server's words: {answer}",
    "uncertain": "Handed over, and the reply was lost: {answer}. It is not sure whether it arrived.",
}
PROOFS = {  # what settled a doubt -> how it is said
    Proof.JOURNAL: "Settled by the sender's own note, which turned up later: {outcome}.",
    Proof.RELAY_LOG: "Settled by the mail server's log: {outcome}.",
    Proof.PROVIDER: "Settled by an event of the mail provider: {outcome}.",
    Proof.RESPONSE: "It has arrived: an open or a click bore the token of this very mail.",
    Proof.BOUNCE: "Settled by a returned mail: {outcome}.",
    Proof.OPERATOR: "{person} decided: {outcome}.",
    Proof.POLICY: "To be sent again by the newsletter's rule, marked as maybe a second copy.",
}
DECIDED = {
    DeliveryState.ACCEPTED: Message("they have it"),
    DeliveryState.DEFERRED: Message("send it again, marked as maybe a second copy"),
}
SETTLED = {
    DeliveryState.ACCEPTED: Message("it was taken"),
    DeliveryState.REFUSED: Message("it was refused"),
    DeliveryState.DEFERRED: Message("it was certainly not taken, and is sent again"),
}
KNOWN = {
    Known.SEEN: "The mail server's log says that it began to take the mail, and not how that ended.",
    Known.ABSENT: "The mail server's log covers that time and does not name the mail; that is a hint and no proof.",
}


def explain(session: Session, issue_id: int, email: str) -> Story:
    """The story of the reader with this address. Raises NotFound where the issue was never started, InvalidAddress for no address."""
    launch = launches.of(session, issue_id)
    subscriber_id = session.scalar(select(Subscriber.id).where(Subscriber.email == address.normalise(email)))
    if subscriber_id is None:
        return Story(issue_id, None, None, None, (Line(None, "Nobody with this address is known here."),))
    delivery = session.get(Delivery, (issue_id, subscriber_id))
    if delivery is None:
        outside = Line(launch.started_at, "The reader was not in the audience when the issue was started.")
        return Story(issue_id, subscriber_id, None, None, (outside,))
    frozen = Line(launch.started_at, "In the audience when the issue was started, in batch {batch}.", {"batch": delivery.batch_no})
    events = sorted([*_tries(session, delivery), *_doubts(session, delivery)], key=lambda line: line.at or launch.started_at)
    version = session.scalar(select(CompiledIssue.version).where(CompiledIssue.id == delivery.compiled_id))
    return Story(
        issue_id,
        subscriber_id,
        delivery.state,
        delivery.reason,
        (frozen, *events, *_end(delivery, version)),
        _next(session, delivery),
        version,
        delivery.tries,
        delivery.maybe_duplicate,
    )


def _tries(session: Session, delivery: Delivery) -> Iterator[Line]:
    rows = session.scalars(
        select(Attempt)
        .where(Attempt.issue_id == delivery.issue_id, Attempt.subscriber_id == delivery.subscriber_id)
        .order_by(Attempt.at, Attempt.id)
    )
    for row in rows:
        answer = " ".join(str(part) for part in (row.code, row.text) if part)
        yield Line(row.at, OUTCOMES[row.outcome], {"answer": Message(answer) if answer else Message(REASONS.get(row.reason, row.reason))})


def _doubts(session: Session, delivery: Delivery) -> Iterator[Line]:
    names = dict(session.execute(select(User.id, User.name)).all())
    for doubt in doubts.of_reader(session, delivery.issue_id, delivery.subscriber_id):
        person = names.get(doubt.user_id or 0, Message("Somebody at the terminal"))
        if doubt.settled_at is None and doubt.known in KNOWN:
            yield Line(doubt.since, KNOWN[doubt.known])
        if doubt.left_at is not None:
            by_deadline = "Nobody had decided in time, so it was left as it is."
            yield Line(doubt.left_at, by_deadline if doubt.user_id is None else "{person} left it as it is.", {"person": person})
        if doubt.settled_at is not None and doubt.proof is not None and doubt.outcome is not None:
            yield from _settled(doubt, person)


def _settled(doubt: Doubt, person: str) -> Iterator[Line]:
    assert doubt.proof is not None
    assert doubt.outcome is not None
    words = DECIDED if doubt.proof is Proof.OPERATOR else SETTLED
    yield Line(doubt.settled_at, PROOFS[doubt.proof], {"outcome": words[doubt.outcome], "person": person})
    if doubt.words:
        yield Line(doubt.settled_at, "Its words: {words}", {"words": Message(doubt.words)})


def _end(delivery: Delivery, version: int | None) -> Iterator[Line]:
    if delivery.state is DeliveryState.ACCEPTED:
        message = "Taken by the mail server: version {version}." if version else "Taken by the mail server."
        yield Line(delivery.changed_at, message, {"version": version})
    elif delivery.state is DeliveryState.REFUSED:
        reason = Message(REASONS.get(delivery.reason or "", delivery.reason or ""))
        yield Line(delivery.changed_at, "Refused for good: {reason}.", {"reason": reason})
    elif delivery.state is DeliveryState.SKIPPED:
        yield Line(delivery.changed_at, SKIPPED[SkipReason(delivery.reason or SkipReason.CANCELLED)])


def _next(session: Session, delivery: Delivery) -> Line:
    issue = session.get_one(Issue, delivery.issue_id)
    match delivery.state:
        case DeliveryState.ACCEPTED:
            return Line(None, "It is never sent again.")
        case DeliveryState.REFUSED:
            return Line(None, "It is not tried again.")
        case DeliveryState.SKIPPED:
            return Line(None, "Nothing more happens with this issue.")
        case DeliveryState.UNCERTAIN:
            return _next_in_doubt(session, delivery, issue)
        case _ if issue.state is not IssueState.SENDING:
            return Line(None, "It waits until somebody lets the issue go on.")
        case DeliveryState.DEFERRED:
            return _next_try(session, delivery)
        case _:
            return Line(None, "It goes out when its turn comes.")


def _next_try(session: Session, delivery: Delivery) -> Line:
    retry = session.get(Retry, (delivery.issue_id, delivery.subscriber_id))
    if retry is None or retry.next_at is None:
        reason = Message(REASONS.get(delivery.reason or "", delivery.reason or ""))
        return Line(None, "It waits for us: what was turned away is our own fault ({reason}).", {"reason": reason})
    return Line(retry.next_at, "It is tried again at {time}.", {"time": _time(retry.next_at)})


def _next_in_doubt(session: Session, delivery: Delivery, issue: Issue) -> Line:
    """What the policy does at the doubt's own deadline; the same rules as settling_policy.py applies."""
    doubt = next((one for one in doubts.of_reader(session, delivery.issue_id, delivery.subscriber_id) if one.settled_at is None), None)
    if doubt is None or doubt.left_at is not None:
        return Line(None, "It is not sent again. Evidence that turns up still settles it.")
    newsletter = session.get_one(Newsletter, issue.newsletter_id)
    if newsletter.uncertain_policy is UncertainPolicy.RESEND and not delivery.maybe_duplicate:
        at = settling_policy.resend_at(newsletter, doubt.since)
        return Line(at, "Without evidence it is sent again at {time}, marked as maybe a second copy.", {"time": _time(at)})
    at = settling_policy.leave_at(newsletter, doubt.since)
    return Line(at, "Somebody may decide until {time}; then it is left as it is, and not sent again.", {"time": _time(at)})


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
