"""An edition rendered once: to HTML, its text twin and the list of its links. What was compiled is what is sent, byte for byte."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.problems import Problem, is_blocking
from service.issues.document import Document
from service.issues.models import Issue
from service.rendering import defusing, fields, lines, measure, mjml, plaintext, subjects
from service.rendering.addresses import Addresses
from service.rendering.images import ImageUrl
from service.rendering.inline import inline
from service.rendering.letterhead import Letterhead
from service.rendering.models import CompiledIssue
from service.rendering.view import View
from service.tracking import links
from service.tracking.paths import LinkUse


@dataclass(frozen=True)
class Rendered:
    """A letter for everyone: `html` and `text` hold field tokens, and link tokens whose number indexes `links`."""

    language: str
    subject: str
    preheader: str
    html: str
    text: str
    links: tuple[LinkUse, ...]
    problems: tuple[Problem, ...]


def render(
    document: Document, letterhead: Letterhead, *, environment: Environment, is_advertising: bool = False, image_url: ImageUrl
) -> Rendered:
    """Render an edition. Pure and heavy (about 100 ms): call it outside any transaction.

    `image_url` knows the file behind each picture's reference. The same arguments give the same bytes.
    """
    safe, head = defusing.defused(document), defusing.defused(letterhead)
    addresses = Addresses(head.edge_url)
    subject = subjects.subject_of(safe, is_advertising=is_advertising)
    view = View(safe, head, addresses, image_url)
    context = view.context(subject=subject, is_advertising=is_advertising)
    source = environment.get_template("issue.mjml").render(context)
    html = _folded(addresses.in_html(inline(mjml.compile_mjml(source))))
    text = addresses.in_text(plaintext.tidy(environment.get_template("issue.txt").render(context)))
    html, text = defusing.restored_html(html), defusing.restored_text(text)
    problems = [*letterhead.problems(), *subjects.problems_of(document, is_advertising=is_advertising), *addresses.problems, *view.problems]
    problems += measure.problems_of(html, text)
    subject, preheader = defusing.restored_text(subject), defusing.restored_text(view.preheader)
    return Rendered(letterhead.language, subject, preheader, html, text, tuple(addresses.links), tuple(problems))


def store(session: Session, issue_id: int, revision_id: int, rendered: Rendered, *, found: Sequence[Problem] = ()) -> CompiledIssue:
    """Keep a rendered edition as the issue's next version, its links numbered; the same content again is the existing row.

    `found` are problems of other checks (editorial ones); one blocking problem of either kind makes the version not ready.
    """
    _hold_issue(session, issue_id)
    problems = [*found, *(problem for problem in rendered.problems if problem not in found)]
    numbers = links.number(session, issue_id, rendered.links)
    compiled = CompiledIssue(
        issue_id=issue_id,
        revision_id=revision_id,
        language=rendered.language,
        subject=rendered.subject,
        html=numbered(rendered.html, numbers.__getitem__),
        text=numbered(rendered.text, numbers.__getitem__),
        problems=[problem.as_json() for problem in problems],
        is_ready=not is_blocking(problems),
        compiled_at=clock.now(),
    )
    compiled.sha256 = fingerprint(compiled, dict(zip(numbers, (use.url for use in rendered.links), strict=True)))
    return _existing(session, compiled) or _added(session, compiled)


def fingerprint(compiled: CompiledIssue, destinations: Mapping[int, str]) -> str:
    """SHA-256 over subject, HTML, text and where each link of them leads: what is approved and sent."""
    used = sorted(linked(compiled))
    content = [compiled.subject, compiled.html, compiled.text, [(number, destinations.get(number)) for number in used]]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def is_unchanged(session: Session, compiled: CompiledIssue) -> bool:
    """Whether the stored bytes and the addresses of their links still are those that were approved."""
    return fingerprint(compiled, links.written(session, compiled.issue_id)) == compiled.sha256


def linked(compiled: CompiledIssue) -> set[int]:
    """The numbers of the links in a version."""
    return {int(found) for source in (compiled.html, compiled.text) for found in fields.NUMBERED.findall(source)}


def numbered(source: str, number_of: Callable[[int], int]) -> str:
    """HTML or text with the number of each tracked link in place of its token."""
    return fields.LINK.sub(lambda token: str(number_of(int(token[1]))), source)


def _hold_issue(session: Session, issue_id: int) -> None:
    """Take the issue's row for this transaction: versions and link numbers are given one compilation at a time."""
    session.execute(select(Issue.id).where(Issue.id == issue_id).with_for_update())


def _folded(html: str) -> str:
    """Lines short enough for 8bit mail, with their fields at their longest (A20)."""
    return lines.folded(html.replace("\n", "\r\n"), lambda part: len(measure.worst_case(part).encode())).replace("\r\n", "\n")


def _existing(session: Session, compiled: CompiledIssue) -> CompiledIssue | None:
    """The newest version with the same content, if the same is said about it."""
    versions = session.scalars(
        select(CompiledIssue)
        .where(
            CompiledIssue.issue_id == compiled.issue_id,
            CompiledIssue.revision_id == compiled.revision_id,
            CompiledIssue.sha256 == compiled.sha256,
        )
        .order_by(CompiledIssue.version.desc())
    )
    newest = versions.first()
    return newest if newest is not None and newest.problems == compiled.problems else None


def _added(session: Session, compiled: CompiledIssue) -> CompiledIssue:
    highest = session.scalar(select(func.max(CompiledIssue.version)).where(CompiledIssue.issue_id == compiled.issue_id))
    compiled.version = (highest or 0) + 1
    session.add(compiled)
    session.flush()
    return compiled
