"""Readers whose consent is already on record (imports, samples), taken in by the hundred. It never brings back who has left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import insert
from service.core.signing import Signer
from service.subscribers import address, suppression
from service.subscribers.models import ConsentAction, ConsentEvent, Purpose, Standing, Subscriber, Subscription
from service.subscribers.states import Act, after

MOST = 1000  # arrivals in one call: below the 32,766 variables of a statement on SQLite


class Fate(StrEnum):
    """What became of one arrival."""

    ADDED = "added"
    ALREADY = "already"  # reads or paused already; nothing changed
    UNSUBSCRIBED = "unsubscribed"  # has left; stays away
    SUPPRESSED = "suppressed"  # must not be mailed
    REPEATED = "repeated"  # stands earlier in the same call


@dataclass(frozen=True)
class Arrival:
    """One reader to take in, with a normalised address."""

    email: str
    name: str
    language: str
    consented_at: datetime
    wants_advertising: bool = False
    may_track_opens: bool = False

    @classmethod
    def of(cls, email: str, *, name: str = "", **values: object) -> "Arrival":
        """An arrival from what somebody wrote. Raises InvalidAddress, InvalidName."""
        return cls(email=address.normalise(email), name=address.clean_name(name), **values)  # type: ignore[arg-type]

    @property
    def purposes(self) -> list[Purpose]:
        granted = [Purpose.NEWSLETTER]
        granted += [Purpose.ADVERTISING] if self.wants_advertising else []
        granted += [Purpose.OPEN_TRACKING] if self.may_track_opens else []
        return granted


@dataclass(frozen=True)
class Result:
    """What became of an arrival, in the order they were given."""

    fate: Fate
    subscriber_id: int | None = None

    @property
    def is_in(self) -> bool:
        return self.fate in (Fate.ADDED, Fate.ALREADY)


def admit(session: Session, signer: Signer, newsletter_id: int, arrivals: Sequence[Arrival], *, source: str) -> list[Result]:
    """Take in at most MOST arrivals in six statements. A second call with the same ones changes nothing."""
    hashes = [address.fingerprint(signer, arrival.email) for arrival in arrivals]
    suppressed = suppression.among(session, hashes)
    first: dict[str, Arrival] = {}
    for hash_, arrival in zip(hashes, arrivals, strict=True):
        if hash_ not in suppressed:
            first.setdefault(hash_, arrival)
    ids = _subscriber_ids(session, first)
    standings = _standings(session, newsletter_id, list(ids.values()))
    fates = {hash_: _fate(standings.get(ids[hash_])) for hash_ in first}
    added = {ids[hash_]: arrival for hash_, arrival in first.items() if fates[hash_] is Fate.ADDED}
    _subscribe(session, newsletter_id, added, source)
    _log(session, newsletter_id, added, source)
    results, seen = [], set()
    for hash_ in hashes:
        result = Result(fates[hash_], ids[hash_]) if hash_ in first else Result(Fate.SUPPRESSED)
        results.append(replace(result, fate=Fate.REPEATED) if hash_ in seen else result)
        seen.add(hash_)
    return results


def _fate(standing: Standing | None) -> Fate:
    if standing is None:
        return Fate.ADDED
    state = after(standing, Act.ADMIT)
    if state is None:
        return Fate.UNSUBSCRIBED
    return Fate.ALREADY if state is standing else Fate.ADDED


def _subscriber_ids(session: Session, arrivals: dict[str, Arrival]) -> dict[str, int]:
    if not arrivals:
        return {}
    now = clock.now()
    rows = [
        {
            "email": arrival.email,
            "address_hash": hash_,
            "name": arrival.name,
            "language": arrival.language,
            "provider": address.provider_of(address.domain_of(arrival.email)).value,
            "created_at": now,
        }
        for hash_, arrival in sorted(arrivals.items())  # one order for all writers, so that two imports cannot block each other
    ]
    _write(session, insert(session, Subscriber).on_conflict_do_nothing(), rows)
    # locked, in the same order, so that of two imports of one reader the second sees what the first has written
    query = select(Subscriber.address_hash, Subscriber.id).where(Subscriber.address_hash.in_(arrivals)).order_by(Subscriber.address_hash)
    found = session.execute(query.with_for_update(key_share=True))
    return {row.address_hash: row.id for row in found}


def _standings(session: Session, newsletter_id: int, subscriber_ids: list[int]) -> dict[int, Standing]:
    if not subscriber_ids:
        return {}
    rows = session.execute(
        select(Subscription.subscriber_id, Subscription.state)
        .where(Subscription.newsletter_id == newsletter_id, Subscription.subscriber_id.in_(subscriber_ids))
        .with_for_update()
    )
    return {row.subscriber_id: row.state for row in rows}


def _subscribe(session: Session, newsletter_id: int, added: dict[int, Arrival], source: str) -> None:
    now = clock.now()
    rows = [
        {
            "newsletter_id": newsletter_id,
            "subscriber_id": subscriber_id,
            "state": Standing.ACTIVE,
            "wants_advertising": arrival.wants_advertising,
            "may_track_opens": arrival.may_track_opens,
            "source": source[:120],
            "created_at": now,
            "changed_at": now,
            "confirmed_at": arrival.consented_at,
        }
        for subscriber_id, arrival in added.items()
    ]
    if rows:
        statement = insert(session, Subscription)
        changed = ("state", "wants_advertising", "may_track_opens", "source", "changed_at", "confirmed_at")
        _write(
            session,
            statement.on_conflict_do_update(
                index_elements=["newsletter_id", "subscriber_id"],
                set_={column: statement.excluded[column] for column in changed},
                where=Subscription.state == Standing.PENDING,  # someone may have signed up meanwhile
            ),
            rows,
        )


def _log(session: Session, newsletter_id: int, added: dict[int, Arrival], source: str) -> None:
    events = [
        {
            "newsletter_id": newsletter_id,
            "subscriber_id": subscriber_id,
            "purpose": purpose,
            "action": ConsentAction.GRANTED,
            "at": arrival.consented_at,
            "source": source[:120],
            "language": arrival.language,
            "text": "",
            "text_hash": "",
            "ip_hash": "",
            "user_agent": "",
        }
        for subscriber_id, arrival in added.items()
        for purpose in arrival.purposes
    ]
    if events:
        _write(session, insert(session, ConsentEvent), events)


def _write(session: Session, statement: Any, rows: list[dict[str, Any]]) -> None:
    """One prepared statement for many rows; as one VALUES list, composing the statement would cost more than running it (4 times)."""
    session.flush()
    session.connection().execute(statement, rows)
    session.expire_all()  # the rows went past the objects that the session holds
