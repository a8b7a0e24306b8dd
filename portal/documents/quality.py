"""How well a photo shows a paper, in figures a clerk can be warned by, and a fingerprint to find look-alikes."""

from operator import mul
from typing import NotRequired, TypedDict

from PIL import Image, ImageFilter

# Limits, measured on photos of cards: see tests/documents/test_reading.py.
MEASURE_SIDE = 1000
TILES = 8
BLUR_LIMIT = 0.12  # of two photos with strong blur 0.14 and 0.34; mild blur, still readable, reaches 0.10
DARK_LIMIT = 0.65
GLARE_LIMIT = 0.005
SMALL_SIDE = 1200  # a card's QR needs 2 pixels a module; with 1024 a third of the codes is lost
BLANK_CONTRAST = 8
EDGE = ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), scale=2, offset=128)
RIM = 2  # pixels at the border that have no neighbours all around; a picture that is hardly larger is taken as it is
SOFT_REACH = 12  # how far a pixel's new value depends on others when a tile is softened and its edges are taken
LEVELS = range(256)
SQUARES = [level * level for level in LEVELS]
Box = tuple[int, int, int, int]


class Quality(TypedDict):
    """`warnings` names what should be told, worst first; `blur`, `dark` and `glare` run from 0 (good) to 1.

    A photo that was judged when it was taken has its warnings alone.
    """

    warnings: list[str]
    blur: NotRequired[float]
    dark: NotRequired[float]
    glare: NotRequired[float]
    blank: NotRequired[bool]
    small: NotRequired[bool]


def judge(image: Image.Image) -> Quality:
    """Measure an upright picture of any mode."""
    gray = image.convert("L")
    if max(gray.size) == 2 * MEASURE_SIDE:  # as nearly all are: the same means in a tenth of the time
        gray = gray.reduce(2)
    gray.thumbnail((MEASURE_SIDE, MEASURE_SIDE), Image.Resampling.BOX)
    levels = gray.histogram()
    blur, dark, glare = _blur(gray), _dark(levels), _glare(levels)
    blank = is_blank(gray)
    small = max(image.size) < SMALL_SIDE
    found = {
        "blank": blank,
        "dark": dark > DARK_LIMIT,
        "blur": blur > BLUR_LIMIT,
        "glare": glare > GLARE_LIMIT,
        "small": small,
    }
    return Quality(
        blur=round(blur, 3),
        dark=round(dark, 3),
        glare=round(glare, 3),
        blank=blank,
        small=small,
        warnings=["blank"] if blank else [code for code, is_so in found.items() if is_so],
    )


def is_blank(image: Image.Image) -> bool:
    """One even surface: a lens that was covered, a picture that failed. Averaging first takes the noise out."""
    averages = image.convert("L").resize((32, 32), Image.Resampling.BOX).tobytes()
    return max(averages) - min(averages) < BLANK_CONTRAST


def fingerprint(image: Image.Image) -> str:
    """dHash, 64 bits as 16 hex digits: the same photo in another size, quality or light differs in few bits.

    Bit by bit, row by row: is a pixel of the 9 x 8 gray miniature brighter than its right neighbour?
    """
    miniature = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (miniature[row * 9 + column] > miniature[row * 9 + column + 1])
    return f"{bits:016x}"


def _blur(gray: Image.Image) -> float:
    """How soft the edges of the sharpest tiles are: what is lost when the picture is softened once more.

    A sharp edge loses much contrast between neighbours to a small blur, an edge that is soft already hardly any.
    """
    edges = gray.filter(EDGE) if _has_inside(gray) else gray
    before = sorted(((_energy(edges.crop(tile)), tile) for tile in _tiles(gray)), reverse=True)[: TILES * TILES // 10]
    total = sum(energy for energy, _ in before)
    return sum(_energy(_softened(gray, tile)) for _, tile in before) / total if total > 1 else 1.0


def _has_inside(gray: Image.Image) -> bool:
    return min(gray.size) > 4 * RIM


def _tiles(gray: Image.Image) -> list[Box]:
    rim = RIM if _has_inside(gray) else 0
    wide, high = gray.width - 2 * rim, gray.height - 2 * rim
    width, height = max(1, wide // TILES), max(1, high // TILES)
    return [
        (rim + left, rim + top, rim + left + width, rim + top + height)
        for top in range(0, high - height + 1, height)
        for left in range(0, wide - width + 1, width)
    ]


def _softened(gray: Image.Image, tile: Box) -> Image.Image:
    """The edges in this tile of the softened picture; only what they depend on is worked out."""
    left, top = max(0, tile[0] - SOFT_REACH), max(0, tile[1] - SOFT_REACH)
    near = gray.crop((left, top, min(gray.width, tile[2] + SOFT_REACH), min(gray.height, tile[3] + SOFT_REACH)))
    soft = near.filter(ImageFilter.GaussianBlur(1.5))
    edges = soft.filter(EDGE) if _has_inside(gray) else soft
    return edges.crop((tile[0] - left, tile[1] - top, tile[2] - left, tile[3] - top))


def _energy(edges: Image.Image) -> float:
    """Variance of the differences between neighbours."""
    counts, total = edges.histogram(), edges.width * edges.height
    mean: float = sum(map(mul, counts, LEVELS)) / total
    squares: float = sum(map(mul, counts, SQUARES)) / total
    return squares - mean * mean


def _dark(levels: list[int]) -> float:
    """1 minus the brightness of the brightest parts: a light card on a dark table is not dark."""
    return 1 - _level(levels, 0.05) / 255


def _glare(levels: list[int]) -> float:
    """Share of the picture that is burnt out and fades softly into the rest.

    White of a screen has hard edges; on a sheet that is nearly white all over, glare cannot be told from paper.
    """
    burnt, fading = sum(levels[252:]), sum(levels[236:252])
    return burnt / sum(levels) if fading * 4 > burnt and _level(levels, 0.25) < 233 else 0.0


def _level(levels: list[int], share: float) -> int:
    """The brightness that this share of the pixels reaches."""
    seen, total = 0, sum(levels)
    for level in reversed(LEVELS):
        seen += levels[level]
        if seen >= share * total:
            return level
    return 0
