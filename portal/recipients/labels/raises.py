"""Words for what a new base rate does to people, and for what the law says of several benefits."""

from flask_babel import lazy_gettext as _l

from portal.formats import register_labels
from portal.recipients.queries.raises import Part
from portal.vietnam.one_rate import Ruling

PARTS_HELP = {
    Part.RAISE: _l("Paid at the old rate until now, month by month."),
    Part.LOOK: _l(
        "No coefficient, or an amount that is not the old rate × coefficient. Enter their amounts one by one."
    ),
    Part.TOLD: _l(
        "A list or an officer has told of arrears since the decision. Only their monthly amount is raised, unless you tick them."
    ),
    Part.WAITS: _l(
        "Suspended now. Their amount is raised; the arrears are offered here again when they are paid again."
    ),
    Part.GONE: _l(
        "No longer paid, but they were in these months. A list of payments cannot pay them: have a decision of their own made."
    ),
}
register_labels(
    {
        Part: {
            Part.RAISE: _l("New amount and arrears"),
            Part.LOOK: _l("To be looked at one by one"),
            Part.TOLD: _l("Arrears were told already"),
            Part.WAITS: _l("Suspended, arrears wait"),
            Part.GONE: _l("Ended, arrears still owed"),
        },
        Ruling: {
            Ruling.PAID: _l("May be paid"),
            Ruling.LOWER: _l("Lower rate"),
            Ruling.UNCLEAR: _l("Category not clear"),
        },
    }
)
RULING_KINDS = {Ruling.PAID: "ok", Ruling.LOWER: "bad", Ruling.UNCLEAR: "warn"}
