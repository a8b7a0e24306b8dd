"""Server CPU of a photo, in the parent and in all its children, beside bare decoding, resizing, encoding, encrypting."""

import io
import os
import resource
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image, ImageFilter

from benchmarks.measuring import tell
from portal.documents import reading
from portal.documents.codes import Codes
from portal.documents.vault import Vault

PHOTOS = Path(__file__).parents[1] / "tests/fixtures/photos"
LIMIT = 1.3  # times the bare work
ROUNDS, PHOTOS_A_ROUND = 12, 8
KEY = b"k" * 32


def main():
    """Titles of what is over the limit."""
    failed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, source, codes in cases(folder):
            failed += compared(folder, title, source, codes)
    reading.CHILDREN.close()
    return failed


def cases(folder):
    """A paper, a card whose code is read, one whose code nobody can read, and the original of a good camera."""
    yield "paper of 2000 px from a phone", prepared(folder, "cccd-back-no-qr", 2000), Codes.NONE
    yield "card of 2000 px, its code is read", prepared(folder, "cccd-front", 2000), Codes.ALL
    yield "side of 2000 px without a code, the other side told", prepared(folder, "cccd-back-no-qr", 2000), Codes.GLANCE
    yield "card of 2000 px, no code to be read", prepared(folder, "cccd-back-no-qr", 2000), Codes.ALL
    yield "paper of 12 million pixels, judged here", prepared(folder, "cccd-back-no-qr", 4000), Codes.NONE
    yield "card of 12 million pixels, judged here", prepared(folder, "cccd-front", 4000), Codes.ALL


def prepared(folder, name, side):
    """As a phone sends it: as large as told, with the grain of a camera, about 330 kB at 2000 px."""
    with Image.open(PHOTOS / f"{name}.jpg") as image:
        image = image.convert("RGB").resize((side, side * 3 // 4), Image.Resampling.BICUBIC)
    grain = Image.effect_noise(image.size, 8).filter(ImageFilter.GaussianBlur(0.7)).convert("RGB")
    path = folder / f"{name}-{side}.jpg"
    Image.blend(image, grain, 0.08).save(path, quality=85)
    return path


def compared(folder, title, source, codes):
    """Both by turns, so that other work on the machine meets both; the least of the rounds."""
    vault, bare_cpu, whole_cpu = Vault(folder / "vault", {"k": KEY}, "k"), [], []
    whole(source, codes, folder, vault)
    for _ in range(ROUNDS):
        bare_cpu.append(cpu(lambda: bare(source, folder)))
        whole_cpu.append(cpu(lambda: whole(source, codes, folder, vault)))
    ratio = min(whole_cpu) / min(bare_cpu)
    size = f"{source.stat().st_size / 1000:.0f} kB"
    print(f"  {title} ({size}): {min(whole_cpu):.1f} ms of CPU, bare {min(bare_cpu):.1f} ms")
    return tell(f"CPU of a photo: {title}", ratio, LIMIT, "x")


def bare(source, folder):
    """What no way of storing a photo can do without, in one warm process and without any check."""
    with Image.open(source) as image:
        side = max(image.size)
        image.draft("RGB", tuple(length * 2000 // side for length in image.size))
        image.thumbnail((2000, 2000))
        clean = io.BytesIO()
        image.save(clean, "JPEG", quality=85)
    nonce = os.urandom(12)
    with (folder / "bare").open("wb") as file:
        file.write(nonce + AESGCM(KEY).encrypt(nonce, clean.getvalue(), b"1"))
        os.fsync(file.fileno())


def whole(source, codes, folder, vault):
    out = folder / "clean.jpg"
    found = reading.inspect(source, source.name, out=out, codes=codes, told=[])  # as its phone judged it
    vault.delete(1, found.sha256, "k")
    vault.put(1, out.read_bytes())


def cpu(work):
    """Milliseconds of CPU for one photo: ours, and those of the child."""
    before = used()
    for _ in range(PHOTOS_A_ROUND):
        work()
    return (used() - before) / PHOTOS_A_ROUND * 1000


def used():
    """Seconds, of the child by the kernel's own count in nanoseconds; of one that has ended, by what it told in ending."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    for child in reading.CHILDREN._children:
        for thread in Path(f"/proc/{child.process.pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0]) / 1e9
    return total
