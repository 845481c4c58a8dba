"""No reader's address reaches a log, wherever in an event it stands (F19)."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from service.core import logs
from service.core.settings import Settings


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**configured)


@pytest.mark.parametrize(
    "value",
    ["ada.lovelace@naver.com", ["ada.lovelace@naver.com"], {"to": ("ada.lovelace@naver.com",)}, ValueError("<ada.lovelace@naver.com>")],
)
def test_addresses_are_masked_at_any_depth(settings: Settings, capsys: pytest.CaptureFixture[str], value: object) -> None:
    logs.configure(settings.model_copy(update={"log_format": "json"}))

    logs.get("test").warning("refused", about=value)

    line = capsys.readouterr().err
    assert "ad***@naver.com" in json.dumps(json.loads(line))
    assert "lovelace" not in line
