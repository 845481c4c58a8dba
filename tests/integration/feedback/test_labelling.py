"""Final labels over closed windows: neighbours decide, late hits open the window again, newer rules label again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import clock
from service.core.errors import NotFound
from service.core.jobs import Job
from service.delivery.models import Delivery
from service.delivery.states import DeliveryState
from service.feedback import ingest, labelling, labels, relabelling, windows
from service.feedback.hits import Hit
from service.feedback.models import Event, Label, LabelWindow
from service.tracking.models import Link
from tests.support import factories

NINE = windows.start_of(clock.now() - timedelta(days=1))
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
HEADERS = "a=html;e=gzip,br;f=navigate;l=ko"
LATER = NINE + timedelta(hours=1)


def sent(session: Session) -> tuple[int, int]:
    letter = factories.newsletter(session)
    ada, issue = factories.reader(session, letter), factories.issue(session, letter)
    session.add(Delivery(issue_id=issue.id, subscriber_id=ada.id, batch_no=1, state=DeliveryState.ACCEPTED, changed_at=NINE))
    session.add_all(Link(issue_id=issue.id, number=number, url=f"https://example.com/{number}") for number in range(1, 13))
    session.flush()
    return issue.id, ada.id


def hit(issue_id: int, reader: int, number: int, wait: float, link: int | None = None) -> Hit:
    return Hit(f"{number:032x}", NINE.timestamp() + wait, issue_id, reader, link, "203.0.113.0", CHROME, HEADERS)


def swept(issue_id: int, reader: int, start: float = 30) -> list[Hit]:
    """All twelve links within seconds."""
    return [hit(issue_id, reader, number, start + number / 2, number) for number in range(1, 13)]


def settle(session: Session, now: datetime = LATER) -> int:
    count = 0
    while judged := labelling.judge(session, now):
        count += labelling.settle(session, judged)
    return count


def labels_of(session: Session) -> set[Label]:
    return set(session.scalars(select(Event.label)))


def test_label_is_provisional_at_once_and_final_after_the_window(session: Session) -> None:
    ingest.ingest(session, ingest.labelled(swept(*sent(session))))
    provisional = labels_of(session)

    early, late = settle(session, NINE + timedelta(minutes=29)), settle(session, NINE + timedelta(minutes=30))

    assert (provisional, early, late) == ({Label.HUMAN}, 0, 12)
    assert labels_of(session) == {Label.MACHINE}
    assert session.scalars(select(Event.rules).distinct()).all() == [labels.RULES_VERSION]


def test_labelling_twice_changes_nothing(session: Session) -> None:
    ingest.ingest(session, ingest.labelled(swept(*sent(session))))
    judged = labelling.judge(session, LATER)
    assert judged

    first, second = labelling.settle(session, judged), labelling.settle(session, judged)

    assert (first, second, labelling.judge(session, LATER)) == (12, 12, None)


def test_late_hit_opens_its_window_again(session: Session) -> None:
    issue_id, ada = sent(session)
    ingest.ingest(session, ingest.labelled(swept(issue_id, ada)[:2]))
    settle(session)
    before = labels_of(session)

    ingest.ingest(session, ingest.labelled(swept(issue_id, ada)))

    assert before == {Label.HUMAN}
    assert settle(session) == 12
    assert labels_of(session) == {Label.MACHINE}


def test_hit_that_comes_in_while_its_window_is_judged_is_not_forgotten(session: Session) -> None:
    issue_id, ada = sent(session)
    ingest.ingest(session, ingest.labelled([hit(issue_id, ada, 1, 60)]))
    judged = labelling.judge(session, LATER)
    assert judged
    ingest.ingest(session, ingest.labelled([hit(issue_id, ada, 2, 70)]))

    labelling.settle(session, judged)

    again = labelling.judge(session, LATER)
    assert again
    assert sum(map(len, again.verdicts.values())) == 2


def test_earlier_windows_are_neighbours(session: Session) -> None:
    issue_id, ada = sent(session)
    ingest.ingest(session, ingest.labelled([hit(issue_id, ada, 1, 60), hit(issue_id, ada, 2, 3 * 3600, 1)]))

    settle(session, NINE + timedelta(hours=4))

    clicked = session.scalars(select(Event).where(Event.link == 1)).one()
    assert (clicked.label, clicked.reason) == (Label.HUMAN, "opened_before")


def test_hits_without_a_name_keep_what_they_had(session: Session) -> None:
    issue_id, _ = sent(session)
    ingest.ingest(session, ingest.labelled([hit(issue_id, 0, 1, 60, 1)]))

    assert settle(session) == 0
    assert session.scalars(select(LabelWindow.is_open)).all() == [False]


def test_newer_rules_label_again_what_older_ones_did(session: Session) -> None:
    issue_id, ada = sent(session)
    ingest.ingest(session, ingest.labelled(swept(issue_id, ada)))
    settle(session)
    session.execute(update(LabelWindow).values(rules=labels.RULES_VERSION - 1))
    session.execute(update(Event).values(label=Label.HUMAN, rules=labels.RULES_VERSION - 1))

    asked = relabelling.ask(session, None)
    opened, again = relabelling.reopen(session, issue_id), relabelling.reopen(session, issue_id)
    settle(session)

    assert (asked, opened, again) == (1, 1, 0)
    assert session.scalars(select(Job.ids).where(Job.name == relabelling.JOB)).all() == [{"issue_id": issue_id}]
    assert labels_of(session) == {Label.MACHINE}


def test_nothing_to_label_again_is_said(session: Session) -> None:
    ingest.ingest(session, ingest.labelled(swept(*sent(session))))
    settle(session)

    with pytest.raises(NotFound):
        relabelling.ask(session, None)


def test_windows_of_one_span_follow_one_another(session: Session) -> None:
    issue_id, ada = sent(session)
    ingest.ingest(session, ingest.labelled([hit(issue_id, ada, number, 900 * window) for number, window in enumerate((0, 1, 2, 5))]))

    span = windows.due(session, NINE + timedelta(hours=3))

    assert span
    assert (span.start, span.end) == (NINE, NINE + 3 * windows.LENGTH)
