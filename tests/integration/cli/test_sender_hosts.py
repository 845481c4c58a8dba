"""The terminal lets a machine in and lists those that send."""

import json
from datetime import datetime, timedelta

import pytest

from service.cli import main
from service.core import settings as core_settings
from service.delivery.identity import instance
from service.runtime import Runtime


def test_an_admitted_host_is_listed_until_it_joins(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(core_settings, "load", lambda: runtime.settings)

    codes = [main.run(["deliveries", "admit-host", "press-2"]), main.run(["deliveries", "admit-host", "press-2", "--json"])]
    instance.may_send(runtime.database, runtime.settings.model_copy(update={"instance_name": "press-2"}))
    codes.append(main.run(["deliveries", "hosts", "--json"]))

    out = capsys.readouterr().out
    assert codes == [0, 0, 0]
    assert out.startswith("press-2 may join.")
    assert '"is_new": false' in out
    (host,) = json.loads(out[out.index("[\n") :])
    assert host["name"] == "press-2"
    assert datetime.fromisoformat(host["joined_at"]).utcoffset() == timedelta(0)
