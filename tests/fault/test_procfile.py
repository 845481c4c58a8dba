"""The production set: the Procfile's processes over a PostgreSQL and a Valkey of the test's own, as one would run them."""

import http.client
import os
import sys
from pathlib import Path

import pytest
import redis

from service.cli.launching import ports
from service.core.settings import ROOT
from tests.support import postgres, processes, schema, valkey
from tests.support.guarded import guarded
from tests.support.processes import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("launcher")]


def test_the_procfiles_processes_work_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = ports.next_free(20025 + os.getpid() % 1000)
    edge = ports.next_free(web + 1)
    with postgres.running() as database_url, valkey.running(append_only=True) as valkey_url:
        schema.create(database_url)
        settings = {
            "PRESSRUN_VAR_DIR": str(tmp_path / "var"),
            "PRESSRUN_DATABASE_URL": database_url,
            "PRESSRUN_VALKEY_URL": valkey_url,
            "PRESSRUN_BASE_URL": f"http://127.0.0.1:{web}",
            "PRESSRUN_EDGE_URL": f"http://127.0.0.1:{edge}",
            "PRESSRUN_SMTP_URL": f"file://{tmp_path}/mails",
            "PRESSRUN_TICK_SECONDS": "1",
            "HOST": "127.0.0.1",
            # honcho hands PORT out by itself, from here on, in steps of a hundred
            "EDGE_PORT": str(edge),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        honcho = [sys.executable, "-m", "honcho", "start", "--port", str(web), "--procfile", str(ROOT / "Procfile")]

        with (
            guarded(honcho, log=tmp_path / "log", is_ready=lambda: answer(web, "/readyz") == 200, cwd=ROOT) as runner,
            redis.Redis.from_url(valkey_url) as client,
        ):
            wait_until(lambda: answer(edge, "/c/nonsense/1") not in (None, 500), 20, "the edge answers")
            wait_until(lambda: client.keys("pressrun:periodic:*"), 20, "beat ticks and the worker works")
            wait_until(lambda: client.exists("hits"), 20, "the consumer has joined the stream")
            log = (tmp_path / "log").read_text()
            runner.terminate()
            runner.wait(30)

    assert "Traceback" not in log
    assert processes.of(tmp_path / "var") == {}


def answer(port: int, path: str) -> int | None:
    """The status of a request; None where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
