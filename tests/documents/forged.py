"""Pictures that lie about their size, or are dear to open."""

import struct
import zlib
from pathlib import Path

CARD = (Path(__file__).parents[1] / "fixtures/photos/cccd-front.jpg").read_bytes()


def jpeg_that_claims(width: int, height: int) -> bytes:
    """A photo of a card with another size in its header: a decoder misses most of the pixels."""
    at = CARD.index(b"\xff\xc0") + 5
    return CARD[:at] + struct.pack(">HH", height, width) + CARD[at + 4 :]


def png(width: int, height: int, data: bytes, *, depth: int = 8, kind: int = 2) -> bytes:
    """A PNG with these packed pixels; `depth` bits a channel, `kind` 2: RGB, 6: RGB and alpha."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
