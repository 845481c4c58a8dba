"""What a reader of a letter sees and where it leads, taken from its HTML."""

import re
import unicodedata

import lxml.html


def visible_text(source: str) -> str:
    """The words of the body, folded, and behind them its alternative texts."""
    body = lxml.html.document_fromstring(source).find("body")
    spoken = [element.get("alt") or element.get("aria-label") or "" for element in body.iter("img", "td")]
    return folded(" ".join([body.text_content(), *spoken]))


def folded(text: str) -> str:
    """NFC, white space of any kind as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def addresses(source: str) -> list[str]:
    """Every href, in order."""
    return [element.get("href") for element in lxml.html.document_fromstring(source).iter("a") if element.get("href")]


def ids(source: str) -> set[str]:
    """Every id of an element."""
    return {element.get("id") for element in lxml.html.document_fromstring(source).iter() if element.get("id")}


def text_addresses(text: str) -> list[str]:
    """Every web address in plain text."""
    return re.findall(r"https?://[^\s()]+", text)
