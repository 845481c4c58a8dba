"""Imports: declared, safe to repeat, killed half-way, and no resurrection (B5, F9)."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.core import jobs
from service.core.database import Database
from service.core.errors import Conflict, Invalid
from service.subscribers import importing, queries
from service.subscribers.importing import AlreadyImported, AnotherRuns, DeclarationMissing
from service.subscribers.models import Import, Subscriber
from tests.support import factories
from tests.support.factories import SIGNER

COLUMNS = {"email": 0, "name": 1}
FILE = """이메일,이름
ada@naver.com,에이다
ben@gmail.com,벤
CLEO@daum.net,클레오
dora@example.com,도라
no address,x
new@naver.com,=1+1
""".encode()


def declared(database: Database, folder: Path, content: bytes = FILE, source: str = "event list", day: str = "2026-01-05") -> int:
    content_hash = importing.keep(folder, content)
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.cast(session, letter)
        row = importing.declare(
            session, newsletter_id=letter.id, user_id=None, file_name="list.csv", contents=importing.look(content),
            content_hash=content_hash, source=source, consented_on=day,
        )  # fmt: skip
        return row.id


def start(database: Database, import_id: int) -> None:
    with database.writing() as session:
        importing.start(session, import_id, columns=COLUMNS, has_header=True, user_id=None)


def found(database: Database, import_id: int) -> Import:
    with database.reading() as session:
        row = session.get_one(Import, import_id)
        session.expunge(row)
        return row


def test_file_is_worked_off_and_refused_rows_are_named_by_line(database: Database, tmp_path: Path) -> None:
    import_id = declared(database, tmp_path)
    start(database, import_id)

    importing.run(database.writing, SIGNER, import_id, tmp_path)

    row = found(database, import_id)
    assert row.counts == {"added": 2, "already": 1, "refused": 3}
    assert [refused["line"] for refused in row.refused] == [4, 5, 6]
    assert "@daum" not in str(row.refused)
    assert "@example" not in str(row.refused)
    assert row.finished_at is not None
    assert row.rows_done == row.rows_total == 6
    assert list(tmp_path.iterdir()) == [] or not (tmp_path / row.content_hash).exists()
    with database.reading() as session:
        counts = queries.counts(session, row.newsletter_id)
        assert (counts.active, counts.unsubscribed, counts.mailable) == (4, 1, 3)
        assert session.scalar(select(Subscriber.name).where(Subscriber.email == "new@naver.com")) == "=1+1"
        assert session.scalar(select(func.count()).where(jobs.Job.name == importing.FINISHED_JOB)) == 1


@pytest.mark.parametrize(
    ("source", "day"), [("", "2026-01-05"), ("  ", "2026-01-05"), ("list", ""), ("list", "soon"), ("list", "2099-01-01")]
)
def test_without_source_and_day_nothing_is_imported(database: Database, tmp_path: Path, source: str, day: str) -> None:
    with pytest.raises(DeclarationMissing):
        declared(database, tmp_path, source=source, day=day)


def test_without_an_address_column_nothing_starts(database: Database, tmp_path: Path) -> None:
    import_id = declared(database, tmp_path)

    with pytest.raises(Invalid), database.writing() as session:
        importing.start(session, import_id, columns={"name": 1}, has_header=True, user_id=None)


def test_nothing_runs_before_it_is_started(database: Database, tmp_path: Path) -> None:
    import_id = declared(database, tmp_path)

    importing.run(database.writing, SIGNER, import_id, tmp_path)

    assert found(database, import_id).rows_done == 0


def test_run_goes_on_where_it_was_killed(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    import_id = declared(database, tmp_path)
    start(database, import_id)
    calls = 0

    class Killed(Exception):
        pass

    def dying():  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Killed
        return database.writing()

    with pytest.raises(Killed):
        importing.run(dying, SIGNER, import_id, tmp_path)
    half = found(database, import_id).rows_done
    importing.run(database.writing, SIGNER, import_id, tmp_path)
    importing.run(database.writing, SIGNER, import_id, tmp_path)

    row = found(database, import_id)
    assert half == 4
    assert row.counts == {"added": 2, "already": 1, "refused": 3}
    assert row.rows_done == 6


def test_long_run_hands_over_to_its_continuation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    monkeypatch.setattr(importing, "RUN_SECONDS", -1)
    import_id = declared(database, tmp_path)
    start(database, import_id)

    for _ in range(4):
        importing.run(database.writing, SIGNER, import_id, tmp_path)

    assert found(database, import_id).finished_at is not None
    with database.reading() as session:
        keys = set(session.scalars(select(jobs.Job.key).where(jobs.Job.name == importing.JOB)))
    assert [str(key).rpartition(":")[2] for key in sorted(map(str, keys))] == ["0", "2", "4", "6"]


def test_two_workers_never_do_a_chunk_twice(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    import_id = declared(database, tmp_path)
    start(database, import_id)
    calls = 0

    def overtaken():  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 3:
            importing.run(database.writing, SIGNER, import_id, tmp_path)
        return database.writing()

    with pytest.raises(AnotherRuns):
        importing.run(overtaken, SIGNER, import_id, tmp_path)

    assert found(database, import_id).counts == {"added": 2, "already": 1, "refused": 3}


def test_missing_file_ends_the_import_with_a_sentence(database: Database, tmp_path: Path) -> None:
    import_id = declared(database, tmp_path)
    start(database, import_id)
    (tmp_path / found(database, import_id).content_hash).unlink()

    importing.run(database.writing, SIGNER, import_id, tmp_path)

    assert "could not be read" in found(database, import_id).error


def test_same_file_is_not_imported_twice(database: Database, tmp_path: Path) -> None:
    import_id = declared(database, tmp_path)
    start(database, import_id)
    row = found(database, import_id)

    with pytest.raises(AlreadyImported), database.writing() as session:
        importing.declare(
            session, newsletter_id=row.newsletter_id, user_id=None, file_name="list.csv", contents=importing.look(FILE),
            content_hash=row.content_hash, source="again", consented_on="2026-01-05",
        )  # fmt: skip
    with pytest.raises(Conflict):
        start(database, import_id)


def test_file_whose_import_stopped_may_be_uploaded_and_run_again(database: Database, tmp_path: Path) -> None:
    import_id = declared(database, tmp_path)
    start(database, import_id)
    row = found(database, import_id)
    (tmp_path / row.content_hash).unlink()
    importing.run(database.writing, SIGNER, import_id, tmp_path)

    importing.keep(tmp_path, FILE)
    with database.writing() as session:
        again = importing.declare(
            session, newsletter_id=row.newsletter_id, user_id=None, file_name="list.csv", contents=importing.look(FILE),
            content_hash=row.content_hash, source="again", consented_on="2026-01-05",
        ).id  # fmt: skip
    start(database, again)
    importing.run(database.writing, SIGNER, again, tmp_path)

    assert again == import_id
    assert found(database, again).counts == {"added": 2, "already": 1, "refused": 3}


def test_import_that_was_not_started_can_be_thrown_away(database: Database, tmp_path: Path) -> None:
    import_id = declared(database, tmp_path)

    with database.writing() as session:
        name = importing.discard(session, import_id, user_id=None)

    assert (tmp_path / name).exists()
    with database.reading() as session:
        assert session.get(Import, import_id) is None


def test_kept_file_is_for_us_alone(tmp_path: Path) -> None:
    name = importing.keep(tmp_path / "imports", FILE)

    assert ((tmp_path / "imports" / name).stat().st_mode & 0o777) == 0o600
