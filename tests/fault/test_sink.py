"""The mail server of the fault runs: what it took is written down before it says so, whatever it does afterwards."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.delivery.replies import Outcome
from service.delivery.transports.smtp_connection import Patience
from tests.benchmark.sink import free_port, greets
from tests.fault.ledger import Ledger
from tests.fault.orders import Orders
from tests.support.guarded import guarded
from tests.support.smtp_post import Post, names


class Relay:
    """The server in a process of its own, and what it wrote down."""

    def __init__(self, home: Path, port: int) -> None:
        self._home, self.url = home, f"smtp://127.0.0.1:{port}"

    def taken(self) -> int:
        return sum(map(len, Ledger(f"sqlite:///{self._home}/none.db", self._home / "taken").copies().values()))


@pytest.fixture
def relay(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Relay]:
    port = free_port()
    request.param.write(tmp_path / "orders.json")
    command = [sys.executable, "-m", "tests.fault.sink", str(port), str(tmp_path / "taken"), str(tmp_path / "orders.json")]
    with guarded(command, log=tmp_path / "log", is_ready=lambda: greets(port)):
        yield Relay(tmp_path, port)


def sent(relay: Relay, count: int = 12) -> list[Outcome]:
    post = Post(relay.url, connections=2, patience=Patience.at_most(0.5))
    post.send(names(count))
    post.transport.close()
    return post.outcomes()


@pytest.mark.parametrize("relay", [Orders(hides=hidden) for hidden in ((), ("CHUNKING",), ("CHUNKING", "PIPELINING"))], indirect=True)
def test_each_mail_is_written_down_once_by_whatever_verbs_it_came(relay: Relay) -> None:
    assert sent(relay) == [Outcome.ACCEPTED] * 12
    assert relay.taken() == 12


@pytest.mark.parametrize(
    ("relay", "outcome", "taken"),
    [
        (Orders(mishaps={"dot close": 1.0}, hides=("CHUNKING",)), Outcome.UNCERTAIN, True),
        (Orders(mishaps={"dot stall": 1.0}, hides=("CHUNKING",)), Outcome.UNCERTAIN, True),
        (Orders(mishaps={"dot lose": 1.0}, hides=("CHUNKING",)), Outcome.UNCERTAIN, False),
        (Orders(mishaps={"dot 451": 1.0}), Outcome.DEFERRED, False),
        (Orders(mishaps={"rcpt 550": 1.0}), Outcome.REFUSED, False),
        (Orders(mishaps={"body close": 1.0}, hides=("CHUNKING",)), Outcome.UNCERTAIN, False),
    ],
    indirect=["relay"],
)
def test_it_misbehaves_as_it_is_told_and_its_record_says_what_it_took(relay: Relay, outcome: Outcome, taken: bool) -> None:
    (found,) = set(sent(relay, 1))

    assert found is outcome
    assert relay.taken() == taken
