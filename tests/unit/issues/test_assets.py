"""Pictures are opened and encoded anew; whatever else was in the upload stays behind (F13)."""

import io
from pathlib import Path

import pytest
from PIL import Image

from service.issues import assets

LIMIT = 1_000_000


def _file(format_: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    output = io.BytesIO()
    picture = Image.new(mode, size)
    picture.putdata([(x * 5 % 256, y * 7 % 256, (x + y) % 256, 128)[: len(mode)] for y in range(size[1]) for x in range(size[0])])
    picture.save(output, format_, **options)
    return output.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (_file("JPEG"), "jpg"),
        (_file("PNG"), "png"),
        (_file("PNG", mode="RGBA"), "png"),
        (_file("WEBP"), "jpg"),
        (_file("GIF"), "png"),
        (_file("PNG", size=(300, 300)), "jpg"),  # a photograph saved as PNG
    ],
)
def test_a_picture_becomes_one_of_ours(data: bytes, kind: str) -> None:
    picture = assets.prepare(data, max_bytes=LIMIT)

    assert picture.kind == kind
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.size == (picture.width, picture.height)


def test_what_a_camera_wrote_beside_the_pixels_is_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "a secret place"
    data = _file("JPEG", exif=exif)

    picture = assets.prepare(data, max_bytes=LIMIT)

    assert (picture.width, picture.height) == (30, 40)
    assert b"secret" in data
    assert b"secret" not in picture.data
    with Image.open(io.BytesIO(picture.data)) as image:
        assert not image.getexif()


def test_what_follows_a_picture_in_its_file_is_gone() -> None:
    picture = assets.prepare(_file("PNG") + b"<script>alert(1)</script>", max_bytes=LIMIT)

    assert b"script" not in picture.data


def test_a_wide_picture_is_made_narrower() -> None:
    picture = assets.prepare(_file("JPEG", size=(3200, 100)), max_bytes=LIMIT)

    assert (picture.width, picture.height) == (1600, 50)


def test_an_animation_keeps_moving() -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]
    output = io.BytesIO()
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:], duration=80)

    picture = assets.prepare(output.getvalue(), max_bytes=LIMIT)

    with Image.open(io.BytesIO(picture.data)) as image:
        assert (picture.kind, getattr(image, "n_frames", 1)) == ("gif", 3)


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a", b"%PDF-1.7", b"x" * (LIMIT + 1)]
)
def test_what_is_no_picture_is_refused_with_a_remedy(data: bytes) -> None:
    with pytest.raises(assets.UnusablePicture) as refusal:
        assets.prepare(data, max_bytes=LIMIT)

    assert refusal.value.remedy


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    bomb = _file("PNG", size=(1, 1)).replace(b"\x00\x00\x00\x01\x00\x00\x00\x01", b"\x00\x00\x75\x30\x00\x00\x75\x30", 1)

    with pytest.raises(assets.UnusablePicture):
        assets.prepare(bomb, max_bytes=LIMIT)


def test_a_file_is_written_whole_and_once(tmp_path: Path) -> None:
    picture = assets.prepare(_file("PNG"), max_bytes=LIMIT)

    names = {assets.write(tmp_path, picture) for _ in range(2)}

    assert [path.name for path in tmp_path.iterdir()] == list(names)
    assert assets.FILE_NAME.fullmatch(names.pop())
