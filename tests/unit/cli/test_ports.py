"""Ports: the wished one, else the next free; the addresses follow; an address of the outside world stays."""

import socket
from collections.abc import Iterator

import pytest

from service.cli.launching import ports
from service.core.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_used_as_it_is(taken: int) -> None:
    free = ports.next_free(taken)

    assert ports.next_free(free) == free


def test_a_taken_port_gives_a_sentence_and_the_next_free_one(settings: Settings, taken: int) -> None:
    said: list[str] = []
    wished = settings.model_copy(update={"base_url": f"http://127.0.0.1:{taken}"})

    settled = ports.settle(wished, said.append, with_catcher=False)

    new = ports.port_of(settled.base_url, 0)
    assert new != taken
    assert said[0] == f"Port {taken} is taken by another program; web uses {new} instead."


def test_two_of_our_own_never_get_the_same_port(settings: Settings, taken: int) -> None:
    wished = settings.model_copy(
        update={"base_url": f"http://127.0.0.1:{taken}", "edge_url": f"http://127.0.0.1:{taken}", "catcher_port": taken}
    )

    settled = ports.settle(wished, lambda _sentence: None, with_catcher=True)

    chosen = {ports.port_of(settled.base_url, 0), ports.port_of(settled.edge_url, 0), settled.catcher_port}
    assert len(chosen) == 3
    assert settled.smtp_url == f"smtp://127.0.0.1:{settled.catcher_port}"


def test_an_outside_address_stays_and_a_proxy_finds_us_on_the_usual_port(settings: Settings) -> None:
    public = settings.model_copy(update={"base_url": "https://news.example.com", "edge_url": "https://t.example.com"})

    settled = ports.settle(public, lambda _sentence: None, with_catcher=False)

    assert settled.base_url == "https://news.example.com"
    assert ports.port_of(settled.base_url, ports.WEB_PORT) == ports.WEB_PORT
