"""`flask commune add`: a commune of the national list; its villages come with its lists."""

import click
from flask.cli import AppGroup

from portal.areas.models import Commune, PayoutPoint, Province
from portal.audit.services import record
from portal.db import db, transaction

commune = AppGroup("commune", help="Places where the portal is used.")


@commune.command("add")
@click.argument("code")
@click.option("--name", required=True, help="As on papers, for example “Xã Bình Gia”.")
@click.option("--prefix", required=True, help="Letters that begin its case numbers, for example BG.")
@click.option("--province", "province_code", required=True, help="Code of the province, for example 20.")
@click.option("--province-name", help="For example “tỉnh Lạng Sơn”; needed for the first commune of a province.")
@click.option("--payout-point", "points", multiple=True, help="Where cash is paid; may be repeated.")
def add(
    code: str, name: str, prefix: str, province_code: str, province_name: str | None, points: tuple[str, ...]
) -> None:
    """Add the commune with this five-digit CODE."""
    if not (code.isdigit() and len(code) == 5):
        raise click.BadParameter("five digits of the national list, for example 06112", param_hint="CODE")
    with transaction():
        if db.session.get(Province, province_code) is None:
            if not province_name:
                raise click.UsageError("The first commune of a province needs --province-name.")
            db.session.add(Province(code=province_code, name=province_name))
        place = Commune(code=code, name=name, prefix=prefix.upper(), province_code=province_code)
        db.session.add(place)
        db.session.flush()
        db.session.add_all(PayoutPoint(commune_id=place.id, name=point) for point in points)
        record(None, "commune.added", f"commune:{place.id}", commune_id=place.id, by="command line")
    click.echo(f"Added {name} ({code}).")
