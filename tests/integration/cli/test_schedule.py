"""`pressrun schedule`: slots from a terminal."""

from datetime import time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from service.cli import main
from service.core import clock as now_clock
from service.core.database import Database
from service.issues import editing, queries
from service.issues.blocks import Prose
from service.issues.document import Byline, Document
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.schedule import cadence, replacing
from service.schedule.models import Slot, SlotState
from tests.support import correcting as texts
from tests.support import factories

TEXT = Document("A calm week", byline=Byline(author="Edith"), blocks=(Prose("prose-1", "Good morning."),))


@pytest.fixture(autouse=True)
def slots(database: Database, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A newsletter with its slots and a draft; the command finds the test's database and no Valkey."""
    monkeypatch.setenv("PRESSRUN_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PRESSRUN_VALKEY_URL", "redis://127.0.0.1:1")
    with database.writing() as session:
        letter = factories.newsletter(session)
        cadence.change(session, letter.id, zone="Asia/Seoul", weekdays=(1, 3, 5), local_time=time(7, 30), user_id=None)
        editing.create(session, letter.id, TEXT, user_id=None)
        return list(session.scalars(select(Slot.id).order_by(Slot.fires_at)))


def test_list_shows_both_clocks(capsys: pytest.CaptureFixture[str]) -> None:
    code = main.run(["schedule", "list", "--number", "2"])

    lines = capsys.readouterr().out.splitlines()
    assert (code, len(lines)) == (0, 2)
    assert "Wednesday 16 September 2026, 07:30 (Seoul) = Tuesday 15 September 2026, 15:30 (California)" in lines[0]


def test_book_move_and_release(database: Database, slots: list[int]) -> None:
    codes = [
        main.run(["schedule", "book", "1", str(slots[0])]),
        main.run(["schedule", "move", "1", str(slots[1])]),
        main.run(["schedule", "release", "1"]),
    ]

    with database.reading() as session:
        assert codes == [0, 0, 0]
        assert queries.issue(session, 1).state is IssueState.DRAFT


def test_skip_needs_a_reason_and_is_undone(database: Database, slots: list[int]) -> None:
    codes = [main.run(["schedule", "skip", str(slots[0])]), main.run(["schedule", "skip", str(slots[0]), "--reason", "Holiday"])]

    with database.reading() as session:
        skipped = session.get_one(Slot, slots[0]).state
    assert (codes, skipped) == ([2, 0], SlotState.SKIPPED)
    assert main.run(["schedule", "unskip", str(slots[0])]) == 0


def test_a_refusal_names_its_remedy(slots: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    code = main.run(["schedule", "release", "1"])

    assert code == 1
    assert "not booked" in capsys.readouterr().err


def test_booking_tells_when_the_readers_will_have_it(
    database: Database, slots: list[int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRESSRUN_LANE_PACES", "naver=20/min")
    with database.writing() as session:
        letter = session.scalars(select(Newsletter)).one()
        factories.readers(session, letter, 20, domains=("naver.com", "gmail.com"))
        issue_id = session.scalars(select(Issue.id)).one()

    main.run(["schedule", "book", str(issue_id), str(slots[0])])
    booked = capsys.readouterr().out
    main.run(["schedule", "list", "--number", "1"])

    line = "Readers have it: Naver about 07:30, everyone else about 07:30"
    assert line in booked
    assert line in capsys.readouterr().out


def test_hold_replace_swap(database: Database, clock: time_machine.Traveller, capsys: pytest.CaptureFixture[str]) -> None:
    with database.writing() as session:
        letter = session.scalars(select(factories.Newsletter)).one()
        issue = factories.issue(session, letter)
        approved = factories.compiled_issue(session, issue, factories.revision(session, issue, texts.document()))
        slot = factories.slot(session, letter, approved, fires_at=now_clock.now() + timedelta(minutes=20))
        factories.revision(session, issue, texts.document("Good evening."))
    number = str(slot.id)

    assert main.run(["schedule", "hold", number, "15"]) == 0
    assert "12:35 (Seoul)" in capsys.readouterr().out
    assert main.run(["schedule", "let-go", number]) == 0
    assert main.run(["schedule", "swap", number]) == 1
    assert main.run(["schedule", "replace", number]) == 0
    with database.writing() as session:
        version = factories.compiled_issue(session, issue, session.get_one(factories.Revision, 3))
        replacing.made_ready(session, 1, version.id)
    assert main.run(["schedule", "swap", number]) == 0

    with database.reading() as session:
        assert session.get_one(Slot, slot.id).compiled_id == version.id
