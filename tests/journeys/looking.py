"""What every page must be in a real browser: as wide as the screen, and without a violation of WCAG 2.2 AA."""

import os
from pathlib import Path

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def look(page, name, *, axe=True):
    """Check the page that is open: no sideways scrolling, no violation; keep its picture in PORTAL_PICTURES."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide} px"
    if folder := os.environ.get("PORTAL_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    if axe:
        page.evaluate(AXE.read_text() + ";undefined")
        found = page.evaluate(
            f"axe.run({{runOnly: {RULES}}}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        )
        assert not found, (name, found)
