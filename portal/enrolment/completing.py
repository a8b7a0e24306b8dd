"""The version whose last photo has come becomes the case, which is handed in by that."""

from collections.abc import Mapping
from typing import Any

from portal.db import db, now
from portal.enrolment import queries, services
from portal.enrolment.codes import CARD_ROLES
from portal.enrolment.models import Case, CaseFile, CaseManifest, CaseState, FileRole, ReceivedFile
from portal.enrolment.receipts import hashes, photos
from portal.enrolment.steps import STEPS
from portal.enrolment.understanding import AnswersRefused, Problem
from portal.errors import InputError
from portal.recipients import methods
from portal.recipients.models import Recipient
from portal.staff.models import StaffMember

OWN_CARD = ("scan", FileRole.ID_FRONT, FileRole.ID_BACK)  # where the card of the person may have been read


def new_case(actor: StaffMember, version: CaseManifest) -> Case:
    """The case while its photos are still coming: it has no number, and nobody can decide on it."""
    case = Case(
        id=version.case_id,
        commune_id=version.commune_id,
        captured_by=actor.id,
        captured_by_name=actor.full_name,
        state=CaseState.RECEIVING,
        files=[],
    )
    _fill(case, version)
    db.session.add(case)
    db.session.flush()
    return case


def _fill(case: Case, version: CaseManifest) -> None:
    told = version.answers
    case.payload = {step.value: told[step.value] for step in STEPS} | {"read": told["read"]}
    case.provenance, case.rev, case.captured_at = version.provenance, version.rev, version.captured_at
    if told["recipient"]:
        case.recipient_id = told["recipient"]


def propose(case: Case, version: CaseManifest) -> None:
    """Try whether what the version asks for can be proposed for its person, before it is taken. Raises AnswersRefused."""
    if case.state == CaseState.RECEIVING:
        _fill(case, version)
        db.session.flush()
    person = db.session.get(Recipient, version.answers["recipient"] or case.recipient_id or 0)
    if person is None:
        return
    try:
        methods.propose(case.id, person, version.answers["method"], version.answers["representative"])
    except InputError as error:
        raise AnswersRefused([Problem(None, None, error.message)]) from error


def ready(
    actor: StaffMember, case: Case, version: CaseManifest, arriving: Mapping[str, dict[str, Any]] | None = None
) -> list[Case] | None:
    """The person's other waiting cases, locked with this one, when every photo is here; None while one is missing.

    `arriving`: hash and reading of the photo that is about to be stored. To be called before the first event of the
    transaction is recorded: rows of cases are locked before the chain of events, everywhere.
    """
    read = {digest: file.reading for digest, file in photos(actor, case.id, case.commune_id).items()}
    read |= arriving or {}
    if any(digest not in read for digest in hashes(version)):
        return None
    if version.answers["recipient"]:
        case.recipient_id = version.answers["recipient"]
    if case.recipient_id is None:
        case.recipient = _bearer(actor, case, version, read)
    db.session.flush()
    return services.locked(case)


def _bearer(
    actor: StaffMember, case: Case, version: CaseManifest, read: Mapping[str, dict[str, Any]]
) -> Recipient | None:
    """The one live person of the commune who bears the number of the card; cards of two people name nobody."""
    told = version.answers["read"]
    cards = [told[place] for place in OWN_CARD if told.get(place)]
    cards += [read[file["sha256"]]["card"] for file in version.files if file["role"] in OWN_CARD]
    known = {card["number"]: card["old_number"] for card in cards if card}
    if len(known) != 1:
        return None
    ((number, old_number),) = known.items()
    people = queries.with_card_number(actor, case.commune_id, number, old_number)
    if len(people) != 1:
        return None
    try:
        with db.session.begin_nested():
            methods.propose(case.id, people[0], version.answers["method"], version.answers["representative"])
    except InputError:  # whoever reviews it links the person, and reads why then
        return None
    return people[0]


def become(actor: StaffMember, case: Case, version: CaseManifest, waiting: list[Case]) -> None:
    """Put the answers and photos of the version into the case and hand it in, in the transaction of its last part."""
    received = photos(actor, case.id, case.commune_id)
    _fill(case, version)
    _put_photos(case, version, received)
    read, by_phone = _codes(version, received)
    kept = {received[file["sha256"]].photo_id for file in version.files if file["kept"]}
    case.payload = case.payload | {"read": read, "read_by_phone": by_phone, "kept_photos": sorted(kept)}
    version.taken_at = now()
    db.session.flush()
    services.hand_in(actor, case, waiting)


def _put_photos(case: Case, version: CaseManifest, received: Mapping[str, ReceivedFile]) -> None:
    stands = {(file.role, file.position): file for file in case.files}
    for told in version.files:
        place = FileRole(told["role"]), told["position"]
        file = stands.pop(place, None)
        if file is None:
            file = CaseFile(commune_id=case.commune_id, role=place[0], position=place[1])
            case.files.append(file)
        came = received[told["sha256"]]
        file.photo_id, file.sent_sha256, file.sent_size = came.photo_id, came.sha256, came.size
    for file in stands.values():
        case.files.remove(file)
        db.session.delete(file)


def _codes(version: CaseManifest, received: Mapping[str, ReceivedFile]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the codes tell by place, as the server read the photo, else as the phone did; and what only the phone said."""
    told = version.answers["read"]
    read, by_phone = dict(told), {}
    for file in version.files:
        role = file["role"]
        if role not in CARD_ROLES or file["position"]:
            continue
        ours, theirs = received[file["sha256"]].reading["card"], told.get(role)
        read[role] = ours or theirs
        if theirs and _plain(theirs) != _plain(ours):
            by_phone[role] = theirs
    return read, by_phone


def _plain(card: Mapping[str, Any] | None) -> dict[str, Any]:
    """The text as it was read may differ by a line end."""
    return {name: list(value) if name == "extra" else value for name, value in (card or {}).items() if name != "raw"}
