"""What the templates of a letter are given: the document's parts, words, colours, addresses, and the functions that set texts. Pure."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from markupsafe import Markup

from service.core.problems import Problem, Severity
from service.issues.blocks import CallToAction, Contents, DigestItem, Prose, Story, Tagline, Text, plain
from service.issues.document import Byline, Document
from service.rendering import fields, images, marks, palette, words, wrapping
from service.rendering.addresses import Addresses
from service.rendering.images import ImageFile, ImageUrl, Picture
from service.rendering.letterhead import Letterhead
from service.subscribers.tokens import PREFERENCES_PATH, UNSUBSCRIBE_PATH
from service.tracking import paths

CONTENT_WIDTH = 560  # pixels: the sheet of 640 without its margins
PREHEADER_LENGTH = 90  # characters that mail lists show (A33)
PREHEADER_ROOM = 140  # padded up to here, so that a list does not go on with the letter's first words
MAX_PICTURES = 1_000_000  # octets of all pictures together (A39)
_SAFE_KINDS = (".png", ".jpg", ".jpeg", ".gif")
_PLACES = ("title", "figure", "summary", "facts", "why", "more")


class Pictured(Protocol):
    """A block or part that shows one picture."""

    image: str | None
    alt: str | None
    caption: Text | None
    credit: str | None


class View:
    """The context of one rendering; `problems` grows while the templates ask for pictures."""

    def __init__(self, document: Document, head: Letterhead, addresses: Addresses, image_url: ImageUrl) -> None:
        self._document = document
        self._head = head
        self._addresses = addresses
        self._image_url = image_url
        self._sizes: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.preheader = preheader_of(document)

    def context(self, *, subject: str, is_advertising: bool) -> dict[str, Any]:
        """Every name the templates may use."""
        head, own = self._head, self._addresses.own
        measuring, acting, name = (fields.token(field) for field in (fields.MEASURING, fields.ACTING, fields.NAME))
        return {
            "language": head.language,
            "subject": subject,
            "preheader": self.preheader,
            "preheader_padding": Markup("&#847;&#8204;&#160;") * max(0, (PREHEADER_ROOM - len(self.preheader)) // 2),
            "is_advertising": is_advertising,
            "document": self._document,
            "head": head,
            "words": words.of(head.language),
            "leaving": words.LEAVING,
            "light": palette.light(head.brand_color),
            "dark": palette.dark(head.brand_color),
            "reader": name,
            "view_url": own(paths.view_url(head.base_url, measuring)),
            "unsubscribe_url": own(f"{head.base_url}{UNSUBSCRIBE_PATH}{acting}"),
            "preferences_url": own(f"{head.base_url}{PREFERENCES_PATH}{acting}"),
            "privacy_url": self._addresses.plain(head.privacy_url) if head.privacy_url else None,
            "pixel_url": own(paths.pixel_url(head.edge_url, measuring)),
            "tracked_begin": fields.begin(fields.TRACKED),
            "tracked_end": fields.end(fields.TRACKED),
            "gap_after_emoji": "" if head.language == "ko" else " ",  # as people write it
            "has_tagline": any(isinstance(block, Tagline) for block in self._document.blocks),
            **self._functions(),
        }

    def _functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "html": lambda text, block: marks.to_html(text, self._addresses.tracker(block.id)),
            "txt": lambda text, block: marks.to_text(text, self._addresses.tracker(block.id)),
            "href": lambda url, text, block: self._addresses.tracked(url, text, block.id),
            "sign_up": self._sign_up,
            "picture": self._picture,
            "portrait": self._portrait,
            "logo": self._logo,
            "byline_rest": partial(byline_rest, language=self._head.language),
            "anchor": self._anchor,
            "others": others,
            "gap_after_lead": gap_after_lead,
            "paragraphs": marks.paragraphs,
            "wrap": wrapping.wrap,
        }

    def _sign_up(self, block: CallToAction) -> str | None:
        url = block.url or self._head.sign_up_url
        return self._addresses.tracked(url, " ".join(block.lines), block.id)

    def _anchor(self, target: str | None) -> str | None:
        return f"#{target}" if target and self._document.block(target) else None

    def _picture(self, part: Pictured | None, block: Any, width: int = CONTENT_WIDTH) -> Picture | None:
        """The picture of a part, or None where there is none at hand: its caption stands alone then."""
        if part is None or not part.image:
            return None
        file = self._file(part.image, block.id)
        if file is not None and not (part.alt or "").strip():
            self._warn("A picture has no alternative text. Readers whose mail program shows no pictures see nothing.", block.id)
        return self._fitted(file, width, part.alt or "") if file else None

    def _portrait(self, byline: Byline, width: int = 48) -> Picture | None:
        file = self._file(byline.portrait, None) if byline.portrait else None
        if file is None:
            return None
        alt = byline.portrait_alt or words.of(self._head.language)["portrait"].format(author=byline.author or self._head.name)
        return Picture(self._addresses.plain(file.url), width, width, alt)

    def _logo(self, height: int = 36) -> Picture | None:
        file = self._head.logo
        if file is None:
            return None
        width = min(260, round(file.width * height / file.height)) if file.height else 160
        return Picture(self._addresses.plain(file.url), width, height, self._head.name)

    def _file(self, reference: str, block_id: str | None) -> ImageFile | None:
        file = self._image_url(reference)
        if file is None and reference.startswith("https://"):
            file = ImageFile(reference)
        if file is None:
            self._warn("A picture is not at hand any more; the issue goes out without it. Upload it again.", block_id)
            return None
        self._weigh(file)
        if not file.url.lower().partition("?")[0].endswith(_SAFE_KINDS):
            self._warn("A picture is not PNG, JPEG or GIF; many mail programs do not show it. Upload it here instead.", block_id)
        return file

    def _weigh(self, file: ImageFile) -> None:
        self._sizes[file.url] = file.size
        if sum(self._sizes.values()) > MAX_PICTURES:
            self._warn("The pictures are larger than 1 MB together; on a phone they come slowly. Use smaller ones.", None)

    def _fitted(self, file: ImageFile, width: int, alt: str) -> Picture:
        shown, height = images.fit(file, width)
        return Picture(self._addresses.plain(file.url), shown, height, alt)

    def _warn(self, message: str, block_id: str | None) -> None:
        problem = Problem(Severity.WARNING, message, block=block_id)
        if problem not in self.problems:
            self.problems.append(problem)


def preheader_of(document: Document) -> str:
    """The words that a list of mails shows behind the subject: the editor's, else the first that lead into the letter."""
    if document.preheader:
        return " ".join(document.preheader.split())
    proses = [block for block in document.blocks if isinstance(block, Prose)]
    chosen = next((block for block in proses if block.role == "lead"), next((block for block in proses if block.role is None), None))
    contents = next((block for block in document.blocks if isinstance(block, Contents)), None)
    if chosen is None and contents is not None:
        return _shortened(" · ".join(item.text for item in contents.items))
    return _shortened(plain(chosen.text)) if chosen else ""


def others(story: Story, place: str) -> list[Text]:
    """The paragraphs of no known part that follow this place; what names no place stands at the end."""
    return [other.text for other in story.other if _place(story, other.after) == place]


def gap_after_lead(item: DigestItem) -> Markup:
    """What stands between a lead and its text: nothing where the text takes the lead's first word up, as it was written."""
    first = (item.lead or "").split(" ")[0].rstrip(",.·…")
    return Markup("<wbr/>") if first and plain(item.text).startswith(first) else Markup(" ")


def byline_rest(byline: Byline, language: str) -> str:
    """What stands in a byline besides the author: as written, else the moment in the letter's language."""
    if byline.text:
        author = byline.author or ""
        before, found, after = byline.text.partition(author) if author else ("", "", byline.text)
        return " ".join(f"{before} {after}".split()).strip("·|, ") if found or not author else byline.text
    return _moment(byline, language)


def _moment(byline: Byline, language: str) -> str:
    try:
        at = datetime.fromisoformat(byline.at or "")
    except ValueError:
        return byline.at or ""
    day = f"{at.year}년 {at.month}월 {at.day}일" if language == "ko" else f"{at:%B} {at.day}, {at.year}"
    is_day_only = len(byline.at or "") <= len("2026-01-01")
    return day if is_day_only else f"{day} {at:%H:%M} {byline.zone or ''}".rstrip()


def _place(story: Story, after: str) -> str:
    name, _, number = after.partition(":")
    if name not in _PLACES:
        return "more"
    items = {"facts": story.facts, "why": story.why}.get(name, ())
    return after if number.isdigit() and 0 < int(number) < len(items) else name


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= PREHEADER_LENGTH:
        return text
    return (
        text[:PREHEADER_LENGTH].rpartition(" ")[0].rstrip(" ,.") + "…" if " " in text[:PREHEADER_LENGTH] else text[:PREHEADER_LENGTH] + "…"
    )
