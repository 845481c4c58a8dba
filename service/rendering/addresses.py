"""The addresses of one letter while it is put together: opaque words that nothing on the way rewrites. Pure.

Premailer would escape a field in an address and break an international host name; it never sees one.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from markupsafe import escape

from service.core.problems import Problem, Severity
from service.rendering import defusing, fields
from service.tracking import paths
from service.tracking.paths import LinkUse

UNTRACKED_SCHEMES = ("mailto", "tel")


class Addresses:
    """Collects tracked links (each address once per block) and plain addresses; `problems` holds those that cannot be links."""

    def __init__(self, edge_url: str) -> None:
        self._edge_url = edge_url
        self._finals: list[str] = []
        self._words: dict[tuple[str, str | None], str] = {}
        self.links: list[LinkUse] = []
        self.problems: list[Problem] = []

    def tracker(self, block: str) -> Callable[[str, str], str | None]:
        """The tracking function for the texts of one block."""
        return lambda url, words: self.tracked(url, words, block)

    def tracked(self, url: str | None, words: str, block: str) -> str | None:
        """What stands in href for a link of the content; None where there is no address that could be a link.

        Mail addresses, telephone numbers and anchors within the letter are never wrapped.
        """
        url = (url or "").strip()
        if not url:
            return None
        if url.startswith("#"):
            return defusing.address(url)
        parts = _split(url)
        if parts is not None and parts[0] in UNTRACKED_SCHEMES:
            return self.plain(url)
        if parts is None or parts[0] not in ("http", "https") or not parts[1]:
            self._refuse(url, block)
            return None
        return self._word(url, block, words)

    def plain(self, url: str) -> str:
        """What stands for an address that is not counted (C11)."""
        return self.own(defusing.address(url))

    def own(self, url: str) -> str:
        """The same for an address of ours, which may hold fields."""
        if (url, None) not in self._words:
            self._words[url, None] = self._add(url)
        return self._words[url, None]

    def in_html(self, source: str) -> str:
        """The finished HTML with every address in its place."""
        return fields.ADDRESS.sub(lambda word: str(escape(self._finals[int(word[1])])), source)

    def in_text(self, source: str) -> str:
        """The same for the text twin."""
        return fields.ADDRESS.sub(lambda word: self._finals[int(word[1])], source)

    def _word(self, url: str, block: str, words: str) -> str:
        if (url, block) not in self._words:
            number = f"pr0link0{len(self.links)}0"
            self._words[url, block] = self._add(paths.click_url(self._edge_url, fields.token(fields.MEASURING), number))
            self.links.append(LinkUse(url, " ".join(words.split()), block))
        return self._words[url, block]

    def _add(self, final: str) -> str:
        self._finals.append(final)
        return f"pr0href0{len(self._finals) - 1}0"

    def _refuse(self, url: str, block: str) -> None:
        problem = Problem(
            Severity.ERROR, "“{url}” is not a full web address; a link begins with https://.", block=block, values={"url": url[:200]}
        )
        if problem not in self.problems:
            self.problems.append(problem)


def _split(url: str) -> tuple[str, str] | None:
    """Scheme and host; None for what no browser would open as written."""
    if any(character.isspace() or ord(character) < 32 for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme.lower(), parts.hostname or ""
