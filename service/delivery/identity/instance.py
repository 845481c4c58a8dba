"""A database that was restored or copied never sends again by itself: each host compares it with its own note before every claim (E15).

The database counts every claim in the transaction that makes it; the host has that count on its disk before anything of the batch
leaves. A database that knows fewer claims than a host does has forgotten acceptances, whenever its backup was taken.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, event, literal_column, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from service.core import audit, clock, drift, ids, jobs, logs
from service.core.database import Database, insert
from service.core.errors import Conflict, Invalid
from service.core.settings import Settings
from service.delivery import evidence, questions
from service.delivery.identity import instance_file
from service.delivery.identity.instance_rules import DOUBTS, Circumstances, Found, Known, Verdict, judge
from service.delivery.models import Instance, SenderHost
from service.delivery.pacing import lanes
from service.issues import workflow
from service.issues.models import Issue, IssueState

log = logs.get(__name__)

JOB = "tell_desk_database"  # argument number: the count at which operators were asked
ONLY = 1  # the id of the one row
NAME_LENGTH = 120
SEEN_EVERY = timedelta(seconds=60)
ALIVE = timedelta(minutes=3)
AT_STAKE = (IssueState.SENDING, IssueState.PAUSED, IssueState.SCHEDULED, IssueState.NEEDS_DECISION)
CLUSTER = (
    "(SELECT system_identifier FROM pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
    " || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""System identifier, timeline and database: another server, a recovery to an earlier moment, a database that was made anew."""


class Doubtful(Conflict):
    """The database is not the one this host has been sending from; nothing was claimed."""


def may_send(database: Database, settings: Settings) -> bool:
    """Look whether this is the database this host sends from, before a drain or a launch; the first time, the host joins.

    Where it is not, every issue that might go out twice waits for a decision from here on, and True says that the rest may be sent:
    what is undecided cannot be claimed. False, and the dashboard says so, where the clocks disagree (E8) or the host's note cannot be
    kept (a full disk): then nothing may leave.
    """
    try:
        known = instance_file.read(settings.var_dir)
        with database.reading() as session:
            drift.refuse(session)
            is_well, is_noted = _is_well(session, known), lanes.is_noted(session, evidence.host_name(settings), lanes.OwnTrouble.CLOCK)
        if is_noted:
            _say(database, settings, None)
        if not is_well:
            with instance_file.alone(settings.var_dir):
                _examine(database, settings)
    except drift.ClocksDisagree as refusal:
        log.error("nothing is sent or started here", reason=str(refusal), remedy=refusal.remedy)
        _say(database, settings, str(refusal))
        return False
    except OSError as failure:
        log.error("this host cannot keep its note, so it sends nothing", folder=str(settings.var_dir), reason=failure.strerror)
        return False
    return True


def keep_up(database: Database, settings: Settings) -> None:
    """What an idle host does every few seconds: look, and remember how far the others have counted, so that it is never far behind."""
    if not may_send(database, settings):
        return
    with database.reading() as session:
        row, known = session.get_one(Instance, ONLY), instance_file.read(settings.var_dir)
    if known is not None and known.counter < row.counter:
        instance_file.count(settings.var_dir, row.instance_id, row.counter)


def count(session: Session, settings: Settings) -> None:
    """Count a claim (or a launch) in the caller's transaction, last; after its commit the count is on this host's disk.

    Raises Doubtful, so that nothing is claimed, where the database is not the one that `may_send` saw, and ClocksDisagree. One UPDATE
    of one row, held only until the commit.
    """
    drift.refuse(session)
    known = instance_file.read(settings.var_dir)
    if known is None:
        raise Doubtful("This host has no note of its database yet.")
    values = {"instance": known.instance_id, "known": known.counter, "now": clock.now()}
    row: Row[int, str] | None = session.execute(_COUNT_THERE if known.cluster else _COUNT, values).first()
    if row is None or row.cluster != known.cluster:
        raise Doubtful("The database is not the one that this host has been sending from.")
    counter: int = row.counter
    event.listen(session, "after_commit", lambda _: instance_file.count(settings.var_dir, known.instance_id, counter), once=True)


# written once, as the claim's own statements are
_COUNT_UP = (
    update(Instance)
    .where(Instance.id == ONLY, Instance.instance_id == bindparam("instance"), Instance.counter >= bindparam("known"))
    .values(counter=Instance.counter + 1, counted_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)
_COUNT: ReturningUpdate[int, str] = _COUNT_UP.returning(Instance.counter, literal_column("''").label("cluster"))
_COUNT_THERE: ReturningUpdate[int, str] = _COUNT_UP.returning(Instance.counter, literal_column(CLUSTER).label("cluster"))


def admit_host(session: Session, name: str, *, user_id: int | None = None) -> bool:
    """Let a host of this name join, once, whatever is being sent; False where one is already awaited. Raises Invalid."""
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise Invalid("A host's name has 1 to {most} characters.", most=NAME_LENGTH)
    if session.scalar(select(SenderHost.id).where(SenderHost.name == name, SenderHost.key.is_(None))) is not None:
        return False
    session.add(SenderHost(name=name, admitted_by=user_id, seen_at=clock.now()))
    audit.record(session, "host.admitted", user_id=user_id, name=name)
    return True


def hosts(session: Session) -> list[SenderHost]:
    """Those that send from this database, and those that are awaited; the latest seen first."""
    return list(session.scalars(select(SenderHost).order_by(SenderHost.seen_at.desc(), SenderHost.id)))


def last_doubt(session: Session) -> Instance | None:
    """The row of the database about itself, if operators were ever asked about it."""
    row = session.get(Instance, ONLY)
    return row if row is not None and row.doubt else None


def _say(database: Database, settings: Settings, trouble: str | None) -> None:
    """On the dashboard, that this host's clock is in the way, or that it is not any more."""
    host = evidence.host_name(settings)
    with database.writing() as session:
        if trouble is None:
            lanes.recover(session, (lanes.host_name(host),))
        else:
            lanes.note_host(session, host, trouble, lanes.OwnTrouble.CLOCK)


def _is_well(session: Session, known: Known | None) -> bool:
    """The quick look: nothing to write and nothing to ask."""
    row = session.get(Instance, ONLY)
    if row is None or known is None or judge(known, _found(session, row), Circumstances()) is not Verdict.WELL:
        return False
    seen_at = session.scalar(select(SenderHost.seen_at).where(SenderHost.key == known.host_key))
    return seen_at is not None and seen_at > clock.now() - SEEN_EVERY


def _examine(database: Database, settings: Settings) -> None:
    """The thorough look: whatever is found is written down, first in the database, then in the host's note.

    Killed between the two, the host finds that it was asked already (FOLLOW), or that nothing is at stake any more.
    """
    known, host = instance_file.read(settings.var_dir), evidence.host_name(settings)
    key = known.host_key if known is not None else ids.hex_id()
    with database.writing() as session:
        row = _row(session)
        found = _found(session, row)
        verdict = judge(known, found, _around(session, host))
        if verdict in DOUBTS:
            _doubt(session, row, verdict, known, host, settings.batch_size)
        row.cluster = found.cluster
        _remember(session, host, key)
        note = Known(row.instance_id, row.counter, key, found.cluster)
    if verdict is not Verdict.WELL:
        instance_file.write(settings.var_dir, note)
        (log.error if verdict in DOUBTS else log.info)("this host has looked at its database anew", verdict=verdict.value, host=host)
    else:
        instance_file.count(settings.var_dir, note.instance_id, note.counter)


def _doubt(session: Session, row: Instance, verdict: Verdict, known: Known | None, host: str, batch_size: int) -> None:
    """Everything that might go out twice waits for a decision, and the database gets a new identity, apart from any other copy of it."""
    is_same = known is not None and known.instance_id in (row.instance_id, row.former_id)
    highest = max(row.counter, row.former_counter, known.counter if known is not None and is_same else 0)
    missing = known.counter - row.counter if known is not None and verdict is Verdict.RESTORED else None
    values: dict[str, Any] = {
        "host": host,
        "missing_claims": missing,
        "most_readers": None if missing is None else max(missing, 1) * batch_size,
        "database_at": row.counted_at.isoformat(),
    }
    issues = session.execute(
        select(Issue.id, Issue.state).where(Issue.state.in_(AT_STAKE)).order_by(Issue.id).with_for_update(of=Issue)
    ).all()
    for issue_id, state in issues:
        if state is not IssueState.NEEDS_DECISION:
            workflow.move(session, issue_id, IssueState.NEEDS_DECISION, from_=(state,))
        questions.ask(session, issue_id, questions.Kind(verdict.value), was=state, **values)
    row.former_id, row.former_counter = row.instance_id, highest
    row.instance_id, row.counter = ids.hex_id(), highest + 1
    audit.record(session, "database.doubted", user_id=None, reason=verdict.value, issues=len(issues), **values)
    row.doubt, row.doubted_at, row.doubt_values = verdict.value, clock.now(), {**values, "issues": len(issues)}
    session.flush()
    if issues or verdict is Verdict.RESTORED:
        jobs.ask(session, JOB, key=f"{JOB}:{row.instance_id}", number=row.counter)


def _row(session: Session) -> Instance:
    """The database's row about itself, locked; made where there is none yet."""
    new = {"id": ONLY, "instance_id": ids.hex_id(), "counter": 0, "counted_at": clock.now(), "doubt_values": {}}
    filled = new | dict.fromkeys(("cluster", "former_id", "doubt"), "") | {"former_counter": 0}
    session.execute(insert(session, Instance).values(filled).on_conflict_do_nothing(index_elements=["id"]))
    return session.scalars(select(Instance).where(Instance.id == ONLY).with_for_update()).one()


def _found(session: Session, row: Instance) -> Found:
    return Found(row.instance_id, row.counter, _cluster(session), row.cluster, row.former_id, row.former_counter)


def _cluster(session: Session) -> str:
    """Where the database lives; empty on SQLite, and where the server does not tell."""
    if session.get_bind().dialect.name == "sqlite":
        return ""
    try:
        with session.begin_nested():
            return str(session.scalar(text(f"SELECT {CLUSTER}")))
    except SQLAlchemyError:
        return ""


def _around(session: Session, host: str) -> Circumstances:
    states = set(session.scalars(select(Issue.state).where(Issue.state.in_(AT_STAKE)).distinct()))
    return Circumstances(
        has_hosts=session.scalar(select(SenderHost.id).where(SenderHost.joined_at.is_not(None)).limit(1)) is not None,
        is_admitted=session.scalar(select(SenderHost.id).where(SenderHost.name == host, SenderHost.key.is_(None))) is not None,
        others_alive=_others_alive(session, host),
        is_sending=bool(states & {IssueState.SENDING, IssueState.PAUSED}),
        is_scheduled=IssueState.SCHEDULED in states,
    )


def _others_alive(session: Session, host: str) -> bool:
    """Whether another host was at work lately, and with this very server process: what a copy remembers of its original does not count."""
    if session.get_bind().dialect.name == "sqlite":
        return False
    started: ColumnElement[datetime] = literal_column("pg_postmaster_start_time()")
    alive = (
        SenderHost.name != host,
        SenderHost.joined_at.is_not(None),
        SenderHost.seen_at > clock.now() - ALIVE,
        SenderHost.seen_at > started,
    )
    return session.scalar(select(SenderHost.id).where(*alive).limit(1)) is not None


def _remember(session: Session, host: str, key: str) -> None:
    """This host is one of those that send; an admission by its name is used up by its joining."""
    now = clock.now()
    mine = session.scalar(select(SenderHost).where(SenderHost.key == key))
    if mine is None:
        mine = session.scalar(select(SenderHost).where(SenderHost.name == host, SenderHost.key.is_(None)).limit(1))
        if mine is None:
            mine = SenderHost(name=host)
            session.add(mine)
        mine.key, mine.joined_at = key, now
    mine.name, mine.seen_at = host, now
    session.flush()
