"""Photos are made small and upright on the phone, judged as on the server, and never lost on the way."""

import io
import random

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps, ImageStat

from portal.documents import quality
from tests.capture.bundling import in_node
from tests.capture.scanning import FIXTURES, SAMPLES, sample_rows

pillow_heif.register_heif_opener()
CARDS = sorted(path.name for path in FIXTURES.glob("c*.jpg"))
GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def jpeg(image, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def opened(content):
    return Image.open(io.BytesIO(content))


def noisy(width, height):
    """A picture that no encoder makes small."""
    dice = random.Random(1)
    return Image.frombytes("RGB", (width // 4, height // 4), dice.randbytes(width * height * 3 // 16)).resize(
        (width, height)
    )


def corners(width=640, height=400):
    """Red at the upper left, blue at the lower right."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, width // 3, height // 3), fill="red")
    ImageDraw.Draw(image).rectangle((width * 2 // 3, height * 2 // 3, width, height), fill="blue")
    return image


@pytest.mark.parametrize("name", CARDS)
def test_a_photo_becomes_small_and_loses_its_metadata(scanner, name):
    made = scanner.prepare(name, (FIXTURES / name).read_bytes())
    picture = opened(made["bytes"])
    assert picture.format == "JPEG" and len(picture.getexif()) == 0 and "exif" not in picture.info
    assert (made["width"], made["height"]) == picture.size and max(picture.size) <= 2000
    assert len(made["bytes"]) <= 400_000 and made["original"] is False


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("byte_order", ["little", "big"])
def test_a_photo_stands_upright_however_its_pixels_are_stored(scanner, orientation, byte_order):
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = corners() if undo is None else corners().transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif.endian = "<" if byte_order == "little" else ">"
    exif[ORIENTATION], exif[MAKE] = orientation, "Somebody"
    exif.get_ifd(GPS)[1] = "N"
    content = jpeg(stored, exif=exif.tobytes(), quality=92)
    assert ImageOps.exif_transpose(opened(content)).convert("RGB").getpixel((5, 5))[0] > 200
    made = scanner.prepare("turned.jpg", content)
    upright = opened(made["bytes"]).convert("RGB")
    assert upright.size == (640, 400)
    red, blue = upright.getpixel((5, 5)), upright.getpixel((634, 394))
    assert red[0] > 200 and red[2] < 60 and blue[2] > 200 and blue[0] < 60


def test_a_photo_of_24_million_pixels_is_shrunk_and_not_black(scanner):
    large = ImageOps.exif_transpose(Image.open(FIXTURES / "cccd-front.jpg")).resize((5712, 4284))
    made = scanner.prepare("large.jpg", jpeg(large, quality=60))
    picture = opened(made["bytes"])
    assert picture.size == (2000, 1500) and made["warnings"] == [] and not made["original"]
    assert not quality.is_blank(picture)


def test_a_picture_that_does_not_become_small_enough_shrinks(scanner):
    made = scanner.prepare("noise.jpg", jpeg(noisy(3200, 2400), quality=80))
    assert len(made["bytes"]) <= 400_000 and max(opened(made["bytes"]).size) < 2000


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_of_pictures_become_jpeg_and_what_is_clear_becomes_white(scanner, kind):
    image = corners().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda level: 0 if level < 40 else 255))
    file = io.BytesIO()
    image.save(file, kind)
    made = scanner.prepare("a", file.getvalue())
    picture = opened(made["bytes"])
    assert picture.format == "JPEG" and min(picture.convert("RGB").getpixel((320, 5))) > 240


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_browser_without_image_bitmaps_makes_the_same_photo(scanner, orientation):
    content = (FIXTURES / ("cccd-front.jpg" if orientation == 1 else "cccd-front-turned-90-by-exif.jpg")).read_bytes()
    with_them = opened(scanner.prepare("a.jpg", content)["bytes"]).convert("L")
    scanner.tab.evaluate("() => { delete window.createImageBitmap; }")
    without = opened(scanner.prepare("a.jpg", content)["bytes"]).convert("L")
    assert without.size == with_them.size
    small = [picture.resize((64, 64), Image.Resampling.BOX) for picture in (with_them, without)]
    assert ImageStat.Stat(ImageChops.difference(*small)).mean[0] < 2


def test_a_kind_that_the_browser_cannot_decode_is_kept_as_it_is(scanner):
    heic = io.BytesIO()
    corners(1600, 1200).save(heic, "HEIF")
    made = scanner.prepare("a.heic", heic.getvalue())
    assert made["original"] is True and made["bytes"] == heic.getvalue()


def test_a_damaged_photo_is_kept_as_it_is(scanner):
    damaged = (FIXTURES / "cccd-front.jpg").read_bytes()[:700] + b"nothing" * 50
    made = scanner.prepare("damaged.jpg", damaged)
    assert made["original"] is True and made["bytes"] == damaged


def test_a_picture_of_one_even_surface_is_told_and_kept_as_it_is(scanner):
    """The canvas of a phone without memory is black; so is the photo of a covered lens."""
    black = jpeg(Image.new("RGB", (1600, 1200), "black"))
    made = scanner.prepare("black.jpg", black)
    assert made["warnings"] == ["blank"] and made["original"] is True and made["bytes"] == black


def test_what_cannot_be_kept_is_told_by_a_code(scanner):
    large = (FIXTURES / "cccd-front.jpg").read_bytes()[:700] + bytes(12_000_001)
    assert scanner.prepare("empty.jpg", b"") == {"code": "empty"}
    assert scanner.prepare("text.jpg", b"this is no photo, whatever its name says") == {"code": "not_a_photo"}
    assert scanner.prepare("large.jpg", large) == {"code": "too_large"}


@pytest.mark.parametrize("name", CARDS)
def test_a_photo_is_judged_on_the_phone_as_on_the_server(scanner, name):
    content = (FIXTURES / name).read_bytes()
    assert_same_figures(scanner, name, content)


@pytest.mark.parametrize("row", sample_rows("cards"))
def test_every_sample_card_is_judged_as_on_the_server_before_and_after_it_is_made_small(scanner, row):
    content = (SAMPLES / "cards" / row["file"]).read_bytes()
    here = assert_same_figures(scanner, row["file"], content)
    made = scanner.prepare(row["file"], content)
    assert set(made["warnings"]) == set(here["warnings"])
    assert len(made["bytes"]) <= 400_000 and max(made["width"], made["height"]) == 2000


def assert_same_figures(scanner, name, content):
    here = quality.judge(ImageOps.exif_transpose(opened(content)))
    scanner.files.given[name] = content
    there = scanner.tab.evaluate(
        """async (name) => {
          const bitmap = await createImageBitmap(await (await fetch(`/given/${name}`)).blob());
          const { canvas, pen } = portal.photo.surface(bitmap.width, bitmap.height);
          pen.drawImage(bitmap, 0, 0);
          return portal.quality.judge(pen.getImageData(0, 0, canvas.width, canvas.height));
        }""",
        name,
    )
    for figure in ("blur", "dark", "glare"):
        assert there[figure] == pytest.approx(here[figure], abs=0.01), figure
    assert (there["blank"], there["small"], there["warnings"]) == (here["blank"], here["small"], here["warnings"])
    return here


def test_the_same_gray_pixels_give_the_same_figures():
    """Of odd sizes too, where averages and edges are easily off by one."""
    dice, given = random.Random(7), []
    for width, height in [(1, 1), (7, 9), (31, 40), (333, 517), (1000, 750), (1001, 749), (1999, 1501), (2600, 1100)]:
        small = Image.frombytes("L", (16, 12), dice.randbytes(192))
        image = small.resize((width, height), dice.choice([Image.Resampling.NEAREST, Image.Resampling.BICUBIC]))
        given.append([list(image.tobytes()), width, height, quality.judge(image)])
    program = """
      import { judge } from "./quality.js";
      answer(input.map(([gray, width, height]) => judge(Uint8Array.from(gray), width, height)));
    """
    for there, (_, width, height, here) in zip(in_node(program, given), given, strict=True):
        near = {figure: pytest.approx(here[figure], abs=0.002) for figure in ("blur", "dark", "glare")}
        assert there == here | near, (width, height)
