"""When a sender that holds a batch looks silent: a rule over times of day, which therefore accuses nobody by itself (reconcile.py)."""

from datetime import datetime, timedelta

from service.core import drift
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.models import Batch

OTHER_HOST_LEASES = 3
"""So many leases a sender of another host has been silent for before it counts as one that cannot be asked."""
SKEW = timedelta(seconds=2 * drift.MOST_SECONDS)
"""Two hosts, each as far from the database's clock as a sender may be."""


def is_suspect(settings: Settings, batch: Batch, now: datetime) -> bool:
    """Whether the lease of a claimed batch has long run out, or ends so far ahead that a clock must have been set since."""
    if batch.lease_until is None:
        return True
    lease = timedelta(seconds=settings.lease_seconds)
    patience = timedelta(seconds=settings.heartbeat_seconds) if _is_here(settings, batch) else OTHER_HOST_LEASES * lease + SKEW
    return batch.lease_until + patience < now or batch.lease_until > now + lease + SKEW


def watch_seconds(settings: Settings, batch: Batch) -> float:
    """How long an unchanged lease proves silence: here, where the sender is ended first, longer than a beat; elsewhere a whole lease."""
    beat = 1.5 * settings.heartbeat_seconds
    return beat if _is_here(settings, batch) else settings.lease_seconds + beat


def _is_here(settings: Settings, batch: Batch) -> bool:
    return batch.host == evidence.host_name(settings)
