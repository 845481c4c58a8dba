"""A delivery record that was kept, held against the ledger of today: is it ours and unaltered, does the ledger still say the same?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core.errors import Invalid
from service.core.signing import Signer
from service.delivery.models import Launch
from service.delivery.overview import certificate


class Verdict(StrEnum):
    SAME = "same"  # the ledger says today, row by row, what the record says
    SETTLED_SINCE = "settled-since"  # the same but for late evidence and decisions, each of which is on record
    EARLIER = "earlier"  # genuine, and made while the issue was still being sent: its rows have moved on since
    DIFFERENT = "different"  # genuine, and the ledger has been changed in a way that nothing on record explains
    ALTERED = "altered"  # not as this Pressrun wrote it


@dataclass(frozen=True)
class Check:
    """`settled_since`: deliveries that were uncertain in the record and were settled later; `differences` name what differs."""

    issue_id: int
    verdict: Verdict
    settled_since: int = 0
    differences: tuple[str, ...] = ()

    @property
    def is_proven(self) -> bool:
        """The record is genuine, and the ledger of today explains every line of it."""
        return self.verdict in (Verdict.SAME, Verdict.SETTLED_SINCE)


class NoRecord(Invalid):
    """The file is no delivery record."""


def check(session: Session, signer: Signer, record: Mapping[str, Any]) -> Check:
    """Compare a record (as JSON) with the ledger, by its seal and by the hash over every row. Raises NoRecord."""
    if record.get("format") != certificate.FORMAT or not isinstance(record.get("issue_id"), int):
        raise NoRecord("This is no delivery record.", remedy="Name a file that `pressrun deliveries record` or the dashboard has written.")
    issue_id = record["issue_id"]
    if not _is_genuine(signer, record) or session.get(Launch, issue_id) is None:
        return Check(issue_id, Verdict.ALTERED)
    moment = datetime.fromisoformat(record["issued_at"])
    since = session.scalar(select(func.count()).select_from(certificate.settled_since(issue_id, moment).subquery())) or 0
    if certificate.ledger_sha256(session, issue_id, moment if since else None) == record["ledger_sha256"]:
        return Check(issue_id, Verdict.SETTLED_SINCE if since else Verdict.SAME, since)
    now = certificate.of(session, issue_id).as_json()
    differing = tuple(name for name in ("recipients", "states", "contents", "maybe_duplicate") if _plain(now[name]) != _plain(record[name]))
    return Check(issue_id, Verdict.DIFFERENT if record["is_complete"] else Verdict.EARLIER, since, differing or ("readers",))


def _is_genuine(signer: Signer, record: Mapping[str, Any]) -> bool:
    key, _, mac = str(record.get("seal", "")).partition(":")
    if len(mac) != 2 * certificate.SEAL_BYTES or not key.isdecimal():
        return False
    try:
        return signer.is_valid(certificate.PURPOSE, certificate.canonical(record), bytes.fromhex(mac), key_id=int(key))
    except ValueError:
        return False


def _plain(value: Any) -> Any:
    """Tuples and lists are one thing in JSON."""
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
