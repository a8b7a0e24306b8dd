"""Communes and villages."""

from sqlalchemy import select

from portal.areas.models import Commune, Village
from portal.db import db


def all_communes() -> list[Commune]:
    return list(db.session.scalars(select(Commune).order_by(Commune.code)))


def villages_of(commune: Commune) -> list[Village]:
    return list(db.session.scalars(select(Village).where(Village.commune_id == commune.id).order_by(Village.name)))
