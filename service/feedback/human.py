"""What counts as a person's doing: the one place that says so, for figures and for whatever else is built on them."""

from sqlalchemy import ColumnElement, Select, case, select

from service.feedback.models import Event, Label


def is_human() -> ColumnElement[bool]:
    """Whether an event was a person's, by its label of today."""
    return Event.label == Label.HUMAN


def events() -> Select[Event]:
    """Events of people; add what else is wanted."""
    return select(Event).where(is_human())


def reader() -> ColumnElement[int | None]:
    """The event's reader where it was a person's doing, else null: counted distinct it gives people."""
    return case((is_human(), Event.subscriber_id))
