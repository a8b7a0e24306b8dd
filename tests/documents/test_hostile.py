"""Files that mean harm, beyond those of test_reading: one clear answer each, in bounded time, and nothing stored."""

import io
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from portal.documents.codes import Codes
from portal.documents.reading import NotAPhoto, PhotoBroken, PhotoRefused, PhotoTooManyPixels, Reading, inspect
from tests.documents.forged import CARD, jpeg_that_claims

FIXTURES = Path(__file__).parents[1] / "fixtures" / "photos"


def small() -> Image.Image:
    with Image.open(io.BytesIO(CARD)) as card:
        return card.convert("RGB").resize((800, 600))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def heic(width: int = 0, height: int = 0) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(small().resize((64, 64))).save(buffer)
    whole = buffer.getvalue()
    at = whole.index(b"ispe") + 8
    return whole[:at] + struct.pack(">II", width, height) + whole[at + 8 :] if width else whole


def segment(number: int, content: bytes) -> bytes:
    return bytes((0xFF, number)) + struct.pack(">H", len(content) + 2) + content


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with_a_text_of_300_megabytes() -> bytes:
    whole = saved(small(), "PNG")
    return whole[:33] + chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(300_000_000), 1)) + whole[33:]


REFUSED: dict[str, tuple[type[PhotoRefused], Callable[[], bytes]]] = {
    "claims-200-megapixels.jpg": (PhotoTooManyPixels, lambda: jpeg_that_claims(20_000, 10_000)),
    "claims-4000-megapixels.jpg": (PhotoTooManyPixels, lambda: jpeg_that_claims(65_500, 65_500)),
    "claims-200-megapixels.heic": (PhotoTooManyPixels, lambda: heic(20_000, 10_000)),
    "page.jpg": (NotAPhoto, lambda: b"<!doctype html><script>alert(1)</script>"),
    "pdf-before-a-photo.jpg": (NotAPhoto, lambda: b"%PDF-1.4\n" + CARD),
    "animation.jpg": (NotAPhoto, lambda: saved(small(), "GIF")),
    "text-of-300-megabytes.png": (PhotoBroken, png_with_a_text_of_300_megabytes),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_means_harm_is_refused_with_one_sentence_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    error, make = REFUSED[name]
    (tmp_path / name).write_bytes(make())
    start = time.monotonic()
    with pytest.raises(error, match=rf"{name} .*\."):
        inspect(tmp_path / name, name, out=tmp_path / "out.jpg")
    assert time.monotonic() - start < 10
    assert not (tmp_path / "out.jpg").exists()


TAKEN: dict[str, Callable[[], bytes]] = {
    "script-behind.jpg": lambda: CARD + b"<script>alert(1)</script>",
    "archive-behind.jpg": lambda: CARD + b"PK\x03\x04" + bytes(1000),
    "13-megabytes-of-metadata.jpg": lambda: (
        CARD[:2]
        + b"".join(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + bytes(65_000)) for _ in range(200))
        + CARD[2:]
    ),
    "many-small-segments.jpg": lambda: CARD[:2] + segment(0xED, bytes(8)) * 20_000 + CARD[2:],
    "four-colors.jpg": lambda: saved(small().convert("CMYK"), "JPEG"),
    "moving.webp": lambda: saved(small(), "WEBP", save_all=True, append_images=[small().rotate(90)]),
    "moving.png": lambda: saved(small(), "PNG", save_all=True, append_images=[small().rotate(90)]),
    "palette.png": lambda: saved(small().convert("P"), "PNG"),
    "two-colors.png": lambda: saved(small().convert("1"), "PNG"),
    "by-and-by.jpg": lambda: saved(small(), "JPEG", progressive=True),
    "photo.heic": heic,
}


@pytest.mark.parametrize("name", TAKEN)
def test_of_an_odd_file_only_the_first_picture_is_kept_and_nothing_that_hides_in_it(tmp_path: Path, name: str) -> None:
    found, clean = read(tmp_path, name, TAKEN[name]())
    assert found.bytes == len(clean) <= 400_000
    for hidden in (b"<script", b"PK\x03\x04", b"adobe", b"Exif", b"ICC_PROFILE"):
        assert hidden not in clean
    with Image.open(io.BytesIO(clean)) as image:
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whatever_way_its_exif_says_it_was_held(tmp_path: Path, orientation: int) -> None:
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    corner = Image.new("RGB", (320, 240), "white")
    corner.paste("red", (0, 0, 80, 60))
    stored = corner.transpose(back[orientation]) if orientation in back else corner
    exif = Image.Exif()
    exif[0x0112] = orientation
    _, clean = read(tmp_path, "a.jpg", saved(stored, "JPEG", exif=exif.tobytes()))
    with Image.open(io.BytesIO(clean)) as image:
        assert image.size == (320, 240)
        red, green, _blue = image.getpixel((20, 20))
        assert red > 200 and green < 60


def test_codes_are_looked_for_only_where_told(tmp_path: Path) -> None:
    path = FIXTURES / "cccd-front.jpg"
    assert inspect(path, "a.jpg", codes=Codes.NONE).qr is None
    assert inspect(path, "a.jpg", codes=Codes.GLANCE).qr == inspect(path, "a.jpg").qr is not None
    hard = FIXTURES / "cccd-qr-strong-blur.jpg"
    assert inspect(hard, "a.jpg", codes=Codes.GLANCE).qr is None
    assert inspect(hard, "a.jpg", codes=Codes.ALL).qr is not None


def read(folder: Path, name: str, content: bytes) -> tuple[Reading, bytes]:
    (folder / name).write_bytes(content)
    found = inspect(folder / name, name, out=folder / "out.jpg", codes=Codes.NONE)
    return found, (folder / "out.jpg").read_bytes()
