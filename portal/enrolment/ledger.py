"""What a phone says that it holds: read, remembered, and what it no longer names though it never came."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.areas.models import Commune
from portal.audit.services import record
from portal.db import db, now
from portal.enrolment.faults import ManifestRefused, PartWrong
from portal.enrolment.manifest import instant_of, key_of, number_of, object_in, optional, text_of
from portal.enrolment.models import CaseManifest as Version
from portal.enrolment.models import Device, DeviceCase, PhoneState, ReceivedFile
from portal.enrolment.receipts import Status, statuses
from portal.errors import InputError
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of

MOST_BYTES = 512 * 1024
MOST_CASES, LONGEST = 2000, 120
HELD = timedelta(days=7)  # photos whose case never came
SEEN_LATELY = timedelta(minutes=10)  # the same report within this time is not written again


@dataclass(frozen=True)
class TellsCase:
    id: uuid.UUID
    rev: int
    state: PhoneState
    created_at: datetime
    ready_at: datetime | None
    photos: int


@dataclass(frozen=True)
class Ledger:
    """`keeps_safe`: whether the browser promised to keep what is stored; `keeps_why`: its code for why not."""

    device: uuid.UUID
    label: str
    app: str
    keeps_safe: bool
    keeps_why: str
    cases: list[TellsCase]


def read(body: bytes) -> Ledger:
    """Raises ManifestRefused with the part that is not as it should be."""
    told = object_in(body)
    part = ""
    try:
        part = "device"
        device = key_of(told.get("device"))
        part = "label"
        label, app = text_of(LONGEST)(told.get("label")), text_of(LONGEST)(told.get("app"))
        part = "keeps"
        keeps = told["keeps"]
        safe, why = keeps["safe"], text_of(LONGEST)(keeps.get("why") or "")
        part = "cases"
        cases = [_case(one) for one in told["cases"]]
        if not isinstance(safe, bool) or len(cases) > MOST_CASES or len({c.id for c in cases}) < len(cases):
            raise ValueError
    except (KeyError, ValueError, TypeError, AttributeError, InputError) as error:
        raise ManifestRefused(PartWrong(part=part)) from error
    return Ledger(device, label, app, safe, why, cases)


def _case(told: dict[str, Any]) -> TellsCase:
    return TellsCase(
        id=key_of(told.get("id")),
        rev=number_of(1, 1000)(told.get("rev")),
        state=PhoneState(text_of(LONGEST)(told.get("state"))),
        created_at=instant_of(told.get("created_at")),
        ready_at=optional(instant_of)(told.get("ready_at")),
        photos=number_of(0, 1000)(told.get("photos")),
    )


def report(actor: StaffMember, commune: Commune, told: Ledger) -> dict[uuid.UUID, Status]:
    """Remember what the phone says, and tell what became of each case that it names.

    A case belongs to the commune where the phone named it first. One that is no longer named is forgotten when it came
    or was discarded, else it is missing from now on.
    """
    devices = _devices(actor, told)
    before = _cases(devices)
    named = {case.id: case for case in told.cases}
    found = statuses(actor, [*named, *(key for key in before if key not in named)])
    home = next((device for device in devices if device.commune_id == commune.id), None)
    if home is None:
        home = _new_device(actor, commune, told)
    changes = [_see(home, told)]
    changes += [_keep(home, case, before.get(case.id)) for case in told.cases]
    changes += [_miss(row, found[key]) for key, row in before.items() if key not in named]
    if any(changes):
        forget(commune.id)
        db.session.flush()
        record(actor, "phone.reported", f"device:{home.id}", commune_id=commune.id, cases=len(named))
    return {key: found[key] for key in named}


def _devices(actor: StaffMember, told: Ledger) -> Sequence[Device]:
    """This phone as this member uses it, in each of her communes."""
    mine = in_communes_of(Device.commune_id, actor)
    statement = select(Device).where(mine, Device.staff_member_id == actor.id, Device.key == told.device)
    return db.session.scalars(statement).all()


def _cases(devices: Sequence[Device]) -> dict[uuid.UUID, DeviceCase]:
    communes, ids = [device.commune_id for device in devices], [device.id for device in devices]
    statement = select(DeviceCase).where(DeviceCase.commune_id.in_(communes), DeviceCase.device_id.in_(ids))
    return {case.case_id: case for case in db.session.scalars(statement)}


def _new_device(actor: StaffMember, commune: Commune, told: Ledger) -> Device:
    device = Device(
        commune_id=commune.id,
        key=told.device,
        staff_member_id=actor.id,
        staff_name=actor.full_name,
        first_seen=now(),
        last_seen=now() - SEEN_LATELY,
        **_of_device(told),
    )
    db.session.add(device)
    db.session.flush()
    return device


def _of_device(told: Ledger) -> dict[str, Any]:
    return {"label": told.label, "app": told.app, "keeps_safe": told.keeps_safe, "keeps_why": told.keeps_why}


def _see(device: Device, told: Ledger) -> bool:
    """Whether there is something new to say of the phone itself."""
    if device.last_seen > now() - SEEN_LATELY and all(getattr(device, k) == v for k, v in _of_device(told).items()):
        return False
    for name, value in _of_device(told).items():
        setattr(device, name, value)
    device.last_seen = now()
    return True


def _keep(home: Device, told: TellsCase, row: DeviceCase | None) -> bool:
    values = {
        "rev": told.rev,
        "state": told.state,
        "created_at": told.created_at,
        "ready_at": told.ready_at,
        "photos": told.photos,
        "missing_since": None,
    }
    if row is None:
        row = DeviceCase(commune_id=home.commune_id, device_id=home.id, case_id=told.id, reported_at=now(), **values)
        db.session.add(row)
        return True
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.reported_at = now()
    return True


def _miss(row: DeviceCase, found: Status) -> bool:
    if found.receipt or row.state == PhoneState.DISCARDED:
        db.session.delete(row)
        return True
    if row.missing_since is None:
        row.missing_since = now()
        return True
    return False


def forget(commune_id: int) -> None:
    """Let go of photos whose case never came within a week; their pictures are cleared with others that nothing needs."""
    came = select(Version.id).where(Version.commune_id == commune_id, Version.case_id == ReceivedFile.case_id).exists()
    old = select(ReceivedFile).where(
        ReceivedFile.commune_id == commune_id, ReceivedFile.received_at < now() - HELD, ~came
    )
    for file in db.session.scalars(old.limit(100)):
        db.session.delete(file)


@dataclass(frozen=True)
class PhoneRow:
    """A phone with what it still holds; `oldest` by when the record was finished, else begun."""

    device: Device
    unsent: int
    drafts: int
    oldest: datetime | None
    missing: int


def _arrived(row: type[DeviceCase]) -> Any:
    """A version of it is the case, or all that is left of it lies beside the case."""
    whole = (Version.taken_at.is_not(None)) | (Version.verdict == "beside")
    return (
        select(Version.id).where(Version.commune_id == row.commune_id, Version.case_id == row.case_id, whole).exists()
    )


def phones(commune_id: int, *, after: int = 0, most: int) -> list[PhoneRow]:
    """Phones of the commune in the order in which they were first seen, one more than `most`."""
    waits = (DeviceCase.state != PhoneState.DISCARDED) & ~_arrived(DeviceCase)
    held = waits & DeviceCase.missing_since.is_(None)
    finished = func.coalesce(DeviceCase.ready_at, DeviceCase.created_at)
    statement = (
        select(
            Device,
            func.count(DeviceCase.id).filter(held),
            func.count(DeviceCase.id).filter(held & (DeviceCase.state == PhoneState.DRAFT)),
            func.min(finished).filter(held),
            func.count(DeviceCase.id).filter(waits & DeviceCase.missing_since.is_not(None)),
        )
        .outerjoin(DeviceCase, (DeviceCase.commune_id == Device.commune_id) & (DeviceCase.device_id == Device.id))
        .where(Device.commune_id == commune_id, Device.id > after)
        .group_by(Device.id)
        .order_by(Device.id)
        .limit(most + 1)
    )
    return [PhoneRow(*row) for row in db.session.execute(statement)]


def missing(commune_id: int, most: int) -> list[tuple[DeviceCase, Device]]:
    """Cases that a phone named and that it no longer has, though they never came; longest first."""
    statement = (
        select(DeviceCase, Device)
        .join(DeviceCase.device)
        .where(
            DeviceCase.commune_id == commune_id,
            DeviceCase.missing_since.is_not(None),
            DeviceCase.state != PhoneState.DISCARDED,
            ~_arrived(DeviceCase),
        )
        .order_by(DeviceCase.missing_since, DeviceCase.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]
