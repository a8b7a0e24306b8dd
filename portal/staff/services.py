"""Signing in and out, and keeping the list of staff."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select

from portal.access import Role
from portal.areas.models import Commune
from portal.audit.services import record
from portal.db import db, now
from portal.errors import DomainError, InputError
from portal.staff.models import SignInTry, StaffMember
from portal.staff.queries import by_username


class WrongSignIn(InputError):
    """The user name or the password is not right."""


class TooManyTries(DomainError):
    """Too many tries. Wait %(minutes)s minutes, or ask the administrator for a new password."""

    status = 429


class PasswordTooShort(InputError):
    """A password has at least 10 characters."""


class CannotLockOneself(DomainError):
    """You cannot block your own account."""


def hasher(cost: int) -> PasswordHasher:
    """Argon2id; `cost` 2 is what RFC 9106 asks for little memory (19 MiB, two passes), 1 is for tests."""
    return PasswordHasher(time_cost=cost, memory_cost=19456 if cost > 1 else 64, parallelism=1)


def sign_in(
    username: str, password: str, *, address: str, secret: str, cost: int, tries: int, window_minutes: int
) -> StaffMember | None:
    """The member, or None when the pair is wrong: the failed try is remembered (caller commits). Raises TooManyTries."""
    since = now() - timedelta(minutes=window_minutes)
    keys = [_key(secret, "name", username.strip().lower()), _key(secret, "address", address)]
    counts = dict(
        db.session.execute(
            select(SignInTry.key, func.count())
            .where(SignInTry.key.in_(keys), SignInTry.at > since)
            .group_by(SignInTry.key)
        ).all()
    )
    # many clerks share one address at a commune hall: an address may fail four times as often as a name
    if counts.get(keys[0], 0) >= tries or counts.get(keys[1], 0) >= tries * 4:
        raise TooManyTries(minutes=window_minutes)
    member = by_username(username)
    if not _right(member, password, cost) or member is None or not member.active:
        db.session.execute(delete(SignInTry).where(SignInTry.at <= since))
        db.session.add_all(SignInTry(key=key, at=now()) for key in keys)
        record(None, "staff.sign_in_failed", f"staff_member:{member.id}" if member else "staff_member:?")
        return None
    db.session.execute(delete(SignInTry).where(SignInTry.key == keys[0]))
    record(member, "staff.signed_in", f"staff_member:{member.id}")
    return member


def _key(secret: str, kind: str, value: str) -> str:
    return hmac.new(secret.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _right(member: StaffMember | None, password: str, cost: int) -> bool:
    """Takes the same time whether the name exists or not."""
    stored = member.password_hash if member else hasher(cost).hash("nobody")
    try:
        return hasher(cost).verify(stored, password) and member is not None
    except (VerificationError, InvalidHashError):
        return False


def sign_out_everywhere(actor: StaffMember, member: StaffMember) -> None:
    member.session_epoch += 1
    record(actor, "staff.signed_out_everywhere", f"staff_member:{member.id}")


def change_password(member: StaffMember, old: str, new: str, cost: int) -> None:
    """Sets the password and ends every other session."""
    if not _right(member, old, cost):
        raise WrongSignIn
    member.password_hash = hash_password(new, cost)
    member.session_epoch += 1
    record(member, "staff.password_changed", f"staff_member:{member.id}")


def hash_password(password: str, cost: int) -> str:
    if len(password) < 10:
        raise PasswordTooShort
    return hasher(cost).hash(password)


def save(
    actor: StaffMember,
    member: StaffMember | None,
    *,
    username: str,
    full_name: str,
    title: str,
    role: Role,
    provider_bin: str | None,
    communes: Sequence[Commune],
    active: bool,
    password: str | None,
    cost: int,
) -> StaffMember:
    """Add a member or change one; a change of role, communes, password or state signs the member out everywhere."""
    if member is actor and (not active or role != actor.role):
        raise CannotLockOneself
    action = "staff.changed" if member else "staff.added"
    if member is None:
        member = StaffMember(session_epoch=0, password_hash="")
        db.session.add(member)
    elif (member.role, member.active, set(member.communes)) != (role, active, set(communes)) or password:
        member.session_epoch += 1
    member.username, member.full_name, member.title = username.strip().lower(), full_name, title
    member.role, member.provider_bin, member.active = role, provider_bin, active
    member.communes = list(communes)
    if password or not member.password_hash:
        member.password_hash = hash_password(password or "", cost)
    db.session.flush()
    record(actor, action, f"staff_member:{member.id}", role=role, active=active, communes=[c.code for c in communes])
    return member
