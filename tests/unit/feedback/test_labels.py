"""Provisional labels: a machine that names itself is one, and an ordinary reader is not."""

import pytest

from service.feedback import labels

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("kind", "agent", "label", "reason"),
    [
        ("opened", CHROME, "human", "no_machine_sign"),
        ("clicked", CHROME, "human", "no_machine_sign"),
        ("opened", "Mozilla/5.0", "machine", "apple_privacy_proxy"),
        ("opened", "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "unknown", "image_proxy"),
        ("clicked", "Mozilla/5.0 (compatible; Yeti/1.1; +http://naver.me/spd)", "machine", "bot"),
        ("clicked", "python-requests/2.32", "machine", "library"),
        ("clicked", "Mozilla/5.0 BingPreview/1.0b", "machine", "security_scanner"),
        ("clicked", "", "unknown", "no_user_agent"),
    ],
)
def test_label_follows_from_the_user_agent(kind: str, agent: str, label: str, reason: str) -> None:
    verdict = labels.provisional(kind, agent)

    assert (verdict.label, verdict.reason) == (label, reason)
