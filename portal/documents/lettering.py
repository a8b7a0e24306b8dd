"""In the sandbox: one line of text becomes a mask of its letters, in a font that has all Vietnamese ones."""

import io
from pathlib import Path

import typst
from PIL import Image

from portal.sandbox import Refused

FONT = "Libertinus Serif"  # comes within typst; what Pillow brings along lacks ă, ạ, đ and most of the others
LINE = """#set page(width: auto, height: auto, margin: 3pt, fill: none)
#set text(font: sys.inputs.font, size: 48pt, weight: "bold", fill: black)
#json(sys.inputs.data)
"""


def draw(path: Path, *, written: str) -> None:
    """`path` holds the text as JSON, so that nothing of it is read as markup; a gray PNG is written."""
    source = path.with_name("line.typ")
    source.write_text(LINE, encoding="utf-8")
    png, warnings = typst.compile_with_warnings(
        str(source),
        root=str(path.parent),
        format="png",
        ppi=72,
        ignore_system_fonts=True,
        sys_inputs={"data": f"/{path.name}", "font": FONT},
    )
    if warnings or not isinstance(png, bytes):
        raise Refused("warning", text=[str(warning)[:200] for warning in warnings])
    Image.open(io.BytesIO(png)).getchannel("A").save(written, "PNG")
