"""Writing an issue in plain forms: nothing typed is ever lost, whoever saves first."""

import io
from datetime import time
from typing import Any

import lxml.html
import pytest
from PIL import Image
from werkzeug.test import TestResponse

from service.issues import document as documents
from service.issues import editing, queries
from service.issues.blocks import QA, Contents, ContentsItem, Mark, More, Other, Prose, Rich, Story, Tagline
from service.issues.document import Byline, Document
from service.issues.reading import pasted
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.schedule import cadence
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


def _picture(size: tuple[int, int] = (40, 30), format_: str = "JPEG") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(output, format_, **({"exif": b"Exif\0\0secret place"} if format_ == "JPEG" else {}))
    return output.getvalue()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_saving_an_untouched_form_changes_nothing(runtime: Runtime, letter: Newsletter, edith: Browser, language: str) -> None:
    with open(SAMPLE.format(language=language), encoding="utf-8") as file:
        issue_id = _issue(runtime, letter, pasted.read(file.read()).document)
    before = _document(runtime, issue_id)

    _save(edith, issue_id, _edit(edith, issue_id))

    assert documents.to_json(_document(runtime, issue_id)) == documents.to_json(before)
    with runtime.database.reading() as session:
        assert len(queries.revisions(session, issue_id)) == 1


def test_every_mark_and_row_of_a_story_survives_the_form(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)

    _save(edith, issue_id, _edit(edith, issue_id))

    assert documents.to_json(_document(runtime, issue_id)) == documents.to_json(DOCUMENT)


def test_texts_marks_and_rows_are_changed_by_the_form(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    typed = {"b:prose-1:text": "**New** words", "b:story-3:facts.3": "Four", "b:story-3:more.url": "https://example.com/ice"}
    changed = [(name, typed.get(name, value)) for name, value in _edit(edith, issue_id)]

    _save(edith, issue_id, changed)

    document = _document(runtime, issue_id)
    story = document.block("story-3")
    assert document.block("prose-1") == Prose("prose-1", Rich("New words", (Mark("bold", 0, 3),)), "greeting")
    assert isinstance(story, Story)
    assert (story.facts[3], story.more and story.more.url) == ("Four", "https://example.com/ice")


@pytest.mark.parametrize(
    ("act", "facts"),
    [
        ("rowdelete:story-3:facts:0", ("Two", "Three")),
        ("rowup:story-3:facts:2", ("One", "Three", "Two")),
        ("rowdown:story-3:facts:0", ("Two", "One", "Three")),
        ("rowup:story-3:facts:0", ("One", "Two", "Three")),
        ("rowdelete:story-3:facts:99", ("One", "Two", "Three")),
    ],
)
def test_rows_are_deleted_and_moved_without_script(
    runtime: Runtime, letter: Newsletter, edith: Browser, act: str, facts: tuple[str, ...]
) -> None:
    issue_id = _issue(runtime, letter)

    _save(edith, issue_id, _edit(edith, issue_id), act)

    story = _document(runtime, issue_id).block("story-3")
    assert isinstance(story, Story)
    assert tuple(text if isinstance(text, str) else text.text for text in story.facts) == facts


@pytest.mark.parametrize(
    ("act", "order"),
    [
        ("up:qa-2", ["qa-2", "prose-1", "story-3", "tagline-4"]),
        ("down:qa-2", ["prose-1", "story-3", "qa-2", "tagline-4"]),
        ("delete:qa-2", ["prose-1", "story-3", "tagline-4"]),
        ("add:qa-2", ["prose-1", "qa-2", "heading-5", "story-3", "tagline-4"]),
        ("add:", ["heading-5", "prose-1", "qa-2", "story-3", "tagline-4"]),
    ],
)
def test_parts_are_added_deleted_and_moved_and_what_was_typed_is_kept(
    runtime: Runtime, letter: Newsletter, edith: Browser, act: str, order: list[str]
) -> None:
    issue_id = _issue(runtime, letter)
    chosen = {"h:title": "Another headline", "new:qa-2": "heading", "new:": "heading"}
    fields = [(name, chosen.get(name, value)) for name, value in _edit(edith, issue_id)]

    _save(edith, issue_id, fields, act)

    document = _document(runtime, issue_id)
    assert [block.id for block in document.blocks] == order
    assert document.title == "Another headline"


def test_a_dragged_order_is_taken(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    fields = [(name, "tagline-4,story-3,qa-2,prose-1" if name == "order" else value) for name, value in _edit(edith, issue_id)]

    _save(edith, issue_id, fields)

    assert [block.id for block in _document(runtime, issue_id).blocks] == ["tagline-4", "story-3", "qa-2", "prose-1"]


def test_a_new_byline_gives_its_moment_and_no_schedule(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    fields = [(name, "Edith 2026.09.16 08:00 PDT" if name == "h:byline.text" else value) for name, value in _edit(edith, issue_id)]

    _save(edith, issue_id, fields)

    byline = _document(runtime, issue_id).byline
    assert byline is not None
    assert (byline.at, byline.zone, byline.author) == ("2026-09-16T08:00:00-07:00", "PDT", "Edith")


def test_a_page_that_is_out_of_date_overwrites_nobody_and_loses_nothing(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    mine = [(name, "My words" if name == "b:prose-1:text" else value) for name, value in _edit(edith, issue_id)]
    theirs = [(name, "Their words" if name == "b:prose-1:text" else value) for name, value in _edit(edith, issue_id)]
    _save(edith, issue_id, theirs)

    conflict = _save(edith, issue_id, mine)

    assert conflict.status_code == 409
    assert "My words" in conflict.text
    assert "Their words" in conflict.text
    edith.post(f"/admin/issues/{issue_id}/edit/overwrite", dict(editor_form.fields(conflict.text, "/overwrite")))
    assert _document(runtime, issue_id).block("prose-1") == Prose("prose-1", "My words", "greeting")
    with runtime.database.reading() as session:
        assert len(queries.revisions(session, issue_id)) == 3


def test_pictures_are_encoded_anew_and_served_to_everybody(runtime: Runtime, letter: Newsletter, edith: Browser, stranger: Browser) -> None:
    issue_id = _issue(runtime, letter)
    upload = ("file:b:story-3:figure.image", (io.BytesIO(_picture()), "../../etc/passwd.jpg"))

    _save(edith, issue_id, [*_edit(edith, issue_id), upload])

    story = _document(runtime, issue_id).block("story-3")
    assert isinstance(story, Story)
    assert story.figure is not None
    reference = story.figure.image or ""
    assert reference.startswith("asset:")
    page = edith.get(f"/admin/issues/{issue_id}/edit").text
    address = next(each for each in lxml.html.document_fromstring(page).xpath("//img/@src") if reference[6:] in each)
    served = stranger.get(address)
    assert served.status_code == 200
    assert b"secret place" not in served.data
    assert "immutable" in served.headers["Cache-Control"]


@pytest.mark.parametrize("data", [b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\nnothing", b"%PDF-1.4"])
def test_what_is_no_picture_is_refused_and_the_text_is_kept(runtime: Runtime, letter: Newsletter, edith: Browser, data: bytes) -> None:
    issue_id = _issue(runtime, letter)
    fields = [(name, "Kept" if name == "h:title" else value) for name, value in _edit(edith, issue_id)]

    _save(edith, issue_id, [*fields, ("file:h:byline.portrait", (io.BytesIO(data), "me.png"))])

    assert _document(runtime, issue_id).title == "Kept"
    assert "not a picture" in edith.get(f"/admin/issues/{issue_id}/edit").text


def test_missing_links_are_filled_in_one_list(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    fields = dict(editor_form.fields(edith.get(f"/admin/issues/{issue_id}/links").text, "/links"))

    edith.post(f"/admin/issues/{issue_id}/links", fields | {"url:story-3:more": "example.com/ice"})

    story = _document(runtime, issue_id).block("story-3")
    assert isinstance(story, Story)
    assert story.more == More("Learn more", "All about ice", "https://example.com/ice")


def test_an_earlier_text_is_restored_as_the_newest(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    issue_id = _issue(runtime, letter)
    _save(edith, issue_id, [(name, "Worse" if name == "h:title" else value) for name, value in _edit(edith, issue_id)])
    with runtime.database.reading() as session:
        newest, first = queries.revisions(session, issue_id)

    edith.post(f"/admin/issues/{issue_id}/revisions/{first.id}/restore", {"based_on": newest.id})

    assert _document(runtime, issue_id).title == "A calm week"
    assert "Text 1 restored" in edith.get(f"/admin/issues/{issue_id}/revisions").text


def test_an_empty_row_of_the_contents_costs_nothing(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    contents = Contents("contents-1", (ContentsItem("🧊", "Ice", "story-3"),))
    issue_id = _issue(runtime, letter, Document("Much", blocks=(contents, DOCUMENT.blocks[2])))

    _save(edith, issue_id, _edit(edith, issue_id))

    assert _document(runtime, issue_id).blocks[0] == contents
