"""Newsletters and their series: made and changed. Compiled issues keep what they were compiled with until they are booked anew."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.errors import Conflict, Invalid, NotFound
from service.newsletters import identity as identities
from service.newsletters.identity import Identity
from service.newsletters.models import Newsletter, Series

LABEL_KINDS = ("summary", "why", "more", "insight", "digest", "contents", "question", "answer")  # see issues/labels.py
MOST_WORDS, LONGEST_WORD = 12, 60


def create(session: Session, *, slug: str, identity: Identity, by: int | None) -> Newsletter:
    """A new newsletter under `slug`, the word in its public addresses. Raises Invalid, Conflict."""
    if not identities.SLUG.fullmatch(slug):
        raise Invalid("The short name has small letters, digits and hyphens only.", remedy="Write it like weekly-letter.")
    if session.scalar(select(Newsletter.id).where(Newsletter.slug == slug)) is not None:
        raise Conflict("There is a newsletter with this short name already.", remedy="Choose another one.")
    _refuse_faults(identity)
    newsletter = Newsletter(slug=slug, created_at=clock.now(), **asdict(identity))
    session.add(newsletter)
    session.flush()
    audit.record(session, "newsletter.created", user_id=by, noun_id=newsletter.id, slug=slug)
    return newsletter


def change(session: Session, newsletter_id: int, identity: Identity, *, by: int | None) -> list[str]:
    """Keep these settings; returns the names of those that changed. Raises Invalid with the first fault, NotFound."""
    _refuse_faults(identity)
    newsletter = get(session, newsletter_id)
    changed = [name for name, value in asdict(identity).items() if getattr(newsletter, name) != value]
    for name in changed:
        setattr(newsletter, name, getattr(identity, name))
    if changed:
        session.flush()
        audit.record(session, "newsletter.changed", user_id=by, noun_id=newsletter_id, settings=changed)
    return changed


def set_logo(session: Session, newsletter_id: int, asset_id: int | None, *, by: int | None) -> None:
    """Show this picture at the head of every issue, or none."""
    get(session, newsletter_id).logo_asset_id = asset_id
    audit.record(session, "newsletter.changed", user_id=by, noun_id=newsletter_id, settings=["logo"])


def add_series(session: Session, newsletter_id: int, *, name: str, weekday: int | None, by: int | None) -> Series:
    """A new weekly strand. Raises Invalid, Conflict."""
    get(session, newsletter_id)
    series = Series(
        newsletter_id=newsletter_id, name=_series_name(session, newsletter_id, name, None), weekday=_weekday(weekday), labels={}
    )
    session.add(series)
    session.flush()
    audit.record(session, "series.created", user_id=by, noun_id=series.id)
    return series


def change_series(
    session: Session, newsletter_id: int, series_id: int, *, name: str, weekday: int | None, labels: Mapping[str, list[str]], by: int | None
) -> None:
    """Name, default weekday and label words of a series; a kind of label without words keeps the general ones. Raises Invalid, NotFound."""
    series = get_series(session, newsletter_id, series_id)
    series.name = _series_name(session, series.newsletter_id, name, series.id)
    series.weekday, series.labels = _weekday(weekday), _labels(labels)
    audit.record(session, "series.changed", user_id=by, noun_id=series_id)


def get(session: Session, newsletter_id: int) -> Newsletter:
    """Raises NotFound."""
    newsletter = session.get(Newsletter, newsletter_id)
    if newsletter is None:
        raise NotFound("There is no such newsletter.", remedy="Choose one from the list.")
    return newsletter


def get_series(session: Session, newsletter_id: int, series_id: int) -> Series:
    """A series of this newsletter and of no other. Raises NotFound."""
    series = session.get(Series, series_id)
    if series is None or series.newsletter_id != newsletter_id:
        raise NotFound("There is no such series.", remedy="Choose one from the newsletter's settings.")
    return series


def _refuse_faults(identity: Identity) -> None:
    for name, fault in identities.faults(identity).items():
        raise Invalid(fault.message, remedy="Mend the setting {setting}.", setting=name, **fault.values)


def _series_name(session: Session, newsletter_id: int, name: str, own_id: int | None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 120 or not name.isprintable():
        raise Invalid("A series needs a name of at most 120 characters.", remedy="Write the name readers know.")
    other = session.scalar(select(Series.id).where(Series.newsletter_id == newsletter_id, Series.name == name))
    if other is not None and other != own_id:
        raise Conflict("There is a series of this name already.", remedy="Choose another name.")
    return name


def _weekday(weekday: int | None) -> int | None:
    if weekday is not None and not 1 <= weekday <= 7:
        raise Invalid("There is no such weekday.", remedy="Choose a day from Monday to Sunday.")
    return weekday


def _labels(labels: Mapping[str, list[str]]) -> dict[str, list[str]]:
    cleaned = {kind: [" ".join(word.split()) for word in words if word.strip()] for kind, words in labels.items() if kind in LABEL_KINDS}
    if any(len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words) for words in cleaned.values()):
        raise Invalid("A label is a word or two, and a dozen of them is plenty.", remedy="Shorten the list of words.")
    return {kind: words for kind, words in cleaned.items() if words}
