"""Reads about newsletters and their series."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.newsletters.models import Newsletter, Series


def listing(session: Session) -> list[Newsletter]:
    """Every newsletter, oldest first."""
    return list(session.scalars(select(Newsletter).order_by(Newsletter.id)))


def first(session: Session) -> Newsletter | None:
    """The oldest newsletter: the one pages show where none was chosen."""
    return session.scalar(select(Newsletter).order_by(Newsletter.id).limit(1))


def by_slug(session: Session, slug: str) -> Newsletter | None:
    """The newsletter of a public address."""
    return session.scalar(select(Newsletter).where(Newsletter.slug == slug))


def series_of(session: Session, newsletter_id: int) -> list[Series]:
    """The series of a newsletter, by weekday, then name."""
    found = session.scalars(select(Series).where(Series.newsletter_id == newsletter_id))
    return sorted(found, key=lambda series: (series.weekday or 8, series.name))
