"""Pictures of a newsletter: opened, re-encoded without their metadata and kept below var/assets under their content's hash (F13).

An upload's own name never reaches the disk. `prepare` is heavy and runs outside any transaction; `keep` writes the row.
"""

import hashlib
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.database import insert
from service.core.errors import Invalid
from service.issues.document import Document, to_json
from service.issues.models import Asset

MAX_PIXELS = 40_000_000  # a 40-megapixel camera; beyond, decoding alone takes over 160 MB
MAX_FRAMES = 200
WIDEST = 1600  # px; the letter is 640 wide, twice that for dense screens, and some room
JPEG_QUALITY = 85
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}
REFERENCE = "asset:"
PATH = "/assets/"  # + file name, on the base address
FOLDER = "assets"  # below var_dir
FILE_NAME = re.compile(r"[0-9a-f]{64}\.(png|jpg|gif)")


class UnusablePicture(Invalid):
    """The upload is not a picture we take; `remedy` says what to do."""


@dataclass(frozen=True)
class Picture:
    """A picture re-encoded by us, ready to be kept."""

    kind: str  # png, jpg, gif
    width: int
    height: int
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def prepare(data: bytes, *, max_bytes: int) -> Picture:
    """Decode and encode anew: nothing of the upload but its pixels survives. Raises UnusablePicture."""
    if not data:
        raise UnusablePicture("The file is empty.", remedy="Choose a PNG, JPEG, GIF or WebP picture.")
    if len(data) > max_bytes:
        raise UnusablePicture(
            "The picture is larger than {limit} MB.",
            remedy="Save it smaller; 1,600 pixels across are enough.",
            limit=max_bytes // 1_000_000,
        )
    Image.init()  # naming formats does not load their readers
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnusablePicture("The picture has too many pixels.", remedy="Save it smaller; 1,600 pixels across are enough.")
            return _encoded(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as broken:
        raise UnusablePicture(
            "This file is not a picture that can be opened.", remedy="Choose a PNG, JPEG, GIF or WebP picture."
        ) from broken


def write(directory: Path, picture: Picture) -> str:
    """Put the file in its place, whole or not at all; gives its name. Writing it twice changes nothing."""
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{picture.sha256}.{picture.kind}"
    target = directory / name
    if not target.exists():
        draft = directory / f".{name}.{os.getpid()}"
        draft.write_bytes(picture.data)
        draft.replace(target)
    return name


def keep(session: Session, newsletter_id: int, picture: Picture, *, name: str, user_id: int | None) -> Asset:
    """The row of a picture; the same picture again gives the row there is."""
    row = {
        "newsletter_id": newsletter_id,
        "sha256": picture.sha256,
        "kind": picture.kind,
        "width": picture.width,
        "height": picture.height,
        "size": len(picture.data),
        "name": Path(name.replace("\\", "/")).name[:200],
        "created_by": user_id,
        "created_at": clock.now(),
    }
    session.execute(insert(session, Asset).values(row).on_conflict_do_nothing(index_elements=["sha256"]))
    asset = session.scalars(select(Asset).where(Asset.sha256 == picture.sha256)).one()
    audit.record(session, "asset.kept", user_id=user_id, noun_id=asset.id)
    return asset


def reference(asset: Asset) -> str:
    """How a document names the picture."""
    return REFERENCE + asset.sha256


def file_name(asset: Asset) -> str:
    return f"{asset.sha256}.{asset.kind}"


def by_reference(session: Session, references: set[str]) -> dict[str, Asset]:
    """The pictures that a document names, by reference; those that are gone are missing."""
    hashes = [each.removeprefix(REFERENCE) for each in references if each.startswith(REFERENCE)]
    return {reference(asset): asset for asset in session.scalars(select(Asset).where(Asset.sha256.in_(hashes)))} if hashes else {}


def references(document: Document) -> set[str]:
    """Every picture of ours that the document names."""
    found: set[str] = set()
    waiting: list[Any] = [to_json(document)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and value.startswith(REFERENCE):
            found.add(value)
    return found


def _encoded(image: Image.Image) -> Picture:
    frames = getattr(image, "n_frames", 1)
    if image.format == "GIF" and frames > 1:
        return _animation(image, frames)
    still = ImageOps.exif_transpose(image)
    has_alpha = still.mode in ("RGBA", "LA", "PA") or "transparency" in still.info
    is_drawing = image.format in ("PNG", "GIF") and (has_alpha or len(still.convert("RGB").getcolors(4096) or ()) > 0)
    still = still.convert("RGBA" if has_alpha else "RGB")
    still = _narrowed(still)
    if has_alpha or is_drawing:
        return _saved(still, "png", "PNG", optimize=True)
    return _saved(still, "jpg", "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)


def _animation(image: Image.Image, frames: int) -> Picture:
    if frames > MAX_FRAMES or image.width * image.height * frames > MAX_PIXELS * 2:
        raise UnusablePicture("The animation is too long.", remedy="Use a shorter or a smaller one, or a still picture.")
    durations = [frame.info.get("duration", 100) for frame in ImageSequence.Iterator(image)]
    drawn = [_narrowed(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]
    return _saved(drawn[0], "gif", "GIF", save_all=True, append_images=drawn[1:], duration=durations, loop=0, disposal=2)


def _narrowed(image: Image.Image) -> Image.Image:
    if image.width <= WIDEST:
        return image
    return image.resize((WIDEST, max(1, round(image.height * WIDEST / image.width))), Image.Resampling.LANCZOS)


def _saved(image: Image.Image, kind: str, format_: str, **options: object) -> Picture:
    image.info = {}  # colour profiles, comments and positions stay behind
    output = io.BytesIO()
    image.save(output, format_, **options)
    return Picture(kind, image.width, image.height, output.getvalue())
