"""Checks that the balances of a statement follow from its entries, in whichever order the bank lists them."""

from collections.abc import Sequence

from portal.reconciliation.parsing.statement import Gap, StatementEntry

Result = tuple[Sequence[StatementEntry], int | None, int | None, Gap | None]


def with_balances(
    entries: Sequence[StatementEntry],
    opening: int | None,
    closing: tuple[int, str] | None,
    totals: tuple[int, int, str] | None,
) -> Result:
    """Entries in booking order, opening, closing, and where the chain breaks.

    Some banks list the newest entry first: if the balances follow only when read from below, that is the order.
    `closing` and `totals` (out, in) come with the cell that states them.
    """
    forward = _chain(entries, opening, closing)
    if forward[3] and len(entries) > 1:
        backward = _chain(entries[::-1], opening, closing)
        if backward[3] is None:
            forward = backward
    ordered, start, end, gap = forward
    return ordered, start, end, gap or _totals_gap(entries, totals)


def _chain(entries: Sequence[StatementEntry], opening: int | None, closing: tuple[int, str] | None) -> Result:
    stated = [entry for entry in entries if entry.balance is not None]
    if opening is None and entries[0].balance is not None:
        opening = entries[0].balance - entries[0].amount
    if opening is None and closing is not None:
        opening = closing[0] - sum(entry.amount for entry in entries)
    if opening is None:
        return entries, None, None, None
    running = opening
    for entry in entries:
        running += entry.amount
        if entry.balance is not None and entry.balance != running:
            return entries, opening, entry.balance, Gap(entry.cell, running, entry.balance)
    if closing is not None and closing[0] != running:
        return entries, opening, closing[0], Gap(closing[1], running, closing[0])
    if closing is None and not stated:
        return entries, None, None, None
    return entries, opening, running, None


def _totals_gap(entries: Sequence[StatementEntry], totals: tuple[int, int, str] | None) -> Gap | None:
    if totals is None:
        return None
    out = -sum(entry.amount for entry in entries if entry.amount < 0)
    into = sum(entry.amount for entry in entries if entry.amount > 0)
    if out != totals[0]:
        return Gap(totals[2], out, totals[0])
    return Gap(totals[2], into, totals[1]) if into != totals[1] else None
