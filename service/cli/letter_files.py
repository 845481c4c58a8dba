"""A rendered letter as files to look at: as a browser shows it, as plain text, and as a mail of this program."""

from pathlib import Path

from service.core import clock
from service.core.errors import Invalid
from service.delivery.sending import letters
from service.newsletters.models import Newsletter
from service.rendering import compile as compiling
from service.rendering import fields, message, personalise, preview
from service.rendering.compile import Rendered
from service.rendering.headers import DATE, MESSAGE_ID, RECIPIENT
from service.rendering.letterhead import Letterhead
from service.rendering.models import CompiledIssue
from service.rendering.segments import Encoding, Plans
from service.subscribers.tokens import ACTING_LENGTH
from service.tracking.tokens import MEASURING_LENGTH

NAMES = ("issue.html", "issue.txt", "issue.eml")


def write(folder: Path, rendered: Rendered, newsletter: Newsletter, *, base_url: str) -> list[Path]:
    """Write the three files into `folder`, which is made where it is missing; returns their paths. Raises Invalid where it cannot."""
    seen = preview.preview(rendered)
    contents = (seen.html.encode(), seen.text.encode(), mail(rendered, newsletter, base_url=base_url))
    paths = [folder / name for name in NAMES]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise Invalid("{folder} cannot be written: {reason}.", remedy="Choose another folder.", folder=folder, reason=reason) from trouble
    return paths


def mail(rendered: Rendered, newsletter: Newsletter, *, base_url: str) -> bytes:
    """The mail as it would leave, for a made-up reader whose tokens nobody accepts."""
    compiled = CompiledIssue(
        issue_id=0,
        language=rendered.language,
        subject=rendered.subject,
        html=compiling.numbered(rendered.html, lambda index: index + 1),
        text=compiling.numbered(rendered.text, lambda index: index + 1),
    )
    plans = Plans(letters.headers_of(compiled, newsletter, base_url), compiled.html, compiled.text)
    values = {
        fields.MEASURING: "sample".ljust(MEASURING_LENGTH, "0"),
        fields.ACTING: "sample".ljust(ACTING_LENGTH, "0"),
        fields.NAME: fields.neutral_name(rendered.language),
        RECIPIENT: "reader@example.com",
        MESSAGE_ID: f"<sample.0@{newsletter.sender_domain}>",
        DATE: message.date(clock.now()),
    }
    wire = personalise.fill(plans.plan(Encoding.SMALLEST, frozenset({fields.TRACKED})), values)
    return wire.replace(b"\r\n..", b"\r\n.")  # dots are doubled only on the way to a mail server


def sample_newsletter(head: Letterhead) -> Newsletter:
    """A newsletter that is in no database, behind a sample letterhead."""
    return Newsletter(
        id=0, slug="sample", name=head.name, sender_name=head.name, sender_email=head.email, reply_to=head.email, bounce_domain=""
    )
