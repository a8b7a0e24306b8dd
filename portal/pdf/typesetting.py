"""In the sandbox: one template and one file of data become a PDF."""

from pathlib import Path

import typst

from portal.sandbox import Refused

FONTS = ("New Computer Modern", "Libertinus Serif", "DejaVu Sans Mono")
TEMPLATE = Path(__file__).parent / "list.typ"


def typeset(path: Path, *, written: str) -> None:
    """The data is read by the template from its file: no text of it is ever part of the source."""
    missing = set(FONTS) - set(typst.Fonts(include_system_fonts=False).families())
    if missing:
        raise Refused("font", missing=sorted(missing))
    source = path.with_name(TEMPLATE.name)
    source.write_bytes(TEMPLATE.read_bytes())
    pdf, warnings = typst.compile_with_warnings(
        str(source),
        root=str(path.parent),
        ignore_system_fonts=True,
        sys_inputs={"data": f"/{path.name}", "fonts": ",".join(FONTS)},
    )
    if warnings:
        raise Refused("warning", text=[str(warning)[:200] for warning in warnings])
    Path(written).write_bytes(pdf)
