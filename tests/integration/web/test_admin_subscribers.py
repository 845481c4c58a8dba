"""The readers' pages of the desk: search, one reader, the do-not-mail list, imports (B5, F9, F15)."""

import io
import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.core.audit import AuditEntry
from service.runtime import Runtime
from service.subscribers import importing, suppression
from service.subscribers.models import ConsentEvent, Import, Standing, Subscriber, Subscription, SuppressionReason
from tests.support import factories
from tests.support.desk import Browser

FILE = "이메일,이름\nnew@naver.com,새 독자\nCLEO@daum.net,클레오\nnot an address,x\n"


@pytest.fixture
def people(runtime: Runtime) -> dict[str, int]:
    """The cast's ids by name, and the newsletter's."""
    runtime.signer = factories.SIGNER
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        return {name: person.id for name, person in factories.cast(session, letter).items()} | {"letter": letter.id}


def upload(otto: Browser, people: dict[str, int], content: bytes = FILE.encode(), **values: str) -> TestResponse:
    data = {
        "newsletter_id": str(people["letter"]),
        "source": "event list",
        "consented_on": "2026-01-05",
        "file": (io.BytesIO(content), "list.csv"),
    }
    return otto.post("/admin/subscribers/imports", data | values, content_type="multipart/form-data")


@pytest.mark.parametrize("path", ["", "/1", "/imports", "/imports/1", "/imports/1/refused.csv"])
def test_readers_are_for_operators_alone(edith: Browser, stranger: Browser, path: str) -> None:
    assert edith.get(f"/admin/subscribers{path}").status_code == 403
    assert stranger.get(f"/admin/subscribers{path}").status_code in (302, 303)


@pytest.mark.both_databases
def test_list_searches_and_filters(otto: Browser, people: dict[str, int]) -> None:
    everybody = otto.get("/admin/subscribers").text
    by_domain = otto.get("/admin/subscribers?q=@daum").text
    pending = otto.get("/admin/subscribers?state=pending").text
    suppressed = otto.get("/admin/subscribers?state=suppressed").text
    nobody = otto.get("/admin/subscribers?q=zzz").text

    assert all(f"{name}@" in everybody for name in ("ada", "ben", "cleo", "dora"))
    assert "cleo@" in by_domain
    assert "ada@" not in by_domain
    assert "ben@" in pending
    assert "ada@" not in pending
    assert "dora@" in suppressed
    assert "ada@" not in suppressed
    assert "Nobody found" in nobody


@pytest.mark.both_databases
@pytest.mark.parametrize("query", ["state=bent", "page=0", "page=999999", "page=x", "newsletter=99", "q=%25", "q=%00", "q=%27%22%3Cb%3E"])
def test_bent_filters_break_nothing(otto: Browser, people: dict[str, int], query: str) -> None:
    answer = otto.get(f"/admin/subscribers?{query}")

    assert answer.status_code == 200
    assert "<b>" not in answer.text


def test_list_without_any_newsletter_says_what_to_do(otto: Browser) -> None:
    assert "Make a newsletter first" in otto.get("/admin/subscribers").text


def test_reader_page_shows_the_log_and_escapes_what_readers_wrote(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.get_one(Subscriber, people["ada"]).name = "<img src=x>"

    page = otto.get(f"/admin/subscribers/{people['ada']}")

    assert page.status_code == 200
    assert "ada@naver.com" in page.text
    assert "<img src=x>" not in page.text


def test_unknown_reader_is_not_found(otto: Browser) -> None:
    assert otto.get("/admin/subscribers/404").status_code == 404


def test_address_is_suppressed_and_lifted_with_a_reason(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    path = f"/admin/subscribers/{people['ada']}"

    otto.post(f"{path}/suppress", {"note": " "})
    without_reason = _is_suppressed(runtime, people["ada"])
    otto.post(f"{path}/suppress", {"note": "asked by telephone"})
    with_reason = _is_suppressed(runtime, people["ada"])
    shown = otto.get(path).text
    otto.post(f"{path}/lift", {"note": "asked to come back"})

    assert (without_reason, with_reason, _is_suppressed(runtime, people["ada"])) == (False, True, False)
    assert "asked by telephone" in shown
    assert 'name="note"' in shown
    with runtime.reading() as session:
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("subscriber.%"))))
    assert acts == ["subscriber.suppressed", "subscriber.unsuppressed"]


def test_reason_keeps_no_address(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    otto.post(f"/admin/subscribers/{people['ada']}/suppress", {"note": "ada@naver.com asked"})

    assert not _is_suppressed(runtime, people["ada"])


def test_operator_unsubscribes_a_reader_who_asked(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    path = f"/admin/subscribers/{people['ada']}/unsubscribe"

    otto.post(path, {"newsletter_id": str(people["letter"]), "note": ""})
    with runtime.database.reading() as session:
        before = session.get_one(Subscription, (people["letter"], people["ada"])).state
    otto.post(path, {"newsletter_id": str(people["letter"]), "note": "by telephone"})

    with runtime.database.reading() as session:
        assert before is Standing.ACTIVE
        assert session.get_one(Subscription, (people["letter"], people["ada"])).state is Standing.UNSUBSCRIBED
        assert session.scalars(select(ConsentEvent.source)).all() == ["desk"]


@pytest.mark.both_databases
def test_import_from_upload_to_report(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    uploaded = upload(otto, people)
    looked = otto.get(uploaded.location)
    started = otto.post(f"{uploaded.location}/start", {"column0": "email", "column1": "name", "has_header": "1"})
    import_id = int(uploaded.location.rpartition("/")[2])
    importing.run(runtime.writing, runtime.signer, import_id, importing.folder(runtime.settings.var_dir))
    report = otto.get(uploaded.location).text
    table = otto.get(f"{uploaded.location}/refused.csv")

    assert uploaded.status_code == 303
    assert "new@naver.com" in looked.text
    assert 'value="email" selected' in looked.text
    assert started.status_code == 303
    assert "Has unsubscribed" in report
    assert "@daum" not in report
    assert table.data.decode("utf-8-sig").splitlines()[1] == '"3","Has unsubscribed and stays so."'
    assert "daum.net" not in table.data.decode("utf-8-sig")
    with runtime.database.reading() as session:
        assert session.get_one(Import, import_id).counts == {"added": 1, "refused": 2}


@pytest.mark.parametrize(
    ("content", "values", "word"),
    [
        (b"", {}, "empty"),
        (b"PK\x03\x04", {}, "spreadsheet"),
        (b"\xff\xff\x00\x00", {}, "neither"),
        (FILE.encode(), {"source": ""}, "where these readers agreed"),
        (FILE.encode(), {"consented_on": ""}, "which day"),
        (FILE.encode(), {"consented_on": "2099-01-01"}, "future"),
    ],
)
def test_upload_that_cannot_be_used_says_why(
    otto: Browser, people: dict[str, int], runtime: Runtime, content: bytes, values: dict[str, str], word: str
) -> None:
    answer = upload(otto, people, content, **values)

    assert answer.status_code == 422
    assert word in answer.text
    with runtime.reading() as session:
        assert session.scalars(select(Import)).all() == []


def test_empty_form_says_everything_that_is_missing_at_once(otto: Browser, people: dict[str, int]) -> None:
    page = otto.post("/admin/subscribers/imports", {"newsletter_id": str(people["letter"])}).text

    assert "No file was chosen." in page
    assert "where these readers agreed" in page
    assert "Say on which day" in page


def test_upload_larger_than_allowed_is_refused(otto: Browser, people: dict[str, int]) -> None:
    assert upload(otto, people, b"a@b.co\n" * 3_200_000).status_code == 413


def test_import_needs_an_address_column_and_runs_once(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    location = upload(otto, people).location

    otto.post(f"{location}/start", {"column1": "name"})
    with runtime.reading() as session:
        before = session.scalars(select(Import.started_at)).one()
    otto.post(f"{location}/start", {"column0": "email"})
    again = otto.post(f"{location}/start", {"column0": "email"})
    same_file = upload(otto, people)

    assert before is None
    assert again.status_code == 409
    assert same_file.status_code == 422
    assert "already imported" in same_file.text


def test_file_can_be_thrown_away_before_it_runs(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    location = upload(otto, people).location

    otto.post(f"{location}/discard")

    assert otto.get(location).status_code == 404
    assert list(importing.folder(runtime.settings.var_dir).iterdir()) == []


def test_path_in_a_file_name_is_cut(otto: Browser, people: dict[str, int], runtime: Runtime) -> None:
    data = {"file": (io.BytesIO(FILE.encode()), "../../etc/passwd.csv")}

    upload(otto, people, **data)  # type: ignore[arg-type]

    with runtime.reading() as session:
        assert session.scalars(select(Import.file_name)).one() == "passwd.csv"
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.name) for file in importing.folder(runtime.settings.var_dir).iterdir())


def _is_suppressed(runtime: Runtime, subscriber_id: int) -> bool:
    with runtime.database.reading() as session:
        found = suppression.find(session, session.get_one(Subscriber, subscriber_id).address_hash)
        return found is not None and found.reason is SuppressionReason.MANUAL
