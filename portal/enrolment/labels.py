"""Words for states, ways to be paid, kinds of papers, photos and what is missing."""

from flask_babel import lazy_gettext as _l

from portal.enrolment.models import CaseState, FileRole
from portal.enrolment.steps import Step
from portal.formats import register_labels

STATE_LABELS = {
    CaseState.DRAFT: _l("Draft"),
    CaseState.RECEIVING: _l("Being received"),
    CaseState.SUBMITTED: _l("Waiting for review"),
    CaseState.RETURNED: _l("Returned"),
    CaseState.CONFIRMED: _l("Confirmed"),
    CaseState.REJECTED: _l("Rejected"),
    CaseState.SUPERSEDED: _l("Replaced by a newer case"),
}
STATE_KINDS = {
    CaseState.DRAFT: "held",
    CaseState.RECEIVING: "now",
    CaseState.SUBMITTED: "now",
    CaseState.RETURNED: "warn",
    CaseState.CONFIRMED: "ok",
    CaseState.REJECTED: "bad",
    CaseState.SUPERSEDED: "",
}
STEP_LABELS = {
    Step.IDENTITY: _l("Papers"),
    Step.PHONE: _l("Phone"),
    Step.METHOD: _l("Way to be paid"),
    Step.REPRESENTATIVE: _l("Representative"),
    Step.CONSENT: _l("Consent"),
}
NEXT_LABELS = {
    Step.IDENTITY: _l("Continue: phone number"),
    Step.PHONE: _l("Continue: way to be paid"),
    Step.METHOD: _l("Continue: representative"),
    Step.REPRESENTATIVE: _l("Continue: consent"),
    Step.CONSENT: _l("Continue: check"),
}
ROLE_LABELS = {
    FileRole.ID_FRONT: _l("Front side"),
    FileRole.ID_BACK: _l("Back side"),
    FileRole.REPRESENTATIVE_FRONT: _l("Front side of the representative's card"),
    FileRole.REPRESENTATIVE_BACK: _l("Back side of the representative's card"),
    FileRole.PAPER: _l("Page of the paper"),
    FileRole.CONSENT: _l("Signed sheet"),
    FileRole.SIGNATURE: _l("Signature drawn on the phone"),
}
register_labels({CaseState: STATE_LABELS, FileRole: ROLE_LABELS, Step: STEP_LABELS})

DOCUMENT_LABELS = {
    "citizen_card": _l("Identity card"),
    "birth_certificate": _l("Birth certificate"),
    "other": _l("Another paper with a photo or a stamp"),
    "none": _l("No paper yet"),
}
METHOD_LABELS = {
    "bank_account": _l("An account of their own that exists already"),
    "new_account": _l("Open a new account"),
    "wallet": _l("E-wallet or Mobile Money"),
    "representative_account": _l("Account of the representative"),
    "cash_point": _l("Cash at the payout point"),
    "home_visit": _l("Staff bring the money to the house"),
}
HOME_REASONS = {
    "bedridden": _l("Bedridden, cannot walk"),
    "disabled": _l("Severely disabled, cannot travel"),
    "alone": _l("Lives alone and has nobody to send"),
    "other": _l("Another reason"),
}
PHONE_OWNERS = {
    "recipient": _l("Their own"),
    "relative": _l("A relative's"),
    "other": _l("Someone else's"),
    "none": _l("No phone"),
}
REPRESENTATIVE_KINDS = {
    "none": _l("Nobody: receives without help"),
    "proxy": _l("An authorized person"),
    "guardian": _l("A guardian"),
    "legal": _l("A legal representative (father, mother, named by a court)"),
}
BASES = {
    "parent": _l("Father or mother of a child under 18"),
    "natural": _l("Guardian by law: wife or husband, eldest child, brother or sister, parents, grandparents"),
    "committee": _l("Named by the commune's People's Committee"),
    "court": _l("Named by a court"),
}
SCOPES = {"receive": _l("Receive the money"), "account": _l("Receive the money, open and use the account")}
SEXES = {"male": _l("Male"), "female": _l("Female")}
PURPOSE_LABELS = {
    "pay": _l("Use what was written down to pay the assistance every month"),
    "share_bank": _l("Give the name, identity number and phone to the bank to open or check the account"),
    "keep_photo": _l("Keep the photos of the papers until payment has begun, to compare if something is wrong"),
    "messages": _l("Send messages about payments to the phone"),
}
SOURCE_LABELS = {
    "scanned": _l("read from the QR code"),
    "register": _l("from the register"),
    "typed": _l("typed"),
    "law": _l("one year, as the law says"),
    "of_age": _l("until the child is 18, as the law says"),
}
FIELD_LABELS = {
    "citizen_id": _l("Identity number"),
    "full_name": _l("Full name"),
    "birth_date": _l("Birth date"),
    "sex": _l("Sex"),
    "address": _l("Permanent residence"),
    "issued": _l("Issued, valid until"),
}
VERDICTS = {
    "same": ("ok", _l("As in the register")),
    "differs": ("warn", _l("Differs from the register")),
    "register_lacks": ("warn", _l("Missing in the register")),
    "same_place": ("ok", _l("Same place")),
}
# of a poor photo: what is wrong, and what helps
PHOTO_WARNINGS = {
    "blank": (_l("nothing can be seen"), _l("The lens may have been covered. Take the photo again.")),
    "dark": (_l("too dark"), _l("Go to the light, then take the photo again.")),
    "blur": (_l("blurred"), _l("Hold the phone still, tap on the card to focus, then take the photo again.")),
    "glare": (_l("light is reflected"), _l("Tilt the card away from the lamp, then take the photo again.")),
    "small": (_l("too small"), _l("Go closer until the paper fills the picture, then take the photo again.")),
    "small_card": (_l("of a card that is too small in it"), _l("Move closer until the card fills the frame.")),
}
MISSING_STEP = _l("This step is not filled in")
GAP_LABELS = {
    "representative": _l("Money to a representative's account needs the representative"),
    "law": _l("The representative does not fit the person or the way to be paid"),
    "signature": _l("The signature, or a photo of the signed sheet, is missing"),
    "two_cards": _l("The two photos show the cards of two people"),
    "poor": _l("A photo is poor: take it again, or keep it"),
    FileRole.ID_FRONT: _l("The photo of the front side is missing"),
    FileRole.ID_BACK: _l("The photo of the back side is missing"),
    FileRole.REPRESENTATIVE_FRONT: _l("The photo of the representative's card is missing"),
    FileRole.PAPER: _l("The photo of the authorization or decision is missing"),
}
REASON_LABELS = {
    "id_front": _l("Take the front side again"),
    "id_back": _l("Take the back side again"),
    "identity": _l("Check the personal details"),
    "phone": _l("Check the phone number"),
    "account": _l("Check the account"),
    "representative": _l("Check the representative"),
    "paper": _l("Take the paper again"),
    "consent": _l("Get the consent again"),
}
# how a clerk speaks of the person: an old lady, an old man, a child, unknown
PRONOUNS = {"female": _l("the lady"), "male": _l("the gentleman"), "child": _l("the child"), "": _l("the person")}
FIRST_STEP, LAST_STEP = _l("Recipient"), _l("Check")
