"""Newsletters and series are made and changed; what cannot be kept is refused before anything is written."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from service.core.audit import AuditEntry
from service.core.errors import Conflict, Invalid, NotFound
from service.newsletters import editing, queries
from service.newsletters.identity import Identity

LETTER = Identity(name="The Letter", sender_email="hello@news.example.com")


def test_change_names_what_changed_and_writes_it_down(session: Session) -> None:
    # given
    newsletter = editing.create(session, slug="letter", identity=LETTER, by=1)

    # when
    changed = editing.change(session, newsletter.id, replace(LETTER, legal_telephone="+82 2 123 4567", tagline="Mon Wed Fri"), by=1)

    # then
    assert sorted(changed) == ["legal_telephone", "tagline"]
    assert newsletter.legal_telephone == "+82 2 123 4567"
    last = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert last is not None
    assert (last.act, sorted(last.details["settings"])) == ("newsletter.changed", ["legal_telephone", "tagline"])


def test_same_settings_again_change_nothing(session: Session) -> None:
    newsletter = editing.create(session, slug="letter", identity=LETTER, by=1)

    assert editing.change(session, newsletter.id, LETTER, by=1) == []


def test_faulty_settings_are_refused_whole(session: Session) -> None:
    # given
    newsletter = editing.create(session, slug="letter", identity=LETTER, by=1)

    # when
    with pytest.raises(Invalid):
        editing.change(session, newsletter.id, replace(LETTER, name="New", sender_name="x\r\nBcc: y"), by=1)

    # then
    assert newsletter.name == "The Letter"


@pytest.mark.parametrize("slug", ["", "The Letter", "-x", "x-", "ü", "a/b", "x" * 61])
def test_short_name_is_checked(session: Session, slug: str) -> None:
    with pytest.raises(Invalid):
        editing.create(session, slug=slug, identity=LETTER, by=1)


def test_short_name_is_given_once(session: Session) -> None:
    editing.create(session, slug="letter", identity=LETTER, by=1)

    with pytest.raises(Conflict):
        editing.create(session, slug="letter", identity=LETTER, by=1)


def test_series_keep_their_own_label_words(session: Session) -> None:
    # given
    newsletter = editing.create(session, slug="letter", identity=LETTER, by=1)
    series = editing.add_series(session, newsletter.id, name=" Weekly  Briefing ", weekday=1, by=1)

    # when
    editing.change_series(
        session,
        newsletter.id,
        series.id,
        name="Briefing",
        weekday=None,
        labels={"summary": [" The  facts ", ""], "why": [""], "odd": ["x"]},
        by=1,
    )

    # then
    assert (series.name, series.weekday, series.labels) == ("Briefing", None, {"summary": ["The facts"]})
    assert queries.series_of(session, newsletter.id) == [series]


def test_series_names_are_told_apart(session: Session) -> None:
    newsletter = editing.create(session, slug="letter", identity=LETTER, by=1)
    editing.add_series(session, newsletter.id, name="Briefing", weekday=1, by=1)

    with pytest.raises(Conflict):
        editing.add_series(session, newsletter.id, name="Briefing", weekday=3, by=1)


def test_unknown_newsletter_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        editing.add_series(session, 99, name="Briefing", weekday=1, by=1)


def test_series_of_another_newsletter_is_not_found(session: Session) -> None:
    # given
    newsletter = editing.create(session, slug="letter", identity=Identity(name="The Letter"), by=1)
    other = editing.create(session, slug="other", identity=Identity(name="The Other"), by=1)
    series = editing.add_series(session, newsletter.id, name="Briefing", weekday=1, by=1)

    # when, then
    with pytest.raises(NotFound):
        editing.get_series(session, other.id, series.id)
