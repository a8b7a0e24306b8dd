"""Finds the QR code in a photo of a card or of a phone's screen, with second looks that a hard photo needs."""

import time
import unicodedata
from collections.abc import Callable, Iterator

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from portal.documents.codes import Codes
from portal.documents.pictures import thinned
from portal.vietnam import citizen_id, identity_qr, vietqr

EASY_SIDE = 1600  # every second pixel is enough for 30 of 34 cards that can be read, at a quarter of the cost
LARGEST_SIDE = 4000
ENLARGED_SIDE = 2100
LOOKS_SECONDS = 1.5  # of CPU time for further looks: all of them on 7 million pixels, the first half on 16 million
BLACK_OR_WHITE = [0] * 128 + [255] * 128


def texts(
    picture: Image.Image,
    codes: Codes = Codes.ALL,
    whole: Callable[[], Image.Image] | None = None,
) -> list[str]:
    """Texts (NFC) of the codes in an upright picture; `whole` makes it in its full size, gray.

    The look at the picture as it is takes whatever is there. The others change it, and a code that is guessed together
    from noise can pass its own check: they take only a text that proves itself (`_proves_itself`).
    """
    if codes == Codes.NONE:
        return []
    if codes == Codes.GLANCE:
        return _read(picture.getchannel(len(picture.getbands()) // 2), other_ways=False)
    if max(picture.size) >= EASY_SIDE:
        easy = _read(thinned(picture, 2), other_ways=False)
        if any(map(_proves_itself, easy)):
            return easy
    gray = picture.convert("L")
    found = _read(gray)
    if whole is not None and not any(map(_known, found)):
        gray = whole()
        found += [text for text in _read(gray) if text not in found]
    if any(map(_known, found)):
        return found
    start = time.process_time()
    for changed in _looks(gray):
        proven = [text for text in _read(changed) if _proves_itself(text)]
        if proven:
            return proven + found
        if time.process_time() - start > LOOKS_SECONDS:
            break
    return found


def _known(text: str) -> bool:
    return bool(identity_qr.parse(text) or vietqr.parse(text))


def _proves_itself(text: str) -> bool:
    """A VietQR with the right check sum, or a card whose number agrees with its sex and year of birth."""
    card = identity_qr.parse(text)
    if card is not None:
        told = citizen_id.disagreements(card.number, card.sex, card.birth_date.year)
        return "sex" not in told and "birth_year" not in told
    money = vietqr.parse(text)
    return money is not None and money.crc_ok


def _looks(gray: Image.Image) -> Iterator[Image.Image]:
    """The same picture in other sizes and with uneven light, blur or noise taken out; what helps most often first.

    A radius is in pixels of the size before it. Around the width of a module it sharpens what is blurred, several
    modules wide it evens out light. Every look costs 0.02 to 0.1 s on 7 million pixels; enlarging costs more and is
    left to small pictures.
    """
    most = max(gray.size)
    if most > LARGEST_SIDE:
        gray = _scaled(gray, LARGEST_SIDE / most)
    three_quarters, half = _scaled(gray, 0.75), _scaled(gray, 0.5)
    yield _against_surroundings(three_quarters, 3)
    yield _against_surroundings(_soft(three_quarters), 11)
    yield half
    yield _against_surroundings(_soft(half), 8)
    yield _against_surroundings(half, 2)
    yield _against_surroundings(_sharp(_scaled(gray, 0.85)), 4)
    yield _against_surroundings(gray, 3)
    yield _soft(half)
    yield _against_surroundings(_soft(_scaled(gray, 0.35)), 6)
    if most <= ENLARGED_SIDE:
        double = _scaled(gray, 2)
        yield double
        yield _against_surroundings(double, 4)


def _scaled(gray: Image.Image, factor: float) -> Image.Image:
    size = max(1, round(gray.width * factor)), max(1, round(gray.height * factor))
    return gray.resize(size, Image.Resampling.BICUBIC)


def _soft(gray: Image.Image) -> Image.Image:
    return gray.filter(ImageFilter.GaussianBlur(1))


def _sharp(gray: Image.Image) -> Image.Image:
    return gray.filter(ImageFilter.UnsharpMask(3, 600, 0)).filter(ImageFilter.GaussianBlur(1.6))


def _against_surroundings(gray: Image.Image, radius: int) -> Image.Image:
    """Black where a pixel is darker than the mean of its surroundings, else white."""
    return ImageChops.subtract(gray, gray.filter(ImageFilter.BoxBlur(radius)), offset=128).point(BLACK_OR_WHITE)


def _read(gray: Image.Image, *, other_ways: bool = True) -> list[str]:
    """Texts (NFC); `other_ways`: also in smaller sizes, and white on black."""
    codes = zxingcpp.read_barcodes(
        gray,
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        text_mode=zxingcpp.TextMode.Plain,
        try_downscale=other_ways,
        try_invert=other_ways,
    )
    return [text for code in codes if (text := unicodedata.normalize("NFC", code.text))]
