"""Why nobody knows, in the language of the page: the sender's words are translated, the mail server they are about is not."""

import pytest

from service.web import uncertain_words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the mail server closed the connection", "<the mail server closed the connection>"),
        ("mx.example.com:25: the mail server closed the connection", "mx.example.com:25: <the mail server closed the connection>"),
        ("127.0.0.1:25: no answer within 600 seconds", "127.0.0.1:25: <No answer came within {seconds} seconds.>"),
        ("", "<The reply was lost.>"),
    ],
)
def test_a_cause_is_translated_behind_its_place(text: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertain_words, "translate", lambda sentence, **_: f"<{sentence}>")

    assert uncertain_words.cause(text) == said
