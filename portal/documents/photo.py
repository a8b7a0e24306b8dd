"""Reads one uploaded photo inside the sandbox: a clean picture, its codes, how good it is. Loads nothing of the web."""

import dataclasses
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from portal.documents.codes import Codes
from portal.documents.pictures import LONG_SIDE, encode, open_picture, thinned, upright
from portal.documents.qr import texts
from portal.documents.quality import Quality, fingerprint, is_blank, judge
from portal.vietnam import identity_qr, vietqr

THIN_SIDE = 1200  # from here on every fourth pixel of every fourth row tells as much as all


def read(
    path: Path, *, out: str | None = None, codes: str = Codes.ALL, told: list[str] | None = None
) -> dict[str, Any]:
    """Check the photo in `path` and say what is on it; the clean JPEG goes to `out`.

    Returns what JSON can hold, dates as ISO text: `kind` (of the file that came), `width`, `height`, `bytes`,
    `sha256` (of the clean picture), `phash`, `qr` (text), `citizen_id_qr`, `vietqr`, `mrz`, `quality`.
    `codes` says how hard codes are looked for, `told` the warnings of a phone that judged its photo.
    Raises Refused: empty, not_a_photo, too_many_pixels, broken.
    """
    kind, image = open_picture(path)
    size = image.size
    picture = upright(image, mode="RGB", long_side=LONG_SIDE)
    clean, (width, height) = encode(picture)
    thin = thinned(picture, 4) if max(picture.size) >= THIN_SIDE else picture

    def whole() -> Image.Image:
        """Every pixel, since it was shrunk while it was decoded."""
        return upright(open_picture(path)[1], mode="L")

    found = texts(picture, Codes(codes), whole if max(size) > LONG_SIDE else None)
    if out is not None:
        Path(out).write_bytes(clean)
    return {
        "kind": kind,
        "width": width,
        "height": height,
        "bytes": len(clean),
        "sha256": hashlib.sha256(clean).hexdigest(),
        "phash": fingerprint(thin),
        **_codes(found),
        "mrz": None,  # needs character recognition, which is not there: the lines are typed in
        "quality": judge(picture) if told is None or _untouched(kind, size) else _told(told, thin),
    }


def _untouched(kind: str, size: tuple[int, int]) -> bool:
    """Whether these are the bytes of a camera: a phone that could not decode them has not judged them either."""
    return kind != "jpeg" or max(size) > LONG_SIDE


def _told(warnings: list[str], thin: Image.Image) -> Quality:
    """The clerk decided by these warnings; that nothing can be seen is said all the same."""
    return {"warnings": ["blank"] if is_blank(thin) else warnings}


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
