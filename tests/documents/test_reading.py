"""What the portal makes of photos: real shapes of cards and codes, bad light, and files that mean harm."""

import csv
import hashlib
import io
import os
import struct
import unicodedata
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from portal.documents import photo, qr, quality
from portal.documents.reading import (
    EmptyPhoto,
    NotAPhoto,
    PhotoBroken,
    PhotoRefused,
    PhotoTooHeavy,
    PhotoTooManyPixels,
    PhotoTooSlow,
    inspect,
)
from portal.sandbox import Refused
from portal.vietnam import vietqr
from tests.documents.forged import png

SHARED = Path(__file__).parents[2].parent / "shared"
SAMPLES = SHARED / "samples"
CORPUS = SHARED / "corpora" / "images"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "photos"
NUMBERS = {
    "cccd-front": "020046241877",
    "can-cuoc-back": "008058642454",
    "cccd-front-dark": "004160770779",
    "cccd-front-decomposed-text": "020143255900",
    "cccd-front-strong-perspective": "020156678003",
    "cccd-front-turned-180-by-exif": "020076626811",
    "cccd-front-turned-90-by-exif": "020150583372",
    "cccd-front-upside-down-with-gps": "020188114383",
    "cccd-qr-glare-on-a-corner": "020146556122",
    "cccd-qr-motion-blur": "020159028046",
    "cccd-qr-strong-blur": "020079049831",
    "cccd-back-no-qr": None,
}


def truth(folder: str) -> list[dict[str, str]]:
    table = SAMPLES / folder / "truth.csv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sample_rows(folder: str) -> list[object]:
    absent = pytest.mark.skip(reason=f"shared/samples/{folder} is absent")
    rows = [pytest.param(row, id=row["file"]) for row in truth(folder)]
    return rows or [pytest.param({}, id=f"no-shared-samples-{folder}", marks=absent)]


def save(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)
    return path


def picture(width: int = 640, height: int = 480) -> Image.Image:
    image = Image.new("RGB", (width, height), "gray")
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill="red")
    return image


def code(text: str, blur: float = 0) -> Image.Image:
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=7)
    image = Image.fromarray(drawn)
    sheet = Image.new("L", (image.width + 400, image.height + 400), 230)
    sheet.paste(image, (200, 200))
    return sheet.filter(ImageFilter.GaussianBlur(blur)) if blur else sheet


@pytest.mark.parametrize(("name", "number"), NUMBERS.items())
def test_the_card_in_the_photo_is_read_or_none_is(name: str, number: str | None) -> None:
    found = inspect(FIXTURES / f"{name}.jpg", f"{name}.jpg")
    assert (found.citizen_id_qr or {}).get("number") == number
    assert (found.qr is None) == (number is None)
    assert found.vietqr is None


def test_a_card_is_told_in_full_with_iso_dates_and_composed_letters() -> None:
    found = inspect(FIXTURES / "cccd-front-decomposed-text.jpg", "the.jpg").citizen_id_qr
    assert found is not None
    assert found["full_name"] == unicodedata.normalize("NFC", "Đặng Thị Chẹo")
    assert (found["birth_date"], found["issued_on"], found["sex"]) == ("1943-02-15", "2023-07-26", "female")
    assert found["old_number"] == "089616180"


def test_a_banks_code_is_read_and_a_wrong_check_sum_is_told() -> None:
    account = inspect(FIXTURES / "vietqr-account.jpg", "a.jpg").vietqr
    amount = inspect(FIXTURES / "vietqr-amount.jpg", "b.jpg").vietqr
    wrong = inspect(FIXTURES / "vietqr-wrong-check-sum.jpg", "c.jpg").vietqr
    assert account is not None and amount is not None and wrong is not None
    assert (account["bin"], account["account"], account["crc_ok"]) == ("970405", "8412205401076", True)
    assert (amount["amount"], amount["purpose"]) == (540_000, "TCXH 112026 BG00059")
    assert wrong["crc_ok"] is False


@pytest.mark.parametrize("row", sample_rows("cards"))
def test_every_sample_card_reads_as_its_truth_says(row: dict[str, str]) -> None:
    found = photo.read(SAMPLES / "cards" / row["file"])
    expected = unicodedata.normalize("NFC", row["payload"]) or None
    assert found["qr"] == expected
    assert (found["citizen_id_qr"] or {}).get("raw") == expected
    assert found["bytes"] <= 400_000
    assert max(found["width"], found["height"]) == 2000


@pytest.mark.parametrize("row", sample_rows("vietqr"))
def test_every_sample_screenshot_reads_as_its_truth_says(row: dict[str, str]) -> None:
    found = photo.read(SAMPLES / "vietqr" / row["file"])
    assert found["qr"] == row["payload"]
    assert found["vietqr"]["account"] == row["account"]
    assert found["vietqr"]["crc_ok"] is (row["crc_ok"] == "yes")
    assert found["quality"]["warnings"] == []


@pytest.mark.parametrize(("condition", "code"), [("strong blur", "blur"), ("low light", "dark"), ("glare", "glare")])
def test_what_is_wrong_with_a_sample_is_warned_of_and_good_ones_are_left_alone(condition: str, code: str) -> None:
    rows = truth("cards")
    if not rows:
        pytest.skip("shared/samples/cards is absent")
    for row in rows:
        if row["condition"].startswith((condition, "straight")):
            warned = photo.read(SAMPLES / "cards" / row["file"])["quality"]["warnings"]
            assert warned == ([] if row["condition"].startswith("straight") else [code]), row["file"]


def test_the_stored_picture_is_a_small_jpeg_that_holds_no_metadata(tmp_path: Path) -> None:
    source, out = FIXTURES / "cccd-front-upside-down-with-gps.jpg", tmp_path / "clean.jpg"
    with Image.open(source) as image:
        assert image.getexif().get_ifd(0x8825), "the fixture must hold a place"
    found = inspect(source, source.name, out=out)
    clean = out.read_bytes()
    assert (found.sha256, found.bytes) == (hashlib.sha256(clean).hexdigest(), len(clean))
    with Image.open(out) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (found.width, found.height))
        assert [name for name, _ in image.applist] == ["APP0"]
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_hides_behind_the_picture_is_not_stored(tmp_path: Path) -> None:
    source = save(tmp_path / "a.jpg", picture(), comment=b"<script>alert(1)</script>", icc_profile=b"secret profile")
    source.write_bytes(source.read_bytes() + b"PK\x03\x04 an archive behind the picture")
    inspect(source, "a.jpg", out=tmp_path / "out.jpg")
    clean = (tmp_path / "out.jpg").read_bytes()
    assert b"script" not in clean and b"archive" not in clean and b"secret" not in clean
    assert clean.endswith(b"\xff\xd9")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_turn_puts_the_top_left_corner_back(tmp_path: Path, orientation: int) -> None:
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the Transpose that stores the pixels turned
    stored = picture() if orientation == 1 else picture().transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = inspect(save(tmp_path / "a.jpg", stored, exif=exif), "a.jpg", out=tmp_path / "out.jpg")
    assert (found.width, found.height) == (640, 480)
    with Image.open(tmp_path / "out.jpg") as image:
        corners = [image.getpixel(at) for at in ((20, 20), (620, 20), (20, 460), (620, 460))]
    assert [red > 200 and green < 60 for red, green, _ in corners] == [True, False, False, False]


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "jpeg"), ("a.png", "png"), ("a.webp", "webp"), ("a.heic", "heic")]
)
def test_four_kinds_of_pictures_are_taken_whatever_they_are_called(tmp_path: Path, name: str, kind: str) -> None:
    source = save(tmp_path / name, picture(3000, 2000)).rename(tmp_path / "upload.bin")
    found = inspect(source, "upload.bin")
    assert (found.kind, found.width, found.height) == (kind, 2000, 1333)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "AVIF"])
def test_other_pictures_are_refused_even_as_jpg(tmp_path: Path, kind: str) -> None:
    source = save(tmp_path / "a.jpg", picture(64, 64), format=kind)
    with pytest.raises(NotAPhoto):
        inspect(source, "a.jpg")


@pytest.mark.parametrize("content", [b"Xin chao", b"%PDF-1.7 ", b"<svg/>", b"\xff\xd8", b"PK\x03\x04", b"RIFF----WAVE"])
def test_what_is_no_picture_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(NotAPhoto, match=r"^ảnh căn cước\.jpg is not a photo .*take the photo again\.$"):
        inspect(tmp_path / "a.jpg", "ảnh căn cước.jpg")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    with pytest.raises(EmptyPhoto, match=r"a\.jpg is empty\. Take the photo again\."):
        inspect(tmp_path / "a.jpg", "a.jpg")
    with pytest.raises(Refused, match="refused"):
        photo.read(tmp_path / "a.jpg")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.heic"])
@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_picture_that_was_cut_off_on_the_way_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, part: float
) -> None:
    with Image.open(FIXTURES / "cccd-front.jpg") as card:
        whole = save(tmp_path / name, card).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(PhotoBroken, match=rf"{name} is damaged or incomplete .* Take the photo again\."):
        inspect(tmp_path / name, name, out=tmp_path / "out.jpg")
    assert not (tmp_path / "out.jpg").exists()


def vp8x(side: int) -> bytes:
    size = (side - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 90) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size + size + bytes(70)


BOMBS: dict[str, Callable[[], bytes]] = {
    "declares-200-megapixels.png": lambda: png(20_000, 10_000, zlib.compress(bytes(1000))),
    "holds-200-megapixels.png": lambda: png(20_000, 10_000, zlib.compress(bytes(600_010_000), 1)),
    "largest-sides.png": lambda: png(2**31 - 1, 2**31 - 1, zlib.compress(bytes(1000))),
    "declares-268-megapixels.webp": lambda: vp8x(16_384),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_picture_that_would_burst_the_memory_is_refused_by_its_declared_size(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BOMBS[name]())
    with pytest.raises(
        PhotoTooManyPixels, match=rf"{name} has too many pixels \(at most [23]0 million\)\. Take the photo"
    ):
        inspect(tmp_path / name, name)


def test_a_png_that_unpacks_to_much_more_than_it_declares_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(100, 100, zlib.compress(bytes(500_000_000), 1)))
    assert inspect(tmp_path / "a.png", "a.png").quality["warnings"] == ["blank"]


@pytest.mark.parametrize("size", [(1, 1), (1, 30_000), (30_000, 1), (7, 3)])
def test_pictures_of_odd_shapes_are_read(tmp_path: Path, size: tuple[int, int]) -> None:
    assert inspect(save(tmp_path / "a.png", Image.new("RGB", size)), "a.png").quality["blank"]


def test_a_file_of_100_megabytes_is_refused_without_being_opened(tmp_path: Path) -> None:
    with (tmp_path / "a.jpg").open("wb") as file:
        file.write(b"\xff\xd8\xff")
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(PhotoTooHeavy, match=r"a\.jpg is larger than 15 MB\. Take the photo again"):
        inspect(tmp_path / "a.jpg", "a.jpg")


def test_a_photo_that_takes_too_long_is_refused() -> None:
    with pytest.raises(PhotoTooSlow, match=r"Take the photo again\."):
        inspect(FIXTURES / "cccd-front.jpg", "a.jpg", seconds=0.01)


@pytest.mark.parametrize("quarter", range(4))
def test_no_broken_or_odd_file_of_the_corpus_gets_past_a_clear_error(quarter: int, tmp_path: Path) -> None:
    if not CORPUS.exists():
        pytest.skip("shared/corpora/images is absent")
    step = 4 if os.environ.get("PORTAL_THOROUGH") else 12  # `make test` tries every third, `make thorough` all
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())[quarter::step]

    def outcome(path: Path) -> str:
        out = tmp_path / hashlib.sha256(str(path).encode()).hexdigest()
        try:
            inspect(path, path.name, out=out)
        except PhotoRefused as error:
            assert path.name in str(error)
            assert not out.exists()
            return type(error).__name__
        with Image.open(out, formats=["JPEG"]) as image:
            image.load()
            assert max(image.size) <= 2000
        return "read"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, files))
    assert outcomes.count("read") >= 3
    assert set(outcomes) <= {"read", "NotAPhoto", "PhotoBroken", "EmptyPhoto", "PhotoTooManyPixels"}


def test_a_code_seen_only_after_the_picture_was_changed_must_prove_itself() -> None:
    payment, other = vietqr.build("970405", "8412205401076"), "https://example.vn/" + "a" * 50
    assert qr.texts(code(payment)) == [payment]
    assert qr.texts(code(other)) == [other]
    for text, taken in ((payment, [payment]), (other, [])):
        soft = code(text, blur=4.6)
        assert qr._read(soft) == []
        assert any(qr._read(look) == [text] for look in qr._looks(soft))
        assert qr.texts(soft) == taken


def test_a_poster_beside_the_card_does_not_hide_the_card() -> None:
    payment, poster = vietqr.build("970405", "8412205401076"), "https://example.vn/"
    soft, sharp = code(payment, blur=4.6), code(poster)
    table = Image.new("L", (soft.width + sharp.width, max(soft.height, sharp.height)), 230)
    table.paste(soft, (0, 0))
    table.paste(sharp, (soft.width, 0))
    assert qr._read(table) == [poster]
    assert qr.texts(table) == [payment, poster]


@pytest.mark.parametrize("color", ["black", "white", "gray"])
def test_a_covered_lens_gives_a_blank_picture_even_with_noise(tmp_path: Path, color: str) -> None:
    even = Image.new("L", (1600, 1200), color)
    noisy = Image.blend(even, Image.effect_noise(even.size, 40), 0.2)
    assert photo.read(save(tmp_path / "a.jpg", noisy))["quality"]["warnings"] == ["blank"]
    ImageDraw.Draw(noisy).rectangle((400, 300, 1200, 900), fill="gray" if color != "gray" else "black")
    assert not photo.read(save(tmp_path / "b.jpg", noisy))["quality"]["blank"]


def test_sixteen_bit_gray_and_transparency_do_not_turn_white_or_black(tmp_path: Path) -> None:
    half = Image.new("I;16", (1600, 1200), 32768)
    clear = Image.new("RGBA", (1600, 1200), (0, 0, 0, 0))
    for name, image, expected in (("a.png", half, 128), ("b.png", clear, 255)):
        photo.read(save(tmp_path / name, image), out=str(tmp_path / "out.jpg"))
        with Image.open(tmp_path / "out.jpg") as clean:
            assert abs(clean.convert("L").getpixel((800, 600)) - expected) <= 2


def test_a_picture_full_of_noise_is_still_kept_small(tmp_path: Path) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((2000, 1500), 120) for _ in range(3)])
    found = photo.read(save(tmp_path / "a.jpg", noise, quality=95))
    assert found["bytes"] <= 400_000
    assert found["width"] >= 600


def test_a_small_picture_is_warned_of_and_not_enlarged() -> None:
    with Image.open(FIXTURES / "cccd-front.jpg") as image:
        image.thumbnail((800, 800))
        assert quality.judge(image)["warnings"] == ["small"]


def test_fingerprints_are_near_for_one_photo_and_far_for_two() -> None:
    def bits(one: str, other: str) -> int:
        return (int(one, 16) ^ int(other, 16)).bit_count()

    with Image.open(FIXTURES / "cccd-front.jpg") as first, Image.open(FIXTURES / "cccd-back-no-qr.jpg") as second:
        buffer = io.BytesIO()
        first.resize((700, 525)).point(lambda level: level * 0.8).save(buffer, "JPEG", quality=40)
        again = quality.fingerprint(Image.open(buffer))
        one, two = quality.fingerprint(first), quality.fingerprint(second)
    assert len(one) == 16
    assert bits(one, again) <= 6
    assert bits(one, two) >= 12
