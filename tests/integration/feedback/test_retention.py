"""Where a hit came from is forgotten after a month; that it came is not."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.feedback import retention
from service.feedback.models import Event, EventKind, Label


def test_network_and_program_of_old_hits_are_forgotten_and_their_label_stays(session: Session) -> None:
    now = clock.now()
    for number, days in enumerate((31, 29)):
        at = now - timedelta(days=days)
        kept = {"ip": "192.0.2.0", "user_agent": "Mozilla/5.0", "label": Label.HUMAN, "reason": "no_machine_sign"}
        session.add(Event(hit_id=f"{number:032x}", issue_id=1, subscriber_id=1, kind=EventKind.CLICKED, link=1, at=at, **kept))
    session.flush()

    counts = [retention.forget_origins(session, now) for _ in range(2)]

    assert counts == [1, 0]
    rows = session.execute(select(Event.ip, Event.user_agent, Event.label).order_by(Event.hit_id)).all()
    assert rows == [("", "", Label.HUMAN), ("192.0.2.0", "Mozilla/5.0", Label.HUMAN)]
