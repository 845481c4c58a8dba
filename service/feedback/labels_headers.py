"""The few headers that the rules need, in one short line that can be stored with a hit; names in any case. Pure.

Kept are whether and how a browser introduces itself, never a cookie, a whole address or anything that names a reader.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 160  # characters of a line
_CODES = {
    ":method": "m",
    "accept": "a",
    "accept-encoding": "e",
    "accept-language": "l",
    "sec-fetch-mode": "f",
    "sec-fetch-user": "u",
    "purpose": "p",
    "sec-purpose": "p",
    "x-purpose": "p",
    "x-moz": "p",
    "referer": "r",
    "x-requested-with": "x",
}
NAMES = tuple(_CODES)
_HOST = re.compile(r"^[a-z-]+://([^/:?#]+)")
_UNSAFE = re.compile(r"[^a-z0-9.,*/_+-]")
WEBMAIL = re.compile(r"(^|\.)(mail|mailplus|mail2|webmail|outlook|owa|exchange|groupware|inbox)\b")


@dataclass(frozen=True)
class Shape:
    """What the headers say. `is_known` is false where none were kept, so that a missing one means nothing."""

    is_known: bool = False
    method: str = "GET"
    is_ahead: bool = False
    language: str = ""
    wants_page: bool = False
    wants_anything: bool = False
    encodings: str = ""
    mode: str = ""
    is_by_user: bool = False
    is_from_webmail: bool = False
    app: str = ""
    print: str = ""  # the part that stays the same from click to click


def kept(headers: Mapping[str, object] | None) -> str:
    """The line of these headers; empty where there were none that matter."""
    found: dict[str, str] = {}
    for name, value in (headers or {}).items():
        code = _CODES.get(str(name).lower())
        if code and isinstance(value, str):
            word = _word(code, value.strip())
            if word and (code != "p" or "p" not in found):
                found[code] = word
    return ";".join(f"{code}={found[code]}" for code in sorted(found))[:LONGEST]


@lru_cache(maxsize=20_000)
def read(line: str) -> Shape:
    """What a line of `kept` says."""
    found = dict(part.partition("=")[::2] for part in line.split(";") if part)
    accept, encodings, language, mode = (found.get(code, "") for code in "aelf")
    return Shape(
        is_known=any(code in found for code in "aelf"),
        method=found.get("m", "GET").upper(),
        is_ahead="p" in found,
        language=language,
        wants_page="html" in accept,
        wants_anything=accept == "*/*",
        encodings=encodings,
        mode=mode,
        is_by_user="u" in found,
        is_from_webmail=bool(WEBMAIL.search(found.get("r", ""))),
        app=found.get("x", ""),
        print=f"{accept}|{encodings}|{language}|{bool(mode)}",
    )


def _word(code: str, value: str) -> str:
    low = value.lower()
    if code == "m":
        return "" if low == "get" else low[:10]
    if code == "p":
        return "ahead" if "prefetch" in low or "preview" in low or "prerender" in low else ""
    if code == "a":
        return "html" if "html" in low else "*/*" if low == "*/*" else "image" if low.startswith("image/") else _UNSAFE.sub("", low)[:20]
    if code == "r":
        host = _HOST.match(low)
        return host[1][:40] if host else ""
    if code == "x":
        return "" if low == "xmlhttprequest" else _UNSAFE.sub("", low)[:40]
    return _UNSAFE.sub("", low)[:30]
