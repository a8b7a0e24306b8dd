"""`flask demo load|road`: an invented register of any size, and a month of work on it to look at."""

import secrets
import time
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from portal.access import Role
from portal.areas.models import Commune, PayoutPoint, Province, Village
from portal.audit.services import record
from portal.commands import demo_data, demo_people, demo_road
from portal.config import Settings
from portal.db import db, transaction
from portal.payouts.models import Run
from portal.recipients.models import Recipient
from portal.staff.models import StaffMember
from portal.staff.queries import by_username
from portal.staff.services import hash_password
from portal.vietnam.names import search_key

demo = AppGroup("demo", help="Invented people to try the portal with. Never in production.")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production:
        raise click.ClickException("Demonstration data is never loaded in production.")
    return settings


@demo.command("load")
@click.option("--recipients", "people", type=click.IntRange(1, 9_999_999), default=612, show_default=True)
@click.option("--communes", type=click.IntRange(1, len(demo_data.COMMUNES)), default=1, show_default=True)
@click.option("--password", help="Password of every demonstration sign-in; without it one is made up and printed.")
def load(people: int, communes: int, password: str | None) -> None:
    """Fill an empty database with invented people, places and one sign-in for each role."""
    settings = _settings()
    if people > communes * 1_000_000:
        raise click.ClickException("A commune holds at most one million recipients: give more --communes.")
    password = password or secrets.token_urlsafe(9)
    with transaction():
        if db.session.scalar(select(func.count()).select_from(Commune)):
            click.echo("This database has communes already: nothing was added.")
            return
        started = time.perf_counter()
        places = _add_places(communes)
        added = _add_staff(password, settings.password_cost)
        demo_people.fill(people, places, lambda step: click.echo(f"{time.perf_counter() - started:7.1f} s  {step}"))
        written = db.session.scalar(select(func.count()).select_from(Recipient))
    click.echo(f"{time.perf_counter() - started:7.1f} s  {written} recipients in {communes} communes")
    click.echo(f"Sign in as {', '.join(added)}; password: {password}")


def _add_places(count: int) -> list[dict[str, Any]]:
    """Provinces, communes, villages and payout points; returns the rows of demo_place."""
    for code, name in demo_data.PROVINCES.items():
        if db.session.get(Province, code) is None:
            db.session.add(Province(code=code, name=name))
    communes = [
        Commune(code=c["code"], name=c["name"], prefix=c["prefix"], province_code=c["province"])
        for c in demo_data.COMMUNES[:count]
    ]
    db.session.add_all(communes)
    db.session.flush()
    rows: list[dict[str, Any]] = []
    for number, commune in enumerate(communes):
        names = demo_data.village_names(number)
        villages = [Village(commune_id=commune.id, name=name, search_key=search_key(name)) for name in names]
        points = ("Nhà văn hóa xã", "Bưu cục xã")
        db.session.add_all(villages)
        db.session.add_all(PayoutPoint(commune_id=commune.id, name=name, hours="7:30–11:30") for name in points)
        db.session.flush()
        record(None, "commune.added", f"commune:{commune.id}", commune_id=commune.id, by="demo")
        rows += [
            {
                "commune_no": number,
                "village_no": at,
                "commune_id": commune.id,
                "village_id": village.id,
                "prefix": commune.prefix,
            }
            for at, village in enumerate(villages)
        ]
    return rows


def _add_staff(password: str, cost: int) -> list[str]:
    """One sign-in for each role in the first commune, the supervisor in all; names that exist are left alone."""
    communes = list(db.session.scalars(select(Commune).order_by(Commune.id)))
    added = []
    for username, role, full_name, title in demo_data.STAFF:
        if by_username(username):
            click.echo(f"{username} exists already and keeps its password.")
            continue
        member = StaffMember(
            username=username,
            full_name=full_name,
            title=title,
            role=role,
            provider_bin="970405" if role == Role.BANK_STAFF else None,
            password_hash=hash_password(password, cost),
            communes=communes if role == Role.SUPERVISOR else [] if role == Role.ADMIN else communes[:1],
        )
        db.session.add(member)
        db.session.flush()
        record(None, "staff.added", f"staff_member:{member.id}", role=role, by="demo")
        added.append(username)
    return added


@demo.command("road")
def road() -> None:
    """Walk a month with the loaded people: a list settled, one under way, one to approve, cases that wait."""
    _settings()
    with transaction():
        commune = db.session.scalars(select(Commune).where(Commune.code == demo_data.COMMUNES[0]["code"])).one_or_none()
        if commune is None:
            raise click.ClickException("There is no demonstration register: run `flask demo load` first.")
        if db.session.scalar(select(Run.id).where(Run.commune_id == commune.id).limit(1)):
            click.echo("There are payment lists already: nothing was added.")
            return
        demo_road.walk(commune, click.echo)


@demo.command("sign-ins")
@click.option("--url", default="http://localhost:8000")
@click.option("--password", required=True, help="The one that `load` was given.")
def sign_ins(url: str, password: str) -> None:
    """Say where the portal is and how to sign in for each role."""
    _settings()
    click.echo(f"\n  The portal: {url}\n  Password of everyone below: {password}\n")
    for username, role, full_name, title in demo_data.STAFF:
        click.echo(f"  {username:<10} {role.value:<11} {full_name}, {title}")
    click.echo("")
