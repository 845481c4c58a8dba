"""The conventional design, for comparison: Jinja and EmailMessage, sendmail and a commit for each recipient."""

import smtplib
import time

import jinja2
from sqlalchemy import select, update

from service.core import clock
from service.delivery.models import Delivery
from service.delivery.states import DeliveryState
from service.rendering.headers import RECIPIENT
from service.subscribers.models import Subscriber
from tests.benchmark import messages
from tests.benchmark.press import Press, Sent, letter_content


class Conventional:
    """Sends issues of the same size to readers of the same ledger."""

    def __init__(self, press: Press, smtp_port: int) -> None:
        self._press = press
        self._port = smtp_port
        html, text = letter_content()
        environment = jinja2.Environment(autoescape=True)
        self._templates = environment.from_string(messages.as_jinja(html)), jinja2.Environment().from_string(messages.as_jinja(text))

    def send(self, issue_id: int, count: int) -> Sent:
        """To the first `count` readers of a launched issue, over one kept connection."""
        with self._press.runtime.reading() as session:
            readers = session.execute(
                select(Subscriber.id, Subscriber.email, Subscriber.name)
                .join(Delivery, Delivery.subscriber_id == Subscriber.id)
                .where(Delivery.issue_id == issue_id)
                .order_by(Subscriber.id)
                .limit(count)
            ).all()
        cpu, begin = time.process_time(), time.perf_counter()
        with smtplib.SMTP("127.0.0.1", self._port) as server:
            for id_, email, name in readers:
                address = email or ""
                values = messages.values_of(id_) | {"name": name, RECIPIENT: address}
                server.sendmail("news@example.test", [address], messages.naive(*self._templates, values))
                self._mark(issue_id, id_)
        return Sent(len(readers), time.perf_counter() - begin, time.process_time() - cpu)

    def _mark(self, issue_id: int, subscriber_id: int) -> None:
        row = (Delivery.issue_id == issue_id, Delivery.subscriber_id == subscriber_id)
        with self._press.runtime.writing() as session:
            session.execute(update(Delivery).where(*row).values(state=DeliveryState.ACCEPTED, changed_at=clock.now()))
