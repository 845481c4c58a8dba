"""Pictures for the sample letter, drawn by a few lines of geometry, so that nobody else's picture is shipped."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1280, 720
SCALE = 2  # drawn larger, then shrunk: smooth edges

Colour = tuple[int, int, int]


def skyline() -> bytes:
    """A campus of halls at dusk, with lit windows: the hero."""
    picture, draw = _sky((22, 30, 66), (238, 134, 92))
    dice = random.Random(7)
    draw.ellipse(_box(880, 150, 1040, 310), fill=(255, 214, 150))
    for depth, shade in ((0, (58, 52, 98)), (1, (38, 36, 74)), (2, (20, 22, 48))):
        left = -40
        while left < WIDTH:
            width, height = dice.randint(90, 190), dice.randint(110, 210) + depth * 70
            top = HEIGHT - height
            draw.rectangle(_box(left, top, left + width, HEIGHT), fill=shade)
            if depth:
                _windows(draw, dice, left, top, width)
            left += width + dice.randint(4, 26)
    return _png(picture)


def waves() -> bytes:
    """Layered waves with points of light."""
    picture, draw = _sky((8, 40, 58), (24, 128, 128))
    for layer in range(7):
        base, swing, phase = 260 + layer * 66, 46 - layer * 4, layer * 1.3
        line = [(x * SCALE, (base + swing * math.sin(x / 150 + phase)) * SCALE) for x in range(0, WIDTH + 10, 10)]
        shade = (18 + layer * 6, 84 + layer * 16, 96 + layer * 15)
        draw.polygon([*line, (WIDTH * SCALE, HEIGHT * SCALE), (0, HEIGHT * SCALE)], fill=shade)
    dice = random.Random(3)
    for _ in range(60):
        x, y, size = dice.randint(0, WIDTH), dice.randint(20, 320), dice.choice((2, 3, 4))
        draw.ellipse(_box(x, y, x + size, y + size), fill=(236, 246, 220))
    return _png(picture)


def mesh() -> bytes:
    """Nodes and the lines between near ones."""
    picture, draw = _sky((38, 24, 60), (96, 52, 110))
    dice = random.Random(11)
    nodes = [(dice.randint(60, WIDTH - 60), dice.randint(60, HEIGHT - 60)) for _ in range(46)]
    for number, (x, y) in enumerate(nodes):
        for other_x, other_y in nodes[number + 1 :]:
            if math.dist((x, y), (other_x, other_y)) < 210:
                draw.line([(x * SCALE, y * SCALE), (other_x * SCALE, other_y * SCALE)], fill=(170, 120, 186), width=3)
    for number, (x, y) in enumerate(nodes):
        size = 14 if number % 5 else 24
        draw.ellipse(_box(x - size, y - size, x + size, y + size), fill=(255, 206, 120) if number % 5 == 0 else (238, 222, 246))
    return _png(picture)


def figure() -> bytes:
    """A friendly walking figure of circles and bars."""
    picture, draw = _sky((244, 238, 226), (232, 214, 190))
    ink, accent = (44, 62, 84), (214, 92, 64)
    draw.ellipse(_box(230, 560, 1050, 660), fill=(222, 202, 174))
    draw.rounded_rectangle(_box(520, 250, 760, 480), 60 * SCALE, fill=ink)
    draw.rounded_rectangle(_box(545, 110, 735, 235), 56 * SCALE, fill=ink)
    for x in (592, 664):
        draw.ellipse(_box(x, 154, x + 28, 182), fill=(250, 232, 180))
    draw.ellipse(_box(612, 330, 668, 386), fill=accent)
    for start, middle, end in (
        ((560, 470), (520, 540), (560, 610)),
        ((720, 470), (770, 530), (740, 612)),
        ((520, 290), (440, 350), (420, 430)),
    ):
        draw.line([_at(start), _at(middle), _at(end)], fill=ink, width=40 * SCALE // 2, joint="curve")
    draw.line([_at((760, 290)), _at((850, 250)), _at((880, 160))], fill=ink, width=40 * SCALE // 2, joint="curve")
    draw.ellipse(_box(856, 126, 904, 174), fill=accent)
    return _png(picture)


def gears() -> bytes:
    """Two wheels that mesh, one with a tooth missing: learning to break."""
    picture, draw = _sky((250, 240, 214), (240, 206, 150))
    for centre, size, turn, shade in (((500, 380), 190, 0.0, (70, 92, 110)), ((800, 300), 130, 0.13, (196, 106, 62))):
        teeth = round(size / 16)
        for tooth in range(1 if size > 150 else 0, teeth):
            angle = turn + tooth * 2 * math.pi / teeth
            x, y = centre[0] + (size + 16) * math.cos(angle), centre[1] + (size + 16) * math.sin(angle)
            draw.ellipse(_box(round(x) - 27, round(y) - 27, round(x) + 27, round(y) + 27), fill=shade)
        draw.ellipse(_box(centre[0] - size, centre[1] - size, centre[0] + size, centre[1] + size), fill=shade)
        hole = size // 3
        draw.ellipse(_box(centre[0] - hole, centre[1] - hole, centre[0] + hole, centre[1] + hole), fill=(246, 224, 184))
    return _png(picture)


def pages() -> bytes:
    """Sheets of a newspaper, fanned out."""
    picture, draw = _sky((224, 234, 240), (186, 204, 216))
    for number, shade in enumerate(((206, 214, 220), (230, 234, 236), (252, 252, 250))):
        left, top = 300 + number * 90, 170 - number * 40
        draw.rounded_rectangle(_box(left, top, left + 480, top + 520), 10 * SCALE, fill=shade)
        if number == 2:
            draw.rectangle(_box(left + 40, top + 40, left + 440, top + 84), fill=(48, 60, 84))
            draw.rectangle(_box(left + 40, top + 110, left + 230, top + 270), fill=(122, 160, 190))
            for line in range(14):
                x = left + 250 if line < 6 else left + 40
                width = 190 if line < 6 else 400 - (line % 3) * 46
                y = top + 116 + line * 27
                draw.rectangle(_box(x, y, x + width, y + 9), fill=(176, 184, 192))
    return _png(picture)


def portrait() -> bytes:
    """A head and shoulders without a face."""
    picture, draw = _sky((70, 96, 150), (150, 176, 214))
    draw.ellipse(_box(490, 130, 790, 450), fill=(252, 226, 200))
    draw.pieslice(_box(470, 90, 810, 430), 170, 370, fill=(48, 40, 44))
    draw.ellipse(_box(340, 480, 940, 1000), fill=(38, 52, 84))
    return _png(picture.crop((280 * SCALE, 0, 1000 * SCALE, 720 * SCALE)), (320, 320))


def _windows(draw: ImageDraw.ImageDraw, dice: random.Random, left: int, top: int, width: int) -> None:
    for x in range(left + 12, left + width - 14, 22):
        for y in range(top + 16, HEIGHT - 10, 28):
            if dice.random() < 0.45:
                draw.rectangle(_box(x, y, x + 9, y + 13), fill=(255, 206, 128) if dice.random() < 0.8 else (150, 190, 240))


def _sky(top: Colour, bottom: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    strip = Image.new("RGB", (1, 256))
    for y in range(256):
        strip.putpixel((0, y), tuple(round(a + (b - a) * y / 255) for a, b in zip(top, bottom, strict=True)))
    picture = strip.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BILINEAR)
    return picture, ImageDraw.Draw(picture)


def _at(point: tuple[int, int]) -> tuple[int, int]:
    return point[0] * SCALE, point[1] * SCALE


def _box(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    return left * SCALE, top * SCALE, right * SCALE, bottom * SCALE


def _png(picture: Image.Image, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    out = io.BytesIO()
    picture.filter(ImageFilter.SMOOTH).resize(size, Image.Resampling.LANCZOS).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()
