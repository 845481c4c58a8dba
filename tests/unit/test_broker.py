"""Nudges to a broker that is away cost a moment once, and never an error."""

import pytest

from service.broker import Broker
from service.core.settings import Settings


def test_a_broker_that_is_away_is_asked_once(
    settings: Settings, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    broker = Broker(settings.model_copy(update={"valkey_url": "redis://127.0.0.1:1/0"}))

    broker.nudge(["send_notice", "compile_issue", "run_import"])

    said = capsys.readouterr()
    assert max(text.count("nudge not delivered") for text in (said.out, said.err, caplog.text)) == 1
