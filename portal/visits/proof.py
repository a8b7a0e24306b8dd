"""A drawn signature as a picture: the proof that money was received is then always a photo."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw

from portal.errors import InputError

BOX = (600, 200)
SCALE = 2
MARGIN = 20
MOST_POINTS = 20_000
LEAST_LENGTH = 40  # of the whole drawing, in the units of the box: less is a slip of the finger
INK = (27, 49, 97)

Strokes = list[list[tuple[int, int]]]


class SignatureUnreadable(InputError):
    """The signature did not arrive whole. Sign again, or photograph the signed sheet."""


class SignatureTooShort(InputError):
    """The box holds a dot, not a signature. Sign again, or photograph the thumb-printed sheet."""


def read_strokes(text: str) -> Strokes:
    """`[[[x, y], ...], ...]` in a box of 600 x 200, as the signature box sends it; points outside move to its edge."""
    try:
        strokes = [[_point(point) for point in stroke] for stroke in json.loads(text)]
    except (ValueError, TypeError, OverflowError, RecursionError) as failure:
        raise SignatureUnreadable from failure
    if sum(map(len, strokes)) > MOST_POINTS:
        raise SignatureUnreadable
    if sum(_length(stroke) for stroke in strokes) < LEAST_LENGTH:
        raise SignatureTooShort
    return strokes


def _point(point: list[float]) -> tuple[int, int]:
    x, y = point
    return max(0, min(BOX[0], round(x))), max(0, min(BOX[1], round(y)))


def _length(stroke: list[tuple[int, int]]) -> int:
    return sum(abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(stroke))


@contextmanager
def picture(strokes: Strokes) -> Iterator[Path]:
    """A PNG file of the strokes on white, which is gone when the block ends."""
    size = (BOX[0] * SCALE + 2 * MARGIN, BOX[1] * SCALE + 2 * MARGIN)
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(x * SCALE + MARGIN, y * SCALE + MARGIN) for x, y in stroke]
        pen.line(points if len(points) > 1 else [*points, *points], fill=INK, width=3 * SCALE, joint="curve")
    with TemporaryDirectory(prefix="portal-signature-") as folder:
        path = Path(folder) / "signature.png"
        image.save(path)
        yield path
