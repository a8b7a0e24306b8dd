"""A camera for tests: Chromium films pictures that were laid before it, over and over, instead of a real device."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageOps

from tests.chromium import CHROMIUM, FLAGS

SIZE = (1920, 1080)
PER_SECOND = 20
ALLOW = "--use-fake-ui-for-media-stream"  # answers the question for the camera with yes
FAKE = "--use-fake-device-for-media-stream"


def film(out: Path, *scenes: Path | Image.Image, seconds: float = 1.0) -> Path:
    """An endless film for the fake camera, each picture shown so long: upright, cut to the shape of a video, or set into
    it when it stands (a screen of a phone)."""
    with out.open("wb") as file:
        for scene in scenes:
            picture = scene if isinstance(scene, Image.Image) else ImageOps.exif_transpose(Image.open(scene))
            frame = io.BytesIO()
            into = ImageOps.fit if picture.width > picture.height else ImageOps.pad
            into(picture.convert("RGB"), SIZE, Image.Resampling.BICUBIC).save(frame, "JPEG", quality=92)
            file.write(frame.getvalue() * max(1, round(seconds * PER_SECOND)))
    return out


def flags(of: Path) -> list[str]:
    """Flags of a Chromium whose camera shows this film."""
    return [ALLOW, FAKE, f"--use-file-for-fake-video-capture={of}"]


def filming(chromium, of: Path, more: Iterable[str] = ()):
    """Another Chromium like the one of the fixture, with this film in its camera; close it."""
    return chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags(of), *more])
