"""The one place that reads the time. Everything is UTC; local time lives only in the calendar and in templates."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
