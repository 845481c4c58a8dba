"""The settings pages of a newsletter: what is missing is shown, what cannot be kept is refused beside its field (A11, B3)."""

from io import BytesIO

import pytest
from PIL import Image

from service.newsletters import queries
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.schedule import cadence
from tests.support import factories
from tests.support.desk import Browser

FORM = {
    "name": "The Letter",
    "language": "en",
    "sender_name": "The Letter",
    "sender_email": "Hello@News.example.com",
    "legal_name": "Letter Company",
    "legal_email": "desk@example.com",
    "legal_telephone": "+82 2 123 4567",
    "legal_address": "1 Sample Street, Seoul",
    "brand_color": "#1F4FD8",
    "readers_zone": "Asia/Seoul",
    "editors_zone": "America/Los_Angeles",
    "open_measurement": "consent",
    "is_public": "1",
}


@pytest.fixture
def letter(runtime: Runtime) -> Newsletter:
    with runtime.writing() as session:
        return factories.newsletter(session, legal_telephone="", open_measurement="consent")


def kept(runtime: Runtime) -> Newsletter:
    with runtime.reading() as session:
        found = queries.first(session)
    assert found is not None
    return found


def test_missing_line_is_named_on_the_page(otto: Browser, letter: Newsletter) -> None:
    page = otto.get(f"/admin/newsletters/{letter.id}").text

    assert "Nothing of this newsletter can be booked yet" in page
    assert '<a href="#legal_telephone">' in page


def test_settings_are_kept_in_their_canonical_form(otto: Browser, letter: Newsletter, runtime: Runtime) -> None:
    # when
    answer = otto.post(f"/admin/newsletters/{letter.id}", FORM)

    # then
    assert answer.status_code == 303
    now = kept(runtime)
    assert (now.sender_email, now.brand_color, now.legal_telephone) == ("hello@news.example.com", "#1f4fd8", "+82 2 123 4567")
    page = otto.get(f"/admin/newsletters/{letter.id}").text
    assert '<a href="#legal_telephone">' not in page
    assert '<a href="#rhythm">The rhythm is not set' in page
    otto.post(f"/admin/newsletters/{letter.id}/rhythm", {"weekday": "1", "time": "07:30", "clock": "readers"})
    assert "can be booked yet" not in otto.get(f"/admin/newsletters/{letter.id}").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sender_email", "letter@gmail.com", "own domain"),
        ("sender_name", "Letter\r\nBcc: all@example.com", "one line"),
        ("legal_email", "desk at example", "not an e-mail address"),
        ("readers_zone", "Nowhere", "Asia/Seoul"),
        ("name", " ", "needs a name"),
    ],
)
def test_fault_is_shown_beside_its_field_and_nothing_is_kept(
    otto: Browser, letter: Newsletter, runtime: Runtime, field: str, value: str, words: str
) -> None:
    # when
    answer = otto.post(f"/admin/newsletters/{letter.id}", {**FORM, field: value})

    # then
    assert answer.status_code == 422
    assert words in answer.text
    assert f'<a href="#{field}">' in answer.text
    assert kept(runtime).legal_telephone == ""


def test_rhythm_is_set_on_the_chosen_clock(otto: Browser, letter: Newsletter, runtime: Runtime) -> None:
    # when
    answer = otto.post(f"/admin/newsletters/{letter.id}/rhythm", {"weekday": ["1", "3", "5"], "time": "07:30", "clock": "editors"})

    # then
    assert answer.status_code == 303
    with runtime.reading() as session:
        rhythm = cadence.of(session, letter.id)
    assert rhythm is not None
    assert (rhythm.zone, rhythm.weekdays, f"{rhythm.local_time:%H:%M}") == ("America/Los_Angeles", [1, 3, 5], "07:30")


def test_logo_is_taken_shown_and_removed(otto: Browser, letter: Newsletter, runtime: Runtime) -> None:
    # given
    drawn = BytesIO()
    Image.new("RGB", (40, 20), "#1f4fd8").save(drawn, "PNG")

    # when
    upload = {"logo": (BytesIO(drawn.getvalue()), "../../logo.png")}
    assert otto.post(f"/admin/newsletters/{letter.id}/logo", upload, content_type="multipart/form-data").status_code == 303

    # then
    assert otto.get(f"/admin/newsletters/{letter.id}/logo").mimetype == "image/png"
    assert otto.post(f"/admin/newsletters/{letter.id}/logo").status_code == 303
    assert otto.get(f"/admin/newsletters/{letter.id}/logo").status_code == 404


def test_logo_that_is_no_picture_is_refused(otto: Browser, letter: Newsletter) -> None:
    upload = {"logo": (BytesIO(b"<svg onload='alert(1)'/>"), "logo.svg")}

    answer = otto.post(f"/admin/newsletters/{letter.id}/logo", upload, content_type="multipart/form-data")

    assert answer.status_code == 422


def test_series_is_added_and_keeps_its_words(otto: Browser, letter: Newsletter, runtime: Runtime) -> None:
    # given
    added = otto.post(f"/admin/newsletters/{letter.id}/series", {"name": "Briefing", "weekday": "1"})

    # when
    answer = otto.post(added.location, {"name": "Briefing", "weekday": "3", "label-summary": "The facts， In short"})

    # then
    assert answer.status_code == 303
    with runtime.reading() as session:
        (series,) = queries.series_of(session, letter.id)
    assert (series.weekday, series.labels) == (3, {"summary": ["The facts", "In short"]})


def test_new_newsletter_leads_to_what_is_missing(otto: Browser) -> None:
    # when
    answer = otto.post("/admin/newsletters/new", {"name": "Second", "slug": "second", "language": "ko"})

    # then
    assert answer.status_code == 303
    assert "can be booked yet" in otto.get(answer.location).text


def test_short_name_that_is_taken_is_refused(otto: Browser, letter: Newsletter) -> None:
    answer = otto.post("/admin/newsletters/new", {"name": "Second", "slug": letter.slug, "language": "ko"})

    assert answer.status_code == 422
    assert "already" in answer.text


@pytest.mark.parametrize(
    "path", ["/admin/issues", "/admin/issues/new", "/admin/schedule", "/admin/subscribers", "/admin/subscribers/imports"]
)
def test_page_without_a_newsletter_leads_to_the_first_one(otto: Browser, path: str) -> None:
    assert 'href="/admin/newsletters/new"' in otto.get(path).text
