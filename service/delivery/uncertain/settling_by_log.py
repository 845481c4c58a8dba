"""Uncertain deliveries are settled by the relay's log: read on by itself where the setting names one, or a file that somebody hands in.

It takes the database, because files are read between its transactions. A missing line settles nothing, unless an operator says that the
log is complete.
"""

import fcntl
import gzip
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import audit, clock, logs
from service.core.database import Database, among, changed
from service.core.errors import Invalid
from service.core.signing import Signer
from service.delivery.ledger import doubts
from service.delivery.models import Doubt, Known, Proof
from service.delivery.replies import Outcome
from service.delivery.states import DeliveryState
from service.delivery.uncertain import log_position, relay_log, settling
from service.delivery.uncertain.log_position import Place, Position
from service.delivery.uncertain.relay_log import Pair, Said, Trail
from service.delivery.uncertain.settling import Finding, Settlement

log = logs.get(__name__)

KEEP = timedelta(days=3)
"""So long evidence for a delivery is looked for; every relay has given up by then, or nearly."""
MOST_OCTETS = 256 * 1024 * 1024
"""Read in one round; the next one goes on."""
QUIET = timedelta(minutes=5)
"""So long after it became uncertain a mail that the log does not name is called absent: relays write at once."""
STATES = {Outcome.ACCEPTED: DeliveryState.ACCEPTED, Outcome.REFUSED: DeliveryState.REFUSED, Outcome.DEFERRED: DeliveryState.DEFERRED}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An open doubt the log may settle."""

    id: int
    pair: Pair
    handed_after: datetime
    since: datetime


@dataclass(frozen=True)
class Report:
    """What a file said: of `looked_for` open doubts it settled some, began but did not end, and did not name `absent`.

    `not_covered` of the absent ones lie outside the time that the file covers; `sent_again` by the operator's word that it is complete.
    """

    looked_for: int
    accepted: int = 0
    refused: int = 0
    not_taken: int = 0
    unfinished: int = 0
    absent: int = 0
    not_covered: int = 0
    sent_again: int = 0

    @property
    def settled(self) -> int:
        return self.accepted + self.refused + self.not_taken


class NoMailLog(Invalid):
    """The file is not what it was handed in as."""


def follow(database: Database, signer: Signer, path: Path, folder: Path) -> int:
    """Read on in the relay's log and settle what it settles; returns how many. Where nothing is in doubt, only its length is noted.

    New doubts make it begin again before their try. The position is stored after what was read is committed, so that a killed reader
    reads twice and changes nothing more. One reader per host; a second one does nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder / "relay_log.lock") as is_mine:
        return _follow(database, signer, path, folder / "relay_log.json") if is_mine else 0


def settle_file(
    database: Database, signer: Signer, issue_id: int, path: Path, *, is_complete: bool = False, user_id: int | None = None
) -> Report:
    """Look an issue's open doubts up in a whole log file, which may be gzipped. Raises NoMailLog.

    With `is_complete` the operator says that nothing is missing in it: what it covers and does not name is sent again, marked as maybe a
    duplicate all the same.
    """
    with database.reading() as session:
        wanted = {one.pair: one for one in _wanted(session, issue_id=issue_id)}
    trail = Trail(signer, {pair: one.handed_after for pair, one in wanted.items()}, clock.now())
    span = _read_whole(path, trail)
    said = trail.said()
    absent = [one for pair, one in wanted.items() if pair not in said]
    covered = [one.pair[1] for one in absent if span[0] <= one.handed_after and one.since <= span[1]]
    with database.writing() as session:
        counts = _settle(session, said)
        again = 0
        if is_complete and covered:
            repeat = Settlement(DeliveryState.DEFERRED, Proof.OPERATOR, user_id=user_id, is_repeat=True, words=ABSENT_WORDS)
            again = settling.settle(session, issue_id, repeat, doubts.pending_among(session, issue_id, covered))
        _know(session, [one.id for one in absent if one.pair[1] in covered], Known.ABSENT)
        audit.record(session, "delivery.log_read", user_id=user_id, noun_id=issue_id, settled=sum(counts.values()), sent_again=again)
    unfinished = sum(words.outcome is None for words in said.values())
    return Report(
        looked_for=len(wanted),
        accepted=counts[Outcome.ACCEPTED],
        refused=counts[Outcome.REFUSED],
        not_taken=counts[Outcome.DEFERRED],
        unfinished=unfinished,
        absent=len(absent),
        not_covered=len(absent) - len(covered),
        sent_again=again,
    )


ABSENT_WORDS = "The mail server's log does not name it, and an operator said that the log is complete."


def _follow(database: Database, signer: Signer, path: Path, stored: Path) -> int:
    position, now = Position.load(stored), clock.now()
    with database.reading() as session:
        wanted = _wanted(session, since=now - KEEP)
    try:
        if wanted:
            settled = _read_on(database, signer, path, position, wanted, now)
        else:
            here, settled = path.stat(), 0
            position = Position(Place(here.st_ino, here.st_size), position.marks)
    except OSError as failure:
        log.warning("the mail server's log cannot be read", file=str(path), reason=failure.strerror or type(failure).__name__)
        return 0
    position.mark(now)
    position.save(stored)
    return settled


def _read_on(database: Database, signer: Signer, path: Path, position: Position, wanted: list[Wanted], now: datetime) -> int:
    new = [one for one in wanted if one.id not in set(position.looked_for)]
    if new:
        position.place = position.before(min(one.handed_after for one in new))
        position.covered += [one.id for one in new] if position.place else []
    trail = Trail(signer, {one.pair: one.handed_after for one in wanted}, now)
    trail.remember(position.queue_ids)
    position.place, is_at_end = _read(path, position.place, trail)
    position.queue_ids = trail.queue_ids
    position.looked_for = [one.id for one in wanted]
    position.covered = sorted({*position.covered} & {*position.looked_for})
    # a relay that writes nothing at all says nothing by its silence
    is_alive = is_at_end and path.stat().st_mtime >= (now - QUIET).timestamp()
    said = trail.said()
    silent = [one.id for one in wanted if one.id in position.covered and one.pair not in said and one.since <= now - QUIET]
    with database.writing() as session:
        counts = _settle(session, said)
        _know(session, silent if is_alive else [], Known.ABSENT)
    return sum(counts.values())


def _read(path: Path, place: Place | None, trail: Trail) -> tuple[Place, bool]:
    """Feed what was written since; returns where that ended, and whether it is the end of the log."""
    left = MOST_OCTETS
    for file, begin in log_position.pieces(path, place):
        part = log_position.Lines(file, begin, left)
        trail.feed(part)
        place = Place(part.inode, part.offset)
        left -= part.offset - begin
        if left <= 0:
            return place, False
    assert place is not None  # there is at least the log itself
    return place, True


def whole_file(signer: Signer, path: Path, wanted: dict[Pair, datetime]) -> dict[Pair, Said]:
    """What a log says of these deliveries, each from its moment on. Raises NoMailLog."""
    trail = Trail(signer, wanted, clock.now())
    _read_whole(path, trail)
    return trail.said()


def _read_whole(path: Path, trail: Trail) -> tuple[datetime, datetime]:
    """Feed the whole file; returns when its first and last line were written."""
    opening = gzip.open if path.suffix == ".gz" else open
    first = last = b""
    with opening(path, "rb") as file:
        for line in file:
            first, last = first or line, line
            trail.feed([line])
    begin, end = (relay_log.instant(line.decode("utf-8", "replace"), trail.now) for line in (first, last))
    if begin is None or end is None:
        message = "{file} is no mail log: its lines do not begin with a time."
        raise NoMailLog(message, remedy="Name the log that Postfix writes.", file=path.name)
    return begin, end


def _settle(session: Session, said: dict[Pair, Said]) -> dict[Outcome, int]:
    counts = dict.fromkeys(STATES, 0)
    for outcome, state in STATES.items():
        these = [(pair, words) for pair, words in said.items() if words.outcome is outcome]
        findings = [Finding(*pair, state, Proof.RELAY_LOG, words.reason, words.words) for pair, words in these]
        counts[outcome] = settling.by_evidence(session, findings)
    begun = [pair for pair, words in said.items() if words.outcome is None]
    for issue_id in {issue for issue, _ in begun}:
        theirs = among(session, Doubt.subscriber_id, [subscriber for issue, subscriber in begun if issue == issue_id])
        changed(session, update(Doubt).where(Doubt.issue_id == issue_id, theirs, doubts.is_open()).values(known=Known.SEEN))
    return counts


def _know(session: Session, ids: Iterable[int], known: Known) -> None:
    nothing = (among(session, Doubt.id, list(ids)), doubts.is_open(), Doubt.known == Known.NOTHING)
    changed(session, update(Doubt).where(*nothing).values(known=known))


def _wanted(session: Session, *, issue_id: int | None = None, since: datetime | None = None) -> list[Wanted]:
    these = [] if issue_id is None else [Doubt.issue_id == issue_id]
    young = [] if since is None else [Doubt.since >= since]
    rows = session.execute(
        select(Doubt.id, Doubt.issue_id, Doubt.subscriber_id, Doubt.handed_after, Doubt.since).where(doubts.is_open(), *these, *young)
    )
    return [Wanted(id_, (issue, subscriber), after, at) for id_, issue, subscriber, after, at in rows]


@contextmanager
def _only_one(path: Path) -> Iterator[bool]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
