"""`pressrun issues render`: three files to look at, from a text alone."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.issues import issues
from service.core.errors import Invalid, NotFound

SAMPLES = Path(__file__).resolve().parents[3] / "service" / "cli" / "samples"


def invoke(*arguments: str | Path, catch: bool = True) -> str:
    result = CliRunner().invoke(issues, ["render", *map(str, arguments)], catch_exceptions=catch)
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize(("name", "words"), [("issue.ko.txt", "왜 중요한가"), ("issue.en.txt", "Why it matters")])
def test_render_writes_html_text_and_mail(tmp_path: Path, name: str, words: str) -> None:
    invoke(SAMPLES / name, "--out", tmp_path / "new")

    html, text = ((tmp_path / "new" / file).read_text(encoding="utf-8") for file in ("issue.html", "issue.txt"))
    assert words in html
    assert words in text
    assert "pr0" not in html + text


def test_the_mail_is_one_that_could_be_sent(tmp_path: Path) -> None:
    invoke(SAMPLES / "issue.ko.txt", "--out", tmp_path, "--advertising")

    raw = (tmp_path / "issue.eml").read_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert mail["Subject"].startswith("(광고) ")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert text is not None
    assert html is not None
    assert "/o/sample" in html.get_content()
    assert "pr0" not in html.get_content() + text.get_content()


def test_a_name_that_is_neither_file_nor_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        invoke("nowhere.txt", "--out", tmp_path, catch=False)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(Invalid, match="taken"):
        invoke(SAMPLES / "issue.ko.txt", "--out", tmp_path / "taken" / "below", catch=False)
