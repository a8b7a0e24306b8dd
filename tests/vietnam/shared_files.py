"""Where the synthetic samples and third-party corpora lie, when they are on this machine at all."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3] / "shared"


def shared(*parts: str) -> Path:
    """Return the path of a sample beside the project; the calling test is skipped by its name without it."""
    path = _ROOT.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not on this machine")
    return path
