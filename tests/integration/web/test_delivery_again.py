"""Send again to these, at the desk: a list with an answer for each line, or everybody in one state; operators only."""

import pytest
from sqlalchemy import select

from service.core.database import Database
from service.delivery.models import Delivery
from service.delivery.states import DeliveryState
from service.runtime import Runtime
from service.subscribers.models import Subscriber
from tests.integration.web.test_deliveries import launched
from tests.support.desk import Browser

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def issue_id(runtime: Runtime) -> int:
    with runtime.database.writing() as session:
        return launched(session).id


def in_state(database: Database, state: DeliveryState) -> list[str]:
    with database.reading() as session:
        query = select(Subscriber.email).join(Delivery, Delivery.subscriber_id == Subscriber.id).where(Delivery.state == state)
        return [email or "" for email in session.scalars(query)]


def test_a_list_is_answered_line_by_line(runtime: Runtime, otto: Browser, issue_id: int) -> None:
    (refused,), taken = in_state(runtime.database, DeliveryState.REFUSED), in_state(runtime.database, DeliveryState.ACCEPTED)[0]
    path = f"/admin/deliveries/{issue_id}/again"

    answer = otto.post(path, {"addresses": f"{refused}\n{taken}\nnobody@example.com"})

    assert answer.status_code == 200
    assert "Goes out again, before the others" in answer.text
    assert "Has it already" in answer.text
    assert "There is no reader with this address" in answer.text
    assert in_state(runtime.database, DeliveryState.REFUSED) == []
    assert refused in in_state(runtime.database, DeliveryState.QUEUED)


def test_everybody_in_one_state_is_sent_to_after_a_question(runtime: Runtime, otto: Browser, issue_id: int) -> None:
    path = f"/admin/deliveries/{issue_id}/again"

    page = otto.get(path).text
    answer = otto.post(path, {"group": "refused"})

    assert "1 readers are sent to again, before the others" in page
    assert answer.status_code == 200
    assert in_state(runtime.database, DeliveryState.REFUSED) == []
    assert "Nobody is left" in otto.get(path).text


def test_an_empty_list_is_told_beside_the_field(otto: Browser, issue_id: int) -> None:
    answer = otto.post(f"/admin/deliveries/{issue_id}/again", {"addresses": " "})

    assert answer.status_code == 422
    assert "There is no address." in answer.text


def test_an_editor_may_not(edith: Browser, issue_id: int) -> None:
    assert edith.get(f"/admin/deliveries/{issue_id}/again").status_code == 403
    assert "/again" not in edith.get(f"/admin/deliveries/{issue_id}").text
