"""The doctor: one line for each part, a remedy where something is wrong, and the parts do not stop each other."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from service.cli import catcher, doctor
from service.cli.launching import ports
from service.core import clock, redis
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.identity import instance
from service.delivery.transports import reaching
from service.newsletters.findings import Finding, Level
from service.runtime import Runtime
from tests.support import copies, sending


def by_subject(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


@pytest.fixture
def mail_port(tmp_path: Path) -> Iterator[int]:
    """A running catcher."""
    chosen, loop = ports.next_free(18225), asyncio.new_event_loop()
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


def test_a_healthy_house_has_only_good_findings(runtime: Runtime, mail_port: int) -> None:
    settings = runtime.settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{mail_port}"})

    findings = by_subject(doctor.examine(settings, None))

    del findings["disk"]  # the test machine's own
    assert {subject: finding.level for subject, finding in findings.items()} == {
        "database": Level.OK,
        "clock": Level.OK,
        "Valkey": Level.OK,
        "mail server": Level.OK,
    }


def test_what_is_away_is_named_with_a_remedy_and_the_rest_is_still_looked_at(runtime: Runtime, tmp_path: Path) -> None:
    away = f"postgresql://nobody@127.0.0.1:{ports.next_free(18325)}/pressrun"
    changes = {"database_url": away, "valkey_url": f"unix://{tmp_path}/none.sock", "smtp_url": f"smtp://127.0.0.1:{ports.next_free(18325)}"}

    findings = by_subject(doctor.examine(runtime.settings.model_copy(update=changes), None))

    del findings["disk"]
    assert {subject: finding.level for subject, finding in findings.items()} == dict.fromkeys(
        ("database", "Valkey", "mail server"), Level.ERROR
    )
    assert all(finding.remedy for finding in findings.values())


def test_a_valkey_that_throws_data_away_is_an_error(runtime: Runtime, valkey: redis.Redis) -> None:
    valkey.config_set("maxmemory-policy", "allkeys-lru")
    try:
        (finding,) = doctor.check_valkey(runtime.settings)
    finally:
        valkey.config_set("maxmemory-policy", "noeviction")

    assert finding.level is Level.ERROR
    assert "noeviction" in finding.remedy


def test_a_clock_far_from_the_databases_is_an_error(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr("service.core.clock.now", lambda: now.replace(year=now.year + 1))

    findings = by_subject(doctor.check_database(database))

    assert findings["clock"].level is Level.ERROR


def test_a_folder_for_mails_is_enough_when_it_can_be_written(tmp_path: Path) -> None:
    assert reaching.check(f"file://{tmp_path}/mails").level is Level.OK
    assert reaching.check("file:///nonexistent/folder/mails").level is Level.ERROR


@pytest.mark.parametrize(("megabytes", "level"), [(20_000, Level.OK), (400, Level.WARNING), (3, Level.ERROR)])
def test_a_disk_without_room_is_found_before_it_is_full(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, megabytes: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=megabytes * 1_000_000))

    finding = doctor.check_disk(settings)

    assert finding.level is level
    assert bool(finding.remedy) is (level is not Level.OK)


def test_issues_that_wait_because_of_the_database_are_an_error_with_a_remedy(runtime: Runtime) -> None:
    sending.start(runtime.database, runtime.settings)
    restore = copies.backup(runtime.database)
    copies.drain(runtime.database, runtime.settings)
    restore()
    instance.may_send(runtime.database, runtime.settings)

    (finding,) = doctor.check_instance(runtime.database)

    assert finding.level is Level.ERROR
    assert "restored" in finding.message
    assert "go-on" in finding.remedy
