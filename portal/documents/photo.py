"""Reads one uploaded photo inside the sandbox: a clean picture, its codes, how good it is. Loads nothing of the web."""

import dataclasses
import hashlib
import io
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from portal.documents.codes import Codes
from portal.documents.pictures import LONG_SIDE, encode, open_picture, upright
from portal.documents.qr import texts
from portal.documents.quality import fingerprint, judge
from portal.sandbox import Refused
from portal.vietnam import identity_qr, vietqr

MOST_CHANGE = 24  # mean difference of brightness that re-encoding may make; a lost picture differs by far more


def read(path: Path, *, out: str | None = None, codes: str = Codes.ALL) -> dict[str, Any]:
    """Check the photo in `path` and say what is on it; the clean JPEG goes to `out`.

    Returns what JSON can hold, dates as ISO text: `kind` (of the file that came), `width`, `height`, `bytes`,
    `sha256` (of the clean picture), `phash`, `qr` (text), `citizen_id_qr`, `vietqr`, `mrz`, `quality`.
    `codes` says how hard codes are looked for. Raises Refused: empty, not_a_photo, too_many_pixels, broken.
    """
    kind, image = open_picture(path)
    size = image.size
    picture = upright(image, mode="RGB", long_side=LONG_SIDE)
    gray = picture.convert("L")
    clean = encode(picture)
    width, height, shown = _decode_again(clean, gray)

    def whole() -> Image.Image:
        """Every pixel, since it was shrunk while it was decoded."""
        return upright(open_picture(path)[1], mode="L")

    found = texts(gray, Codes(codes), whole if max(size) > LONG_SIDE else None)
    if out is not None:
        Path(out).write_bytes(clean)
    return {
        "kind": kind,
        "width": width,
        "height": height,
        "bytes": len(clean),
        "sha256": hashlib.sha256(clean).hexdigest(),
        "phash": fingerprint(shown),
        **_codes(found),
        "mrz": None,  # needs character recognition, which is not there: the lines are typed in
        "quality": judge(gray),
    }


def _codes(found: list[str]) -> dict[str, Any]:
    """What the codes mean; a card before a bank's code, a bank's code before any other text."""
    cards = [(text, card) for text in found if (card := identity_qr.parse(text))]
    money = [(text, code) for text in found if (code := vietqr.parse(text))]
    known = [text for text, _ in (*cards, *money)]
    return {
        "qr": next(iter(known + found), None),
        "citizen_id_qr": _plain(cards[0][1]) if cards else None,
        "vietqr": _plain(money[0][1]) if money else None,
    }


def _plain(record: identity_qr.IdentityQr | vietqr.VietQr) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in dataclasses.asdict(record).items()
    }


def _decode_again(clean: bytes, gray: Image.Image) -> tuple[int, int, Image.Image]:
    """Size of the clean picture, and a gray miniature of it, proved to show what was decoded from the upload."""
    shown = Image.open(io.BytesIO(clean), formats=["JPEG"])
    size = shown.size
    shown.draft(
        "L", (max(1, size[0] // 8), max(1, size[1] // 8))
    )  # every byte is read, but pixels are made for a miniature only
    shown.load()
    sizes, before = (64, 64), gray.reduce(max(1, max(gray.size) // 250))
    difference = ImageChops.difference(
        shown.resize(sizes, Image.Resampling.BOX), before.resize(sizes, Image.Resampling.BOX)
    )
    if ImageStat.Stat(difference).mean[0] > MOST_CHANGE:
        raise Refused("broken")
    return *size, shown
