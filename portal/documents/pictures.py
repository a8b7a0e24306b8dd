"""Untrusted picture files to one clean kind: an upright RGB JPEG of at most 2000 px without metadata. Child process only."""

import io
import struct
from pathlib import Path
from typing import Literal

import pillow_heif
from PIL import Image, WebPImagePlugin

from portal.sandbox import Refused

Kind = Literal["jpeg", "png", "webp", "heic"]

# Declared pixels. What is decoded to four bytes a pixel, and copied to be flattened, must fit into the child's memory.
MOST_PIXELS: dict[Kind, int] = {"jpeg": 60_000_000, "heic": 60_000_000, "png": 30_000_000, "webp": 20_000_000}
LONG_SIDE = 2000
MAX_BYTES = 400_000
# JPEG quality, and its size beside that of the first, as measured on photos of cards and papers. The first that fits is
# taken; below 45 the small print of a card is lost, so then the picture shrinks instead.
QUALITIES = {85: 1.0, 78: 0.80, 70: 0.67, 60: 0.57, 52: 0.51, 45: 0.46}
TRY_ABOVE = 1.25  # a quality is tried when it may miss the size by this much
HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
PLUGIN: dict[Kind, str] = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}
ORIENTATION_TAG = 0x0112
# EXIF 2.32, 4.6.5.A: how to turn the stored pixels so that the picture stands upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener()
Image.preinit()  # now, and not in each forked child: what else knows JPEG and PNG
PLUGINS = (WebPImagePlugin,)  # imported for the same reason
Image.MAX_IMAGE_PIXELS = None  # the limit is ours, kept before any pixel is read


def kind_of(head: bytes) -> Kind | None:
    """The kind that the first bytes of a file prove, whatever its name says."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "heic"
    return None


def open_picture(path: Path) -> tuple[Kind, Image.Image]:
    """The picture with its header read and no pixel decoded; refuses `not_a_photo`, `empty`, `broken`, `too_many_pixels`."""
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise Refused("empty")
    kind = kind_of(head)
    if kind is None:
        raise Refused("not_a_photo")
    if kind == "webp":  # its plugin takes memory for the whole canvas before it tells the size
        _refuse_too_many(kind, _webp_size(head))
    try:
        image = Image.open(path, formats=[PLUGIN[kind]])
    except MemoryError:
        raise
    except Exception as failure:  # a broken file raises anything: OSError, SyntaxError, struct.error, ValueError
        raise Refused("broken") from failure
    _refuse_too_many(kind, image.size)
    return kind, image


def upright(image: Image.Image, *, mode: Literal["RGB", "L"], long_side: int | None = None) -> Image.Image:
    """The decoded picture in `mode`, turned as its EXIF says; a JPEG is shrunk to `long_side` while it is decoded."""
    size = _within(image.size, long_side)
    try:
        orientation = _orientation(image)
        image.draft(mode, size)
        image.load()
        flat = _flatten(_nearly(_eight_bits(image), size), mode)
    except MemoryError:
        raise
    except Exception as failure:
        raise Refused("broken") from failure
    if size != flat.size:
        flat = flat.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    turn = UPRIGHT.get(orientation)
    return flat if turn is None else flat.transpose(turn)


def thinned(image: Image.Image, step: int) -> Image.Image:
    """Gray, of one pixel in `step` across and down: at a tenth of the cost, enough for averages and for what stands out."""
    size = max(1, image.width // step), max(1, image.height // step)
    return image.resize(size, Image.Resampling.NEAREST).convert("L")


def encode(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """JPEG of an RGB picture, as good as MAX_BYTES allows, and its size; only its pixels go in, so no metadata can."""
    while True:
        most = float("inf")  # how many times the first quality's size may be for a quality to be worth trying
        for quality, share in QUALITIES.items():
            if share > most:
                continue
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=quality, exif=b"", icc_profile=None, comment=b"")
            if buffer.tell() <= MAX_BYTES:
                return buffer.getvalue(), image.size
            most = share * MAX_BYTES / buffer.tell() * TRY_ABOVE
        image = image.resize((max(1, image.width * 4 // 5), max(1, image.height * 4 // 5)), Image.Resampling.BICUBIC)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except MemoryError:
        raise
    except Exception:  # broken EXIF says nothing about the pixels
        return 1


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit gray is scaled: a plain convert would cut it off to white."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value / 256).convert("L")


def _nearly(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Shrunk by a whole factor towards `size`, because what follows takes copies; a palette cannot be averaged."""
    factor = max(image.size) // max(size)
    return image if factor < 2 or image.mode in ("1", "P", "PA") else image.reduce(factor)


def _flatten(image: Image.Image, mode: Literal["RGB", "L"]) -> Image.Image:
    """What is transparent shows white paper."""
    if image.has_transparency_data:
        clear = image if image.mode == "RGBA" else image.convert("RGBA")
        paper = Image.new(mode, image.size, "white")
        paper.paste(clear.convert(mode), mask=clear.getchannel("A"))
        return paper
    return image if image.mode == mode else image.convert(mode)


def _within(size: tuple[int, int], long_side: int | None) -> tuple[int, int]:
    longest = max(size)
    if long_side is None or longest <= long_side:
        return size
    return max(1, round(size[0] * long_side / longest)), max(1, round(size[1] * long_side / longest))


def _refuse_too_many(kind: Kind, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS[kind]:
        raise Refused("too_many_pixels", limit=MOST_PIXELS[kind] // 1_000_000)


def _webp_size(head: bytes) -> tuple[int, int]:
    """Declared width and height (RFC 9649, chapter 2); (0, 0) when the header is cut off or of an unknown kind."""
    chunk, data = head[12:16], head[20:]
    if len(data) < 10:
        return 0, 0
    if chunk == b"VP8X":
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 6)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
