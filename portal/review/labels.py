"""Words for flags, for what is to be done again, and for the rows of the comparison."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.enrolment.labels import PHOTO_WARNINGS, ROLE_LABELS
from portal.enrolment.models import FileRole
from portal.formats import grouped, register_labels
from portal.review.flags import Flag, FlagCode
from portal.review.models import DecisionKind, ReturnReason

C = FlagCode
FLAG_TITLES = {
    C.NOT_IN_REGISTER: _l("Not in the register"),
    C.NOT_LIVE: _l("No longer receives assistance"),
    C.ID_MISSING: _l("No identity number"),
    C.ID_MALFORMED: _l("The identity number is malformed"),
    C.ID_DIFFERS: _l("The identity number differs from the register"),
    C.SAME_ID: _l("The identity number belongs to someone else, too"),
    C.ID_SEX: _l("The sex does not agree with the number"),
    C.ID_BIRTH_YEAR: _l("The birth year does not agree with the number"),
    C.ID_PLACE: _l("The number begins with an unknown code"),
    C.TWO_CARDS: _l("The two photos show the cards of two people"),
    C.QR_DIFFERS: _l("The card's QR code says something else"),
    C.READ_DIFFERS: _l("The phone read another code than the photo shows"),
    C.NAME_DIFFERS: _l("The name differs from the register"),
    C.BIRTH_DIFFERS: _l("The birth date differs from the register"),
    C.BIRTH_ADDED: _l("The register knows less of the birth date"),
    C.SEX_DIFFERS: _l("The sex differs from the register"),
    C.CARD_EXPIRED: _l("The card has expired"),
    C.SAME_PHONE: _l("The phone number is someone else's, too"),
    C.METHOD_MISSING: _l("No way to be paid was chosen"),
    C.SAME_ACCOUNT: _l("The account is someone else's, too"),
    C.HOLDER_DIFFERS: _l("The account is in another name"),
    C.REPRESENTATIVE_SELF: _l("The representative is the recipient"),
    C.CANNOT_AUTHORIZE: _l("The person cannot authorize anyone"),
    C.PARENT_OF_ADULT: _l("Father or mother of an adult"),
    C.REPRESENTATIVE_TOO_YOUNG: _l("The representative is too young"),
    C.REPRESENTATIVE_DIED: _l("The representative has died"),
    C.ACCOUNT_NEEDS_REPRESENTATIVE: _l("The account needs a guardian or legal representative"),
    C.AUTHORIZATION_ENDED: _l("The paper of the representative has ended"),
    C.REPRESENTATIVE_MAYBE_SELF: _l("The representative may be the recipient"),
    C.CHILD_ALONE: _l("A child under 15 receives alone"),
    C.NO_FINDING: _l("An adult with a guardian, but without a court's finding"),
    C.OTHER_GUARDIAN: _l("The register knows another guardian"),
    C.PROXY_OF_A_WARD: _l("An authorization by someone who has a guardian"),
    C.PROXY_UNDER_18: _l("The authorized person is under 18"),
    C.REPRESENTATIVE_FOR_MANY: _l("One authorized person for several people"),
    C.AUTHORIZATION_NOT_YET: _l("The paper of the representative does not hold yet"),
    C.AUTHORIZATION_ENDS_SOON: _l("The paper of the representative ends soon"),
    C.AUTHORIZATION_NOT_CERTIFIED: _l("The authorization is not certified"),
    C.CERTIFIED_BY_OTHERS: _l("The authorization was certified by someone else"),
    C.DECISION_UNNAMED: _l("Number or issuer of the decision is missing"),
    C.PHOTO_MISSING: _l("No photo of the front side"),
    C.POOR_PHOTO: _l("A poor photo"),
    C.SAME_PHOTO: _l("The same photo in another case"),
}
FLAG_SENTENCES = {
    C.NOT_IN_REGISTER: _l("Find the person below and link the case, or return or reject it."),
    C.NOT_LIVE: _l("The register says died, moved or ended. Nothing will be paid before that changes."),
    C.ID_MISSING: _l("The bank cannot open or check an account without it. Confirming leaves the register as it is."),
    C.ID_MALFORMED: _l("It has %(digits)s characters instead of 12 digits. Confirming leaves the register as it is."),
    C.ID_DIFFERS: _l("Captured %(captured)s, register %(register)s. Confirming corrects the register."),
    C.SAME_ID: _l("Also the number of %(others)s. One number has one owner: look which one is right."),
    C.ID_SEX: _l("The fourth digit says the other sex. Look at the card."),
    C.ID_BIRTH_YEAR: _l("The number says %(number_year)s, captured was %(captured_year)s. Look at the card."),
    C.ID_PLACE: _l("No province has the code %(place)s; those born abroad have codes of countries. Look at the card."),
    C.TWO_CARDS: _l(
        "Front and back name two numbers. Look at both photos; if they do not belong together, return the case."
    ),
    C.QR_DIFFERS: _l("The QR code says “%(card)s”, the case “%(captured)s”. Look at the card."),
    C.READ_DIFFERS: _l("%(photo)s: the phone read “%(phone)s”, the photo says “%(server)s”. Look at the photo."),
    C.BIRTH_ADDED: _l("Confirming adds %(birth)s to the register."),
    C.SEX_DIFFERS: _l("Confirming leaves the register as it is."),
    C.CARD_EXPIRED: _l("It was valid until %(day)s. Banks stop payments on an expired card: advise to renew it."),
    C.SAME_PHONE: _l("Also the number of %(others)s. Relatives often share a phone."),
    C.METHOD_MISSING: _l("Confirming changes nothing in how the person is paid."),
    C.SAME_ACCOUNT: _l("Also the account of %(others)s. Money of two people would go to one account."),
    C.HOLDER_DIFFERS: _l("The account says %(holder)s, the case “%(owner)s”. The bank may send the money back."),
    C.REPRESENTATIVE_SELF: _l("Both have the same identity number. The case cannot be confirmed so: return it."),
    C.CANNOT_AUTHORIZE: _l(
        "Under 15 or without legal capacity nobody authorizes (Civil Code, Art. 21, 22). The case cannot be confirmed so: return it, a guardian or legal representative receives."
    ),
    C.PARENT_OF_ADULT: _l(
        "Parents represent a child until it is 18 (Civil Code, Art. 136). Return the case: an adult authorizes someone, or a court has named a guardian."
    ),
    C.REPRESENTATIVE_TOO_YOUNG: _l("The law asks for %(least)s years. The case cannot be confirmed so: return it."),
    C.REPRESENTATIVE_DIED: _l(
        "The register says so. The case cannot be confirmed so: return it, someone else receives."
    ),
    C.ACCOUNT_NEEDS_REPRESENTATIVE: _l(
        "Under 15 or without legal capacity an account is opened and used by the guardian or legal representative, and the paper must say so (Circular 17/2024). The case cannot be confirmed so: return it."
    ),
    C.REPRESENTATIVE_MAYBE_SELF: _l(
        "Same name and birth date, but another number. Nobody can authorize themselves: compare the two cards."
    ),
    C.CHILD_ALONE: _l(
        "Under 6 the representative acts, from 6 to 15 they must agree (Civil Code, Art. 21). Ask who receives for the child, or return the case."
    ),
    C.NO_FINDING: _l(
        "An adult gets a guardian only after a court's finding (Civil Code, Art. 22, 23, 47). Ask for the decision; someone who can decide authorizes instead."
    ),
    C.OTHER_GUARDIAN: _l(
        "%(guardian)s is confirmed now. One person has one guardian, except both parents or grandparents (Civil Code, Art. 47). Confirming ends the earlier one."
    ),
    C.PROXY_OF_A_WARD: _l(
        "%(guardian)s is the guardian in the register. Whoever has a guardian cannot authorize anyone: look at the decision. Confirming ends the guardian."
    ),
    C.PROXY_UNDER_18: _l(
        "From 15 to 18 one may receive for another (Civil Code, Art. 138). The bank may refuse them: advise to choose an adult."
    ),
    C.REPRESENTATIVE_FOR_MANY: _l(
        "Also receives for %(others)s, %(count)s people in all. Make sure that the money reaches each of them."
    ),
    C.AUTHORIZATION_NOT_YET: _l("It begins on %(day)s. Confirm the case on that day or later."),
    C.AUTHORIZATION_ENDED: _l("It ended on %(day)s. The case cannot be confirmed so: return it."),
    C.AUTHORIZATION_ENDS_SOON: _l("It ends on %(day)s. After that day a new paper is needed."),
    C.AUTHORIZATION_NOT_CERTIFIED: _l(
        "Who certified the signature, or on which day, is missing. The chairman or a vice chairman of the commune or a notary does it (Circular 01/2020, Art. 14): return the case, or ask for the certified paper."
    ),
    C.CERTIFIED_BY_OTHERS: _l(
        "The case says “%(certifier)s”. The chairman or a vice chairman of the commune or a notary certifies the signature (Circular 01/2020, Art. 14). Look at the paper."
    ),
    C.DECISION_UNNAMED: _l(
        "A guardian or court's representative has a decision. Look at its photo, and return the case if it is none."
    ),
    C.PHOTO_MISSING: _l("Nothing can be compared with the card."),
    C.POOR_PHOTO: _l("%(photo)s: %(warnings)s. If you cannot read it, return the case."),
    C.SAME_PHOTO: _l("The same or nearly the same photo is in %(others)s. Look whether it was taken by mistake."),
}
NAME_SENTENCES = {
    "card": _l(
        "Captured “%(captured)s”, register “%(register)s”. The clerk asked and chose the card. Confirming corrects the register."
    ),
    "register": _l(
        "Captured “%(captured)s”, register “%(register)s”. The clerk chose the register. Confirming leaves it as it is."
    ),
    "unknown": _l(
        "Captured “%(captured)s”, register “%(register)s”. The clerk did not choose. Confirming leaves the register as it is."
    ),
}
BIRTH_SENTENCES = {
    "yes": _l("The card knows the day. Confirming corrects the register."),
    "": _l("Confirming leaves the register as it is."),
}
RETURN_LABELS = {
    ReturnReason.ID_FRONT: _l("Photo of the card's front side"),
    ReturnReason.ID_BACK: _l("Photo of the card's back side"),
    ReturnReason.IDENTITY: _l("Name, birth date or identity number"),
    ReturnReason.PHONE: _l("Phone number"),
    ReturnReason.ACCOUNT: _l("Number or name of the account"),
    ReturnReason.REPRESENTATIVE: _l("Details of the representative"),
    ReturnReason.PAPER: _l("Photo of the authorization or decision"),
    ReturnReason.CONSENT: _l("Signature or thumb print"),
}
TAB_LABELS = {
    FileRole.ID_FRONT: _l("Front side"),
    FileRole.ID_BACK: _l("Back side"),
    FileRole.REPRESENTATIVE_FRONT: _l("Representative, front"),
    FileRole.REPRESENTATIVE_BACK: _l("Representative, back"),
    FileRole.PAPER: _l("Paper"),
    FileRole.CONSENT: _l("Signature"),
    FileRole.SIGNATURE: _l("Signature drawn on the phone"),
}
DECISION_LABELS = {
    DecisionKind.CONFIRM: _l("Confirmed"),
    DecisionKind.RETURN: _l("Returned"),
    DecisionKind.REJECT: _l("Rejected"),
}
register_labels({FlagCode: FLAG_TITLES, ReturnReason: RETURN_LABELS, DecisionKind: DECISION_LABELS})


def sentence(flag: Flag) -> str:
    """What the flag says and what follows from it."""
    values = dict(flag.values)
    if flag.code == C.NAME_DIFFERS:
        return str(NAME_SENTENCES[values["name_from"]]) % values
    if flag.code == C.BIRTH_DIFFERS:
        return str(BIRTH_SENTENCES[values["corrects"]])
    if flag.code == C.ID_DIFFERS:
        values = {name: grouped(number) for name, number in values.items()}
    if flag.code == C.READ_DIFFERS:
        values["photo"] = str(ROLE_LABELS[FileRole(values["role"])])
    if flag.code == C.POOR_PHOTO:
        values["photo"] = str(ROLE_LABELS[FileRole(values["role"])])
        words = [str(PHOTO_WARNINGS[code][0]) for code in values["warnings"].split() if code in PHOTO_WARNINGS]
        values["warnings"] = ", ".join(words) or gettext("poor")
    return str(FLAG_SENTENCES[flag.code]) % values
