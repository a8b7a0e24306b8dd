"""What happened at the door, in words."""

from flask_babel import lazy_gettext as _l

from portal.formats import register_labels
from portal.payouts.models import Outcome
from portal.visits.models import IdentitySeen, VisitKind
from portal.visits.queries import Show

KIND_LABELS = {
    VisitKind.PAID_RECIPIENT: _l("Handed to the recipient"),
    VisitKind.PAID_REPRESENTATIVE: _l("Handed to the representative"),
    VisitKind.NOT_HOME: _l("Nobody at home"),
    VisitKind.DIED: _l("The recipient has died"),
    VisitKind.REFUSED: _l("Refused to take the money"),
}
IDENTITY_LABELS = {
    IdentitySeen.CARD: _l("Seen: identity card"),
    IdentitySeen.KNOWN: _l("Known: a witness knows the person"),
    IdentitySeen.NOT_SEEN: _l("Not seen"),
}
SHOW_LABELS = {Show.ALL: _l("All"), Show.PENDING: _l("Still to visit"), Show.DONE: _l("Done")}
# the tag of a line: how it looks, what it says
OUTCOME_TAGS = {
    Outcome.PENDING: ("", _l("Not paid yet")),
    Outcome.PAID: ("ok", _l("Paid")),
    Outcome.UNCOLLECTED: ("warn", _l("Not collected")),
    Outcome.RETURNED: ("bad", _l("Sent back")),
}
register_labels({VisitKind: KIND_LABELS, IdentitySeen: IDENTITY_LABELS, Show: SHOW_LABELS})
