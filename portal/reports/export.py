"""Tables to send to the People's Committee and the province."""

from collections.abc import Sequence

from flask_babel import gettext

from portal.formats import share
from portal.reports.queries import Coverage, total
from portal.spreadsheets import Column, write_table


def villages(places: Sequence[Coverage], commune: str, programme: str, month: str) -> bytes:
    title = gettext("Paid through an account, by village")
    return _table(places, gettext("Village"), (title, commune, programme, gettext("Month %(month)s", month=month)))


def communes(places: Sequence[Coverage]) -> bytes:
    return _table(places, gettext("Commune"), (gettext("Paid through an account, by commune"),))


def _table(places: Sequence[Coverage], place: str, title: Sequence[str]) -> bytes:
    columns = [
        Column(place, width=28),
        Column(gettext("People"), "integer"),
        Column(gettext("Through an account"), "integer"),
        Column(gettext("Share"), width=12),
        Column(gettext("Accounts to open"), "integer"),
        Column(gettext("Without an identity number"), "integer"),
        Column(gettext("Without a phone"), "integer"),
    ]
    whole = total(places)
    rows = [_row(p.name or gettext("Village not known"), p) for p in places] + [_row(gettext("Total"), whole)]
    return write_table(rows, columns, sheet=place, title=title)


def _row(name: str, p: Coverage) -> list[str | int]:
    figures = [p.to_open, p.without_number, p.without_phone]
    return [name, p.people, p.accounts, share(p.accounts, p.people), *figures]
