"""Whether a hit was a person's or a machine's, from the hit alone: provisional, with its reason. Pure; rules are data with a version."""

import re
from dataclasses import dataclass
from typing import Literal

RULES_VERSION = 1

Verdict = Literal["human", "machine", "unknown"]


@dataclass(frozen=True)
class Labelled:
    """A label and the rule that gave it."""

    label: Verdict
    reason: str


@dataclass(frozen=True)
class Rule:
    """`kinds` are the hits it speaks about; the first rule that matches the user agent decides."""

    reason: str
    label: Verdict
    agent: re.Pattern[str]
    kinds: tuple[str, ...] = ("opened", "clicked")


def _words(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


RULES = (
    # C1: Apple preloads every picture through its proxy, read or not, under this bare name
    Rule("apple_privacy_proxy", "machine", re.compile(r"^Mozilla/5\.0$"), ("opened",)),
    # C2: a picture proxy hides the reader; the first load usually means an open, later ones never reach us
    Rule("image_proxy", "unknown", _words("GoogleImageProxy", "YahooMailProxy", "ggpht"), ("opened",)),
    Rule("security_scanner", "machine", _words("BingPreview", "SafeLinks", "Barracuda", "Mimecast", "Proofpoint", "TrendMicro", "urlscan")),
    Rule("bot", "machine", _words(r"bot\b", "crawler", "spider", "slurp", "facebookexternalhit", "kakaotalk-scrap", "Yeti/", "Daum/")),
    Rule(
        "library",
        "machine",
        _words(r"^curl/", r"^Wget/", "python-requests", "python-urllib", "Go-http-client", "okhttp", "Java/", "HeadlessChrome"),
    ),
    Rule("no_user_agent", "unknown", re.compile(r"^\s*$")),
)


def provisional(kind: str, user_agent: str) -> Labelled:
    """The label of a hit of this kind ("opened", "clicked") before its neighbours are known (C6)."""
    for rule in RULES:
        if kind in rule.kinds and rule.agent.search(user_agent):
            return Labelled(rule.label, rule.reason)
    return Labelled("human", "no_machine_sign")
