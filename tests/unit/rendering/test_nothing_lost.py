"""A property of rendering: whatever an editor writes, a reader can read, in HTML and in plain text."""

import re
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings

from service.core.settings import ROOT
from service.issues import texts
from service.issues.blocks import plain
from service.issues.document import Document
from service.rendering import compile as compiling
from service.rendering import engine, letterhead
from tests.support import documents, html

ADDRESS = re.compile(r"\s+\(https?://[^\s()]*/c/pr0field0measuring0/pr0link0\d+0\)")  # of a link within a text
ENVIRONMENT = engine.make_environment(ROOT / "templates/email")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents.DOCUMENTS)
def test_no_visible_text_of_a_document_is_lost(document: Document) -> None:
    letter = compiling.render(document, letterhead.sample("ko"), environment=ENVIRONMENT, image_url=documents.FILES.get)

    in_html = html.visible_text(letter.html)
    in_text = html.folded(ADDRESS.sub("", letter.text).replace("\u2060", ""))
    for text in wanted(document):
        assert text in in_html
        assert text in in_text
    assert max(len(line.encode()) for line in (letter.html + letter.text).split("\n")) <= 998


def wanted(document: Document) -> Iterator[str]:
    """Every text as a reader would see it, folded."""
    for text in texts.document_texts(document):
        for paragraph in plain(text).split("\n\n"):
            yield html.folded(paragraph)
