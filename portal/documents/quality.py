"""How well a photo shows a paper, in figures a clerk can be warned by, and a fingerprint to find look-alikes."""

from typing import TypedDict

from PIL import Image, ImageFilter, ImageStat

# Limits, measured on photos of cards: see tests/documents/test_reading.py.
MEASURE_SIDE = 1000
TILES = 8
BLUR_LIMIT = 0.12  # of two photos with strong blur 0.14 and 0.34; mild blur, still readable, reaches 0.10
DARK_LIMIT = 0.65
GLARE_LIMIT = 0.005
SMALL_SIDE = 1200  # a card's QR needs 2 pixels a module; with 1024 a third of the codes is lost
BLANK_CONTRAST = 8


class Quality(TypedDict):
    """`blur`, `dark` and `glare` run from 0 (good) to 1; `warnings` names what should be told, worst first."""

    blur: float
    dark: float
    glare: float
    blank: bool
    small: bool
    warnings: list[str]


def judge(image: Image.Image) -> Quality:
    """Measure an upright picture of any mode."""
    gray = image.convert("L")
    gray.thumbnail((MEASURE_SIDE, MEASURE_SIDE), Image.Resampling.BOX)
    blur, dark, glare = _blur(gray), _dark(gray), _glare(gray)
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
    before, after = _edges(gray), _edges(gray.filter(ImageFilter.GaussianBlur(1.5)))
    tiles = sorted(zip(before, after, strict=True), reverse=True)[: TILES * TILES // 10]
    total = sum(edge for edge, _ in tiles)
    return sum(edge for _, edge in tiles) / total if total > 1 else 1.0


def _edges(gray: Image.Image) -> list[float]:
    """Mean energy of the differences between neighbours, for each tile."""
    kernel = ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), scale=2, offset=128)
    edges = gray.filter(kernel).crop((2, 2, gray.width - 2, gray.height - 2)) if min(gray.size) > 8 else gray
    width, height = max(1, edges.width // TILES), max(1, edges.height // TILES)
    return [
        ImageStat.Stat(edges.crop((left, top, left + width, top + height))).var[0]
        for top in range(0, edges.height - height + 1, height)
        for left in range(0, edges.width - width + 1, width)
    ]


def _dark(gray: Image.Image) -> float:
    """1 minus the brightness of the brightest parts: a light card on a dark table is not dark."""
    return 1 - _level(gray, 0.05) / 255


def _glare(gray: Image.Image) -> float:
    """Share of the picture that is burnt out and fades softly into the rest.

    White of a screen has hard edges; on a sheet that is nearly white all over, glare cannot be told from paper.
    """
    counts, total = gray.histogram(), gray.width * gray.height
    burnt, fading = sum(counts[252:]), sum(counts[236:252])
    return burnt / total if fading * 4 > burnt and _level(gray, 0.25) < 233 else 0.0


def _level(gray: Image.Image, share: float) -> int:
    """The brightness that this share of the pixels reaches."""
    seen = 0
    for level, count in reversed(list(enumerate(gray.histogram()))):
        seen += count
        if seen >= share * gray.width * gray.height:
            return level
    return 0
