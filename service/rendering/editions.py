"""Everything one revision needs to be rendered, gathered in a single read, so that rendering holds no transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment
from sqlalchemy.orm import Session

from service.issues import assets
from service.issues import queries as issues
from service.issues.document import Document
from service.issues.models import Asset
from service.newsletters.models import Newsletter
from service.rendering import compile as compiling
from service.rendering import letterhead
from service.rendering.compile import Rendered
from service.rendering.images import ImageFile
from service.rendering.letterhead import Letterhead


@dataclass(frozen=True)
class Source:
    """A revision's document with its letterhead and the files of its pictures; no session in it."""

    issue_id: int
    revision_id: int
    document: Document
    letterhead: Letterhead
    is_advertising: bool
    images: Mapping[str, ImageFile]

    def render(self, environment: Environment) -> Rendered:
        """About 100 ms: call it outside any transaction."""
        return compiling.render(
            self.document, self.letterhead, environment=environment, is_advertising=self.is_advertising, image_url=self.images.get
        )


def gather(session: Session, issue_id: int, revision_id: int | None = None, *, base_url: str, edge_url: str) -> Source:
    """What rendering this revision of the issue needs (default: the newest); raises NotFound."""
    text = issues.text(session, issue_id, revision_id)
    newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
    logo = session.get(Asset, newsletter.logo_asset_id) if newsletter.logo_asset_id else None
    pictures = assets.by_reference(session, assets.references(text.document))
    return Source(
        issue_id=issue_id,
        revision_id=text.revision.id,
        document=text.document,
        letterhead=letterhead.of(
            newsletter,
            base_url=base_url,
            edge_url=edge_url,
            logo=_file(logo, base_url) if logo is not None else None,
            language=text.edition.language,
        ),
        is_advertising=text.issue.is_advertising,
        images={reference: _file(asset, base_url) for reference, asset in pictures.items()},
    )


def _file(asset: Asset, base_url: str) -> ImageFile:
    return ImageFile(f"{base_url}{assets.PATH}{assets.file_name(asset)}", asset.width, asset.height, asset.size)
