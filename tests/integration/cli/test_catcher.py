"""The mail catcher: keeps every mail byte for byte with its envelope, and speaks like a real server."""

import asyncio
import os
import signal
import smtplib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli import catcher
from service.cli.launching import ports
from service.core.settings import Settings
from tests.support.processes import wait_until


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A running catcher over `tmp_path/mail`."""
    chosen, loop = ports.next_free(18025), asyncio.new_event_loop()
    keeper = catcher.Keeper(tmp_path / "mail")
    server = loop.run_until_complete(loop.create_server(lambda: catcher.make_server(keeper, loop), "127.0.0.1", chosen))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield chosen
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_a_mail_is_kept_as_it_came_with_its_envelope(port: int, tmp_path: Path) -> None:
    body = "Subject: =?utf-8?B?7JWI64WV?=\r\n\r\n안녕하세요, Ada\r\n.\r\n".encode()

    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("b+1@news.example.com", ["ada@example.com"], body, mail_options=["BODY=8BITMIME"])

    (kept,) = (tmp_path / "mail" / "new").iterdir()
    assert kept.read_bytes() == b"Return-Path: <b+1@news.example.com>\r\nDelivered-To: ada@example.com\r\n" + body


def test_pipelined_commands_are_answered_in_order(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        assert {"pipelining", "8bitmime", "size", "smtputf8"} <= set(client.esmtp_features)
        client.sock.sendall(b"MAIL FROM:<a@example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n")
        replies = [client.getreply()[0] for _ in range(3)]
        client.sock.sendall(b"Subject: x\r\n\r\nx\r\n.\r\nMAIL FROM:<a@example.com>\r\n")
        replies += [client.getreply()[0] for _ in range(2)]

    assert replies == [250, 250, 354, 250, 250]


def test_a_folder_that_cannot_be_written_asks_to_come_again(port: int, tmp_path: Path) -> None:
    (tmp_path / "mail" / "tmp").rmdir()

    with smtplib.SMTP("127.0.0.1", port) as client, pytest.raises(smtplib.SMTPDataError) as refusal:
        client.sendmail("a@example.com", ["ada@example.com"], b"Subject: x\r\n\r\nx\r\n")

    assert refusal.value.smtp_code == 452


def test_it_listens_until_it_is_told_to_stop(settings: Settings) -> None:
    chosen = settings.model_copy(update={"catcher_port": ports.next_free(18125)})

    async def serve_and_stop() -> None:
        serving = asyncio.create_task(catcher.serve(chosen))
        while not catcher.folder(chosen).joinpath("new").exists():
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, 10)

    asyncio.run(serve_and_stop())
    wait_until(lambda: ports.is_free(chosen.catcher_port), 5, "the port is free again")
