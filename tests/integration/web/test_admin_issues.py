"""Issues at the desk: read from a paste, listed, checked, previewed, booked and tested."""

import io
from datetime import time
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.core.jobs import Job
from service.issues import document as documents
from service.issues import editing, queries
from service.issues.blocks import QA, Mark, More, Other, Prose, Rich, Story, Tagline
from service.issues.document import Byline, Document
from service.issues.models import IssueState
from service.issues.reading import pasted
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.schedule import booking, cadence
from service.schedule import queries as schedule
from tests.support import editor_form, factories
from tests.support.desk import Browser

SAMPLE = "service/cli/samples/issue.{language}.txt"
LINKED = Rich("Good morning from here, and *stars* stay.", (Mark("bold", 0, 4), Mark("link", 5, 12, "https://example.com/a_(b)")))
DOCUMENT = Document(
    "A calm week",
    byline=Byline(author="Edith", at="2026-09-15T10:25:00-07:00", zone="PDT", text="Edith 2026.09.15 10:25 PDT"),
    blocks=(
        Prose("prose-1", LINKED, "greeting"),
        QA("qa-2", "Why?", "Because.\n\nAnd so on."),
        Story(
            "story-3",
            "🧊",
            "Ice",
            facts=("One", Rich("Two", (Mark("italic", 0, 3),)), "Three"),
            why=("It matters",),
            more=More("Learn more", "All about ice"),
            other=(Other("facts:1", "An aside"),),
        ),
        Tagline("tagline-4", "Three times a week", (1, 3, 5)),
    ),
)


@pytest.fixture
def letter(runtime: Runtime) -> Newsletter:
    with runtime.database.writing() as session:
        letter = factories.newsletter(session)
        cadence.change(session, letter.id, zone="Asia/Seoul", weekdays=(1, 3, 5), local_time=time(7, 30), user_id=None)
    return letter


def _issue(runtime: Runtime, letter: Newsletter, document: Document = DOCUMENT) -> int:
    with runtime.database.writing() as session:
        return editing.create(session, letter.id, document, user_id=1).id


def _document(runtime: Runtime, issue_id: int) -> Document:
    with runtime.database.reading() as session:
        return queries.text(session, issue_id).document


def _save(browser: Browser, issue_id: int, fields: list[tuple[str, Any]], act: str = "save") -> TestResponse:
    data: dict[str, list[Any]] = {"act": [act]}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return browser.post(f"/admin/issues/{issue_id}/edit", data, content_type="multipart/form-data")


def _edit(browser: Browser, issue_id: int) -> list[tuple[str, Any]]:
    return editor_form.fields(browser.get(f"/admin/issues/{issue_id}/edit").text)


def test_pasted_text_is_read_shown_with_its_lines_and_becomes_a_draft(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    with open(SAMPLE.format(language="ko"), encoding="utf-8") as file:
        text = file.read()

    shown = edith.post("/admin/issues/new", {"text": text})
    made = edith.post("/admin/issues/create", dict(editor_form.fields(shown.text, "/create")))

    assert shown.status_code == 200
    assert "line " in shown.text
    assert made.status_code == 303
    with runtime.database.reading() as session:
        (listed,) = queries.listed(session, letter.id).items
        document = queries.text(session, listed.id).document
    assert documents.to_json(document) == {**documents.to_json(pasted.read(text).document), "subject": None}


def test_pasted_html_keeps_links_and_bold(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    html = "<h1>A headline</h1><p>Hello <b>bold</b> and <a href='https://example.com/x'>linked</a> words in a first paragraph.</p>"

    edith.post("/admin/issues/create", {"source": html, "is_html": "1"})

    with runtime.database.reading() as session:
        (listed,) = queries.listed(session, letter.id).items
        document = queries.text(session, listed.id).document
    texts = [block.text for block in document.blocks if isinstance(block, Prose)]
    assert [mark.kind for text in texts if isinstance(text, Rich) for mark in text.marks] == ["bold", "link"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": "   "}, "The text is empty."),
        ({"file": b"%PDF-1.7 x"}, "not a plain text file"),
        ({"file": b"line\n" * 700_000}, "3.5 MB, and an issue may have at most 2 MB"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_with_a_remedy(
    letter: Newsletter, edith: Browser, data: dict[str, Any], sentence: str
) -> None:
    given = {name: (io.BytesIO(value), "a.pdf") if name == "file" else value for name, value in data.items()}

    answer = edith.post("/admin/issues/new", given)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_list_is_narrowed_by_state_and_words(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    _issue(runtime, letter)
    _issue(runtime, letter, Document("Another 100% matter", blocks=DOCUMENT.blocks))

    every, found, none = (edith.get(f"/admin/issues{query}").text for query in ("", "?title=100%25", "?state=sent"))

    assert "A calm week" in every
    assert "Another 100% matter" in found
    assert "A calm week" not in found
    assert "No issue found" in none


def test_booking_is_refused_with_what_must_be_mended_and_where(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)

    page = edith.get(f"/admin/issues/{issue_id}").text

    assert "has no address" in page
    assert f"/admin/issues/{issue_id}/edit?open=story-3#part-story-3" in page.replace("&amp;", "&")
    assert "/admin/schedule/book" not in page


def test_an_issue_is_booked_and_shows_both_clocks_and_its_badge(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter, Document("A calm week", byline=DOCUMENT.byline, blocks=DOCUMENT.blocks[:2]))
    with runtime.database.reading() as session:
        slot = schedule.empty(session, letter.id)[0].slot

    edith.post("/admin/schedule/book", {"issue_id": issue_id, "slot_id": slot.id})

    page = edith.get(f"/admin/issues/{issue_id}").text
    assert "Being made ready" in page
    assert "Seoul" in page
    assert "Los Angeles" in page
    with runtime.database.reading() as session:
        assert queries.issue(session, issue_id).state is IssueState.SCHEDULED
        assert [job.name for job in session.scalars(select(Job))] == ["compile_issue"]


def test_a_newer_text_than_the_booked_one_offers_to_book_it(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter, Document("A calm week", byline=DOCUMENT.byline, blocks=DOCUMENT.blocks[:2]))
    with runtime.database.writing() as session:
        slot, text = schedule.empty(session, letter.id)[0].slot, queries.text(session, issue_id)
        booking.book(session, slot_id=slot.id, issue_id=issue_id, revision_id=text.revision.id, user_id=1)

    _save(edith, issue_id, [(name, "Newer" if name == "h:title" else value) for name, value in _edit(edith, issue_id)])

    page = edith.get(f"/admin/issues/{issue_id}").text
    assert "Book this version" in page
    assert "This is the text that is booked" in page
    assert page.index("<dd>A calm week</dd>") < page.index("<dd>Newer</dd>")
    with runtime.database.reading() as session:
        assert booking.get(session, slot.id).revision_id == text.revision.id


def test_a_test_mail_is_asked_for_and_not_sent_by_the_request(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)

    edith.post(f"/admin/issues/{issue_id}/test")

    with runtime.database.reading() as session:
        (job,) = session.scalars(select(Job))
    assert job.name == "send_test_mail"


@pytest.mark.parametrize("view", ["desktop", "phone", "dark", "text"])
def test_previews_come_from_the_renderer_under_the_letters_policy(runtime: Runtime, letter: Newsletter, edith: Browser, view: str) -> None:
    issue_id = _issue(runtime, letter)

    page = edith.get(f"/admin/issues/{issue_id}/preview?view={view}")
    frame = edith.get(f"/admin/issues/{issue_id}/letter.html?scheme={view}")

    assert page.status_code == 200
    assert "morning" in frame.text
    assert "pr0" not in frame.text
    assert "prefers-color-scheme: dark" not in frame.text
    assert frame.headers["Content-Security-Policy"].startswith("sandbox")
    assert "Good morning" in edith.get(f"/admin/issues/{issue_id}/letter.txt").text


def test_whether_it_contains_advertising_decides_before_booking(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)

    edith.post(f"/admin/issues/{issue_id}/settings", {"is_advertising": "1"})

    assert "(광고) A calm week" in edith.get(f"/admin/issues/{issue_id}/preview").text
    with runtime.database.reading() as session:
        assert queries.issue(session, issue_id).is_advertising


@pytest.mark.parametrize(
    "typed", ["not a url", "www.example.com/a b", "javascript:alert(1)", "ftp://example.com/a", "news", "a.example:99999"]
)
def test_an_address_that_is_no_link_is_refused_in_its_row(runtime: Runtime, letter: Newsletter, edith: Browser, typed: str) -> None:
    issue_id = _issue(runtime, letter)
    form = dict(editor_form.fields(edith.get(f"/admin/issues/{issue_id}/links").text, "/links"))

    answer = edith.post(f"/admin/issues/{issue_id}/links", {**form, "url:story-3:more": typed})

    assert answer.status_code == 422
    assert "is not a full web address" in answer.text
    assert dict(editor_form.fields(answer.text, "/links"))["url:story-3:more"] == typed
    assert documents.to_json(_document(runtime, issue_id)) == documents.to_json(DOCUMENT)


def test_an_address_without_its_scheme_is_completed(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    form = dict(editor_form.fields(edith.get(f"/admin/issues/{issue_id}/links").text, "/links"))

    edith.post(f"/admin/issues/{issue_id}/links", {**form, "url:story-3:more": "www.example.com/ice"})

    story = _document(runtime, issue_id).block("story-3")
    assert isinstance(story, Story)
    assert story.more is not None
    assert story.more.url == "https://www.example.com/ice"


def test_the_subject_follows_a_headline_it_repeated(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter, Document("A calm week", subject="A calm week", blocks=DOCUMENT.blocks))
    fields = [(name, "A wild week" if name == "h:title" else value) for name, value in _edit(edith, issue_id)]

    _save(edith, issue_id, [(name, "A calm week" if name == "h:subject" else value) for name, value in fields])

    document = _document(runtime, issue_id)
    assert (document.title, document.subject) == ("A wild week", None)


def test_a_conflict_shows_every_field_that_differs(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    typed = {
        "h:preheader": "My preheader",
        "b:story-3:more.url": "https://example.com/mine",
        "b:story-3:figure.alt": "My picture",
        "b:prose-1:text": "[Good](https://example.com/good) morning",
    }
    mine = [(name, typed.get(name, value)) for name, value in _edit(edith, issue_id)]
    _save(edith, issue_id, [(name, "Theirs" if name == "h:title" else value) for name, value in _edit(edith, issue_id)])

    conflict = _save(edith, issue_id, mine)

    shown = conflict.text.partition("Where they differ")[2]
    assert conflict.status_code == 409
    assert all(words in shown for words in [*typed.values(), "Theirs", "Preheader", "Alternative text", "Address"])


@pytest.mark.parametrize(("is_advertising", "words"), [("1", "agreed to advertising."), ("", "there is no active reader yet")])
def test_an_issue_for_nobody_is_warned_of(letter: Newsletter, runtime: Runtime, edith: Browser, is_advertising: str, words: str) -> None:
    issue_id = _issue(runtime, letter)

    edith.post(f"/admin/issues/{issue_id}/settings", {"is_advertising": is_advertising})

    page = edith.get(f"/admin/issues/{issue_id}").text
    assert f"Nobody would receive it: {words}" in page.replace("no active reader has ", "")


def test_a_sent_issue_is_shown_and_offers_nothing_to_save(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    with runtime.database.writing() as session:
        queries.issue(session, issue_id).state = IssueState.SENT

    shown, written, links = (edith.get(f"/admin/issues/{issue_id}{page}").text for page in ("", "/edit", "/links"))

    assert f"/admin/issues/{issue_id}/settings" not in shown
    assert "<fieldset disabled>" in written
    assert 'value="save"' not in written
    assert "Fill them in" not in links
