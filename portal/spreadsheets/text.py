"""Runs in the sandbox: reads text tables of any separator in the encodings that Vietnamese offices use."""

import csv
import io
import unicodedata
from collections import Counter
from pathlib import Path

from portal.sandbox import Refused
from portal.spreadsheets.sheet import Sheet

SEPARATORS = ";,\t|"


def read_text(path: Path, most_cells: int) -> Sheet:
    """One sheet of texts as received: every value is text, an empty one is None."""
    text = decode(path.read_bytes())
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # Excel's own hint; the line stays as an empty row, so that rows keep their numbers.
        separator, text = first.strip()[4], "\n" + rest
    else:
        separator = _separator(text)
    rows: list[list[str | None]] = []
    seen = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            row = [value if value.strip() else None for value in record]
            while row and row[-1] is None:
                row.pop()
            rows.append(row)
            seen += len(row)
            if seen > most_cells:
                raise Refused("too_many_cells", sheet="")
    except csv.Error as error:
        raise Refused("broken") from error
    while rows and not rows[-1]:
        rows.pop()
    return Sheet("", True, rows)


def decode(data: bytes) -> str:
    """Text of a file that does not tell its encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if b"\0" in data:
        # Text in UTF-16 without its mark has a zero in every second place of its Latin letters.
        even, odd = data[0:4000:2].count(0), data[1:4000:2].count(0)
        quarter = len(data[:4000]) // 8
        if min(even, odd) > 2 or max(even, odd) < quarter:
            raise Refused("not_a_spreadsheet")
        return _decoded(data, "utf-16-le" if odd > even else "utf-16-be")
    if sum(data.count(byte) for byte in (*range(1, 9), *range(14, 26), *range(27, 32))) > 0:
        raise Refused("not_a_spreadsheet")
    try:
        return unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _decode_bytes(data)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("not_a_spreadsheet") from error


def _decode_bytes(data: bytes) -> str:
    """Windows-1258, or TCVN3 left as Latin letters for whoever knows that encoding.

    TCVN3 keeps most of its letters at A8-BE, where Windows-1258 has only signs.
    """
    high = [byte for byte in data if byte >= 0x80]
    if sum(0xA8 <= byte <= 0xBE for byte in high) * 4 > len(high):
        return data.decode("latin-1")
    return unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))


def _separator(text: str) -> str:
    """The separator that cuts most of the first lines into the same number of columns."""
    sample = text[:50_000].splitlines(keepends=True)[:60]
    best, best_score = ",", 0
    for separator in SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=separator) if row)
        except csv.Error:
            continue
        score = max(((width - 1) * count for width, count in widths.items()), default=0)
        if score > best_score:
            best, best_score = separator, score
    return best
