"""Where a sign-in may lead on to (F10)."""

import pytest

from service.web.access import safe_path


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "evil",
        "/x\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "",
        None,
    ],
)
def test_next_never_leads_elsewhere(path: str | None) -> None:
    assert safe_path(path, "/admin") == "/admin"


def test_next_keeps_a_path_of_ours() -> None:
    assert safe_path("/admin/issues?state=draft", "/admin") == "/admin/issues?state=draft"
