"""The workers' application without the journal's notes, to measure what evidence costs: `celery -A tests.benchmark.without_evidence`.

For measuring only: a sender without notes could not say after a crash who was being handed over.
"""

from service.delivery.evidence import Journal
from service.delivery.transports.protocol import Result
from workers.app import app


def _no_note(self: Journal, subscriber_id: int, result: Result | None = None) -> None:
    pass


Journal.handing_over = _no_note  # type: ignore[method-assign]
Journal.settled = _no_note  # type: ignore[method-assign, assignment]

__all__ = ["app"]
