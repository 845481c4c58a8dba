"""The numbers of an issue's links. A number, once given, keeps its address for good: letters that carry it are already out."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core.database import among, insert
from service.tracking import chains
from service.tracking.models import Link
from service.tracking.paths import CLICK_PATH, PIXEL_PATH, PIXEL_SUFFIX, VIEW_PATH, Destination, LinkUse, click_url, pixel_url, view_url

__all__ = [
    "CLICK_PATH",
    "PIXEL_PATH",
    "PIXEL_SUFFIX",
    "VIEW_PATH",
    "LinkUse",
    "click_url",
    "destinations",
    "number",
    "pixel_url",
    "replacements",
    "table",
    "tables",
    "view_url",
    "written",
]


def number(session: Session, issue_id: int, uses: Sequence[LinkUse]) -> list[int]:
    """The number of each link, in the order given; the same address in the same block keeps its number across versions.

    Numbers count from 1 within the issue. The caller holds the issue's row, so that two compilations do not take the same number.
    """
    known = {(link.url, link.block): link.number for link in _stored(session, issue_id)}
    highest = session.scalar(select(func.max(Link.number)).where(Link.issue_id == issue_id)) or 0
    fresh = []
    for use in uses:
        if (use.url, use.block) not in known:
            highest += 1
            known[use.url, use.block] = highest
            fresh.append({"issue_id": issue_id, "number": highest, "url": use.url, "text": use.text, "block": use.block})
    if fresh:
        session.execute(insert(session, Link), fresh)
    return [known[use.url, use.block] for use in uses]


def destinations(session: Session, issue_id: int) -> dict[int, str]:
    """Where each number of an issue leads today."""
    return {number: found.url for number, found in table(session, issue_id).items()}


def written(session: Session, issue_id: int) -> dict[int, str]:
    """Where each number led when its letter was written, whatever was repaired since."""
    return {link.number: link.url for link in _stored(session, issue_id)}


def replacements(session: Session, issue_id: int) -> dict[int, int | None]:
    """The repaired links, each with the number that took its place."""
    return {link.number: link.replaced_by for link in _stored(session, issue_id) if link.replaced_by is not None}


def table(session: Session, issue_id: int) -> dict[int, Destination]:
    """Number -> destination of one issue."""
    return tables(session, {issue_id})[issue_id]


def tables(session: Session, issue_ids: Collection[int]) -> dict[int, dict[int, Destination]]:
    """Number -> destination for each of these issues; index: the primary key of links."""
    found: dict[int, dict[int, Destination]] = {issue_id: {} for issue_id in issue_ids}
    rows = session.execute(select(Link.issue_id, Link.number, Link.url, Link.replaced_by).where(among(session, Link.issue_id, issue_ids)))
    urls: dict[int, dict[int, str]] = {issue_id: {} for issue_id in issue_ids}
    replaced: dict[int, dict[int, int | None]] = {issue_id: {} for issue_id in issue_ids}
    for issue_id, number_, url, replaced_by in rows:
        urls[issue_id][number_], replaced[issue_id][number_] = url, replaced_by
    for issue_id, its in urls.items():
        ends = {number_: chains.end(number_, replaced[issue_id]) for number_ in its}
        found[issue_id] = {number_: Destination(last, its[last]) for number_, last in ends.items()}
    return found


def _stored(session: Session, issue_id: int) -> Sequence[Link]:
    return session.scalars(select(Link).where(Link.issue_id == issue_id).order_by(Link.number)).all()
