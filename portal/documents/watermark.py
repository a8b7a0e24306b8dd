"""What a photo may be used for, and who looks at it when, drawn over the picture as it is shown; never as it is stored."""

import io
import json
import tempfile
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

from portal.sandbox import run

ANGLE = 24  # degrees: lines of a paper and of the mark cross, so that both can be read
WIDTH = 0.62  # of the picture's long side, for one line of the mark
SMALL = 0.6  # height of the second line beside the first
STEP = 0.30  # from line to line, of the long side
STRENGTH = 70  # of 255, for the dark letters and again for their light rim: seen on white paper and on a dark table
QUALITY = 82


def marked(clear: bytes, purpose: str, viewer: str, clock: str) -> bytes:
    """The JPEG `clear` with the mark: `purpose`, and small `viewer` (any letters) and `clock` (ASCII only)."""
    with Image.open(io.BytesIO(clear), formats=["JPEG"]) as image:
        picture = image.convert("RGB")
    side = max(picture.size)
    mask = _repeated(_block(letters(purpose), letters(viewer), clock, round(side * WIDTH)), picture.size)
    letters_in_color = Image.merge("RGB", (mask, mask, mask))
    rim = ImageChops.offset(letters_in_color, max(2, side // 600))
    picture = ImageChops.subtract(ImageChops.add(picture, rim), letters_in_color)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


@lru_cache(maxsize=256)
def letters(line: str) -> Image.Image:
    """Mask of the line's letters; made once for each commune, and for each viewer and day."""
    with tempfile.TemporaryDirectory(prefix="portal-mark-") as folder:
        told, written = Path(folder) / "line.json", Path(folder) / "line.png"
        told.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
        run("portal.documents.lettering:draw", told, written=str(written))
        with Image.open(written, formats=["PNG"]) as image:
            return image.convert("L")


def _block(purpose: Image.Image, viewer: Image.Image, clock: str, width: int) -> Image.Image:
    """Both lines, one below the other, turned."""
    first = _wide(purpose, width)
    small = round(first.height * SMALL)
    second = viewer.resize((round(viewer.width * small / viewer.height), small))
    font = ImageFont.load_default(max(8, round(small * 0.8)))
    block = Image.new("L", (width, first.height + small))
    block.paste(first, (0, 0))
    block.paste(second, (0, first.height))
    ImageDraw.Draw(block).text((second.width, first.height + small // 2), clock, fill=255, font=font, anchor="lm")
    return block.rotate(ANGLE, Image.Resampling.BILINEAR, expand=True)


def _wide(mask: Image.Image, width: int) -> Image.Image:
    return mask.resize((width, max(1, round(mask.height * width / mask.width))))


def _repeated(block: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The block again and again, every other row moved by half: no part of the picture can be cut out without it."""
    mask = Image.new("L", size)
    step = max(1, round(max(size) * STEP))
    for row, top in enumerate(range(-block.height // 2, size[1], step)):
        for left in range(-(row % 2) * block.width // 2 - block.width // 4, size[0], block.width):
            mask.paste(255, (left, top), block)
    return mask.point([level * STRENGTH // 255 for level in range(256)])
