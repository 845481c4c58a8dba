"""Bytes of unknown honesty as text: the charset that is named, else the likeliest. Pure; it never raises."""

import codecs

_WIDER = {  # names under which supersets are sent
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_2",
    "iso-8859-1": "cp1252",
    "us-ascii": "",
    "ascii": "",
    "unknown-8bit": "",
}
_GUESSES = ("utf-8", "cp949", "euc_jp", "cp932", "gb18030")


def decoded(raw: bytes, charset: str) -> str:
    """Text of the bytes. A charset that fits wins; else UTF-8, an escape-coded Japanese, the large East Asian ones, Latin."""
    named = _known(charset)
    for name in (named, "iso2022_jp_2" if b"\x1b$" in raw else "", *(() if named else _GUESSES)):
        text = _strict(raw, name) if name else None
        if text is not None:
            return text
    return raw.decode(named or "utf-8", "replace") if named or _mostly_utf8(raw) else raw.decode("cp1252", "replace")


def _known(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()
    name = _WIDER.get(name, name)
    try:
        return codecs.lookup(name).name if name and codecs.lookup(name)._is_text_encoding else ""
    except (LookupError, ValueError):
        return ""


def _strict(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (UnicodeError, ValueError):
        return None


def _mostly_utf8(raw: bytes) -> bool:
    """Whether only a few bytes, such as a cut at the end, keep it from being UTF-8."""
    return raw.decode("utf-8", "replace").count("�") <= max(1, len(raw) // 200)
