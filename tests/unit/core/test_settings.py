"""Every wrong setting is named at once, wherever it was written."""

from pathlib import Path

import pytest

from service.core import settings
from service.core.settings import InvalidSettings, Settings


def test_mistakes_in_the_environment_and_in_the_file_are_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / ".env"
    written.write_text("PRESSRUN_SMPT_URL=smtp://127.0.0.1:25\nPRESSRUN_BATCH_SIZE=9000\nOTHER=1\n")
    monkeypatch.setitem(Settings.model_config, "env_file", written)  # type: ignore[typeddict-item]
    monkeypatch.setenv("PRESSRUN_EDGE_URL", "http://news.example.com")

    with pytest.raises(InvalidSettings) as told:
        settings.load()

    assert "PRESSRUN_SMPT_URL: there is no such setting" in told.value.message
    assert "PRESSRUN_BATCH_SIZE" in told.value.message
    assert "PRESSRUN_EDGE_URL: must be https" in told.value.message
    assert "OTHER" not in told.value.message
