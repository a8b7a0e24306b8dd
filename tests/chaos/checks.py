"""What must be true when all is over: one case with one number, every byte there, and nothing left on the phone."""

import json
import tempfile
import uuid
from pathlib import Path

from sqlalchemy import select

from portal.areas.models import Commune
from portal.db import db
from portal.documents.codes import Codes
from portal.documents.models import Photo
from portal.documents.reading import inspect
from portal.documents.vault import Vault
from portal.enrolment.models import Case, CaseManifest, CaseState, Device, DeviceCase, FileRole, ReceivedFile, Verdict


def wrong_with(app, plan, held, *, bodies=None):
    """What is wrong with the case that the phone held like this as it was closed; an empty list for nothing.

    `held`: the record with its photos, as memory.js read them; `bodies`: the bytes that came, by hash, when the stored
    pictures shall be compared with our own cleaning of them.
    """
    with app.app_context():
        named = [case for case in db.session.scalars(select(Case)) if _name(case) == plan.name]
        wrong = [f"doubled: {len(named)} cases of {plan.name}"] if len(named) > 1 else []
        case = db.session.get(Case, uuid.UUID(held["id"]))
        if case is None:
            return [*wrong, "lost: the case never came"]
        if case.state != CaseState.SUBMITTED or not case.number:
            wrong.append(f"stuck: the case is {case.state} with number {case.number}")
        wrong += _versions(case, plan, held)
        wrong += _files(case, held)
        if bodies and not wrong:
            wrong += _pictures(app, case, bodies)
        db.session.remove()
    return wrong


def _name(case):
    return (case.payload.get("identity") or {}).get("full_name")


def _versions(case, plan, held):
    versions = db.session.scalars(select(CaseManifest).where(CaseManifest.case_id == case.id)).all()
    taken = [one for one in versions if one.taken_at]
    wrong = [f"beside: rev {one.rev}" for one in versions if one.verdict == Verdict.BESIDE]
    if not taken:
        return [*wrong, "stuck: no version became the case"]
    told = json.loads(taken[-1].body)
    if "fields" in told:  # schema 1
        told["answers"] = {step: {} for step in plan.answers}
        for name, value in told["fields"].items():
            told["answers"][name.partition("-")[0]][name.partition("-")[2]] = value
    if (told["rev"], told["answers"]) != (held["rev"], held["answers"]):
        wrong.append("lost: the answers are not those that the phone held")
    for step, fields in plan.answers.items():
        for field, value in fields.items():
            if told["answers"].get(step, {}).get(field) != value:
                wrong.append(
                    f"lost: {step}-{field} is {told['answers'].get(step, {}).get(field)!r}, typed was {value!r}"
                )
    for step, field, kept in (("identity", "full_name", "full_name"), ("phone", "number", "number")):
        if case.payload[step][kept] != plan.answers[step][field]:
            wrong.append(f"lost: {step}.{kept} of the case is {case.payload[step][kept]!r}")
    return wrong


def _files(case, held):
    """Every photo that the phone held, in its role and place, with its hash and size; a signature on top when drawn."""
    opened = {photo["id"]: photo for photo in held["held"]}
    wanted = {(f["role"], f["position"]): (opened[f["id"]]["sha256"], opened[f["id"]]["bytes"]) for f in held["files"]}
    came = {(f.role.value, f.position): (f.sent_sha256, f.sent_size) for f in case.files}
    signed = bool(held["answers"]["consent"].get("strokes"))
    if signed:
        wanted.pop(("signature", 0), None)
    wrong = [] if signed == ((FileRole.SIGNATURE.value, 0) in came) else [f"lost: the signature ({signed=})"]
    came.pop((FileRole.SIGNATURE.value, 0), None)
    if wanted != came:
        wrong.append(f"lost: the phone held {sorted(wanted)}, the case has {sorted(came)}; equal: {wanted == came}")
    received = db.session.scalars(select(ReceivedFile).where(ReceivedFile.case_id == case.id)).all()
    told = {(file.sha256, file.size) for file in received}
    if lost := {file for file in wanted.values() if file not in told}:
        wrong.append(f"lost: {len(lost)} photos were not received as they were held")
    if len(received) > len({file.sha256 for file in received}):
        wrong.append("doubled: a photo was received twice")
    return wrong


def _pictures(app, case, bodies):
    """The stored pictures are what our own cleaning makes of the bytes that came."""
    vault: Vault = app.extensions["vault"]
    wrong = []
    for file in case.files:
        photo = db.session.get(Photo, file.photo_id)
        with tempfile.TemporaryDirectory() as folder:
            source, out = Path(folder) / "sent", Path(folder) / "clean.jpg"
            source.write_bytes(bodies[file.sent_sha256])
            inspect(source, file.role.value, out=out, codes=Codes.NONE)
            if vault.get(photo.commune_id, photo.sha256, photo.key_id) != out.read_bytes():
                wrong.append(f"lost: the stored picture of {file.role.value} is another one")
    return wrong


def left_on(memory):
    """What is still on the phone though everything was received."""
    wrong = [
        f"stuck: case {one['id']} is {one['state']} on the phone {one.get('problems') or ''}" for one in memory["cases"]
    ]
    if memory["photos"]:
        wrong.append(f"stuck: {len(memory['photos'])} photos on the phone")
    return wrong + [f"stuck: user {one['userId']} has {one['count']} left" for one in memory["users"] if one["count"]]


def ledger_of(app, memory):
    """[(id, state, missing)] that the server believes of this phone."""
    with app.app_context():
        rows = db.session.execute(
            select(DeviceCase.case_id, DeviceCase.state, DeviceCase.missing_since)
            .join(Device, Device.id == DeviceCase.device_id)
            .where(Device.key == uuid.UUID(memory["device"]))
        ).all()
        db.session.remove()
    return [(str(case), state.value, missing is not None) for case, state, missing in rows]


def commune_of(app):
    with app.app_context():
        found = db.session.scalars(select(Commune.id)).first()
        db.session.remove()
    return found
