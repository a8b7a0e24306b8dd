"""Where the columns of a chart stand: numbers for an SVG of 340 x 170."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.formats import percent
from portal.reports.queries import GOAL

BASE, HIGHEST, STEP, FIRST = 140, 110, 53, 28


@dataclass(frozen=True)
class Column:
    month: date
    share: float
    people: int
    accounts: int
    left: int
    top: float
    height: float

    @property
    def tenths(self) -> str:
        """47,9: without the sign, since the columns stand close."""
        return f"{self.share:.1f}".replace(".", ",")


@dataclass(frozen=True)
class Chart:
    columns: list[Column]
    goal: float


def chart(months: Sequence[tuple[date, int, int]]) -> Chart:
    """Columns for (month, people, through an account); the goal line is always in sight."""
    shares = [percent(accounts, people) for _, people, accounts in months]
    scale = HIGHEST / max(GOAL, *shares, 1)
    columns = [
        Column(
            month, share, people, accounts, FIRST + STEP * at, round(BASE - share * scale, 1), round(share * scale, 1)
        )
        for at, ((month, people, accounts), share) in enumerate(zip(months, shares, strict=True))
    ]
    return Chart(columns, round(BASE - GOAL * scale, 1))
