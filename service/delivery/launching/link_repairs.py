"""A link of letters that are out leads elsewhere from now on, and can be led back. Clicks so far stay with the address they went to.

Nothing that was sent changes: a link bears a number, and the number gets another one to lead to. Edges learn it within ten seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import audit, clock, jobs
from service.core.errors import Conflict, Invalid, NotFound
from service.delivery.models import Launch
from service.issues import links as addresses
from service.issues.models import Issue
from service.rendering import compile as compiling
from service.rendering.models import CompiledIssue
from service.tracking import chains, paths
from service.tracking.models import Link, LinkRepair

JOB = "publish_links"
LONGEST = 2000  # characters; browsers and mail programs follow no longer ones safely


@dataclass(frozen=True)
class Plan:
    """A repair that is possible: the link as it is, and where it would lead."""

    link: Link
    url: str


def is_out(session: Session, issue_id: int) -> bool:
    """Whether letters of this issue are on their way; before that its text can be changed. Raises NotFound for an unknown issue."""
    _must_exist(session, issue_id)
    return session.get(Launch, issue_id) is not None


def repairable(session: Session, issue_id: int) -> list[Link]:
    """The links as readers meet them today, in the order of their numbers: without those that were replaced.

    What only a repair that was led back had made is in no letter, and left out, too. Raises NotFound for an unknown issue.
    """
    _must_exist(session, issue_id)
    every = _links(session, issue_id)
    led_to = {each.replaced_by for each in every}
    left = {repair.to_number for repair in history(session, issue_id) if repair.undone_at} - led_to
    left -= _standing(session, issue_id) if left else set()
    return [each for each in every if each.replaced_by is None and each.number not in left]


def history(session: Session, issue_id: int) -> list[LinkRepair]:
    """Every repair of the issue, the newest first."""
    return list(session.scalars(select(LinkRepair).where(LinkRepair.issue_id == issue_id).order_by(LinkRepair.id.desc())))


def last(session: Session, issue_id: int, number: int) -> LinkRepair:
    """The newest repair of this link that still decides where it leads; `number` before or after it. Raises NotFound."""
    for row in history(session, issue_id):
        if number in (row.from_number, row.to_number) and may_undo(session, row):
            return row
    raise NotFound("Link {number} was not repaired, or was repaired again since.", number=number)


def may_undo(session: Session, repair: LinkRepair) -> bool:
    """Whether it still decides where its link leads: neither led back nor repaired again."""
    link, target = (session.get(Link, (repair.issue_id, number)) for number in (repair.from_number, repair.to_number))
    if repair.undone_at is not None or link is None or target is None:
        return False
    return link.replaced_by == target.number and target.replaced_by is None


def link(session: Session, issue_id: int, number: int) -> Link:
    """A link of letters that are out, as it is today. Raises NotFound, Conflict."""
    found = session.get(Link, (issue_id, number))
    if found is None:
        raise NotFound("This issue has no link {number}.", number=number)
    if not is_out(session, issue_id):
        raise Conflict("No letter of this issue is out yet.", remedy="Change its text instead.")
    if found.replaced_by is not None:
        raise Conflict("This link has been repaired meanwhile.", remedy="Look at where it leads now, and repair that.")
    return found


def plan(session: Session, issue_id: int, number: int, url: str, *, edge_url: str) -> Plan:
    """Check a repair without making it. Raises what `link` raises, and Invalid."""
    found = link(session, issue_id, number)
    address = addresses.completed(url)
    parts = urlsplit(address) if addresses.is_address(address) else None
    if parts is None or parts.scheme not in ("http", "https") or len(address) > LONGEST:
        raise Invalid("This is no web address.", remedy="Give a whole one, such as https://example.com/article.")
    if parts.username is not None:
        raise Invalid("The address holds a name or a password.", remedy="Leave out what stands before the @.")
    if _is_counted(address, edge_url):
        raise Invalid("This is a counted link of a letter, not an address.", remedy="Give the address of the page itself.")
    if address == found.url:
        raise Invalid("The link leads there already.", remedy="Give another address.")
    return Plan(found, address)


def repair(session: Session, issue_id: int, number: int, url: str, *, edge_url: str, user_id: int | None) -> LinkRepair:
    """Lead the link to `url` from now on. Raises what `plan` raises."""
    session.get(Issue, issue_id, with_for_update=True)  # two repairs, or a compilation, do not take the same number
    found = plan(session, issue_id, number, url, edge_url=edge_url)
    target = _target(session, found)
    led_to, target.replaced_by, found.link.replaced_by = target.replaced_by, None, target.number
    row = LinkRepair(
        issue_id=issue_id,
        at=clock.now(),
        user_id=user_id,
        from_number=number,
        to_number=target.number,
        to_led_to=led_to,
        from_url=found.link.url,
        to_url=target.url,
    )
    session.add(row)
    session.flush()
    audit.record(session, "link.repaired", user_id=user_id, noun_id=issue_id, number=number, before=row.from_url, after=row.to_url)
    jobs.ask(session, JOB, issue_id=issue_id)
    return row


def undo(session: Session, repair_id: int, *, user_id: int | None) -> LinkRepair:
    """Lead the link back to where it led before; clicks since the repair stay with the repaired address. Raises NotFound, Conflict."""
    row = session.get(LinkRepair, repair_id)
    if row is None:
        raise NotFound("There is no such repair.")
    session.get(Issue, row.issue_id, with_for_update=True)
    if not may_undo(session, row):
        raise Conflict("This repair no longer decides where the link leads.", remedy="Repair the link as it is now.")
    session.get_one(Link, (row.issue_id, row.from_number)).replaced_by = None
    session.get_one(Link, (row.issue_id, row.to_number)).replaced_by = row.to_led_to
    row.undone_at, row.undone_by = clock.now(), user_id
    session.flush()
    details = {"number": row.from_number, "before": row.to_url, "after": row.from_url}
    audit.record(session, "link.led_back", user_id=user_id, noun_id=row.issue_id, **details)
    jobs.ask(session, JOB, issue_id=row.issue_id)
    return row


def _target(session: Session, found: Plan) -> Link:
    """The link of this address in the same block, if it is free to be led to; else a new one with the next number."""
    link = found.link
    every = _links(session, link.issue_id)
    for other in every:
        if (other.url, other.block) == (found.url, link.block) and _leads_here(other, link, every):
            return other
    fresh = Link(issue_id=link.issue_id, number=every[-1].number + 1, url=found.url, text=link.text, block=link.block)
    session.add(fresh)
    session.flush()
    return fresh


def _leads_here(other: Link, link: Link, every: Sequence[Link]) -> bool:
    """Whether the other leads to itself, or to this link: then it can be what this link leads to, and nothing else changes."""
    return other.replaced_by is None or chains.end(other.number, {each.number: each.replaced_by for each in every}) == link.number


def _must_exist(session: Session, issue_id: int) -> None:
    if session.get(Issue, issue_id) is None:
        raise NotFound("There is no issue {number}.", number=issue_id)


def _links(session: Session, issue_id: int) -> Sequence[Link]:
    return session.scalars(select(Link).where(Link.issue_id == issue_id).order_by(Link.number)).all()


def _standing(session: Session, issue_id: int) -> set[int]:
    """The numbers that stand in any version of the letter."""
    versions = session.scalars(select(CompiledIssue).where(CompiledIssue.issue_id == issue_id)).all()
    return {number for version in versions for number in compiling.linked(version)}


def _is_counted(address: str, edge_url: str) -> bool:
    """Whether it is a link of some reader's letter: it would count for that reader, and might lead in a circle."""
    found, edge = urlsplit(address), urlsplit(edge_url)
    return found.netloc.lower() == edge.netloc.lower() and found.path.startswith(paths.CLICK_PATH)
