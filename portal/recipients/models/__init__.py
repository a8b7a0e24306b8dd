"""Tables of the register."""

from portal.recipients.models.entitlements import (
    Adjustment,
    AdjustmentKind,
    BaseRate,
    Category,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Programme,
)
from portal.recipients.models.payment import (
    ACCOUNT_KINDS,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Representative,
    RepresentativeKind,
    RepresentativeScope,
    RepresentativeStatus,
)
from portal.recipients.models.people import BirthPrecision, PhoneOwner, Recipient, RecipientStatus, Sex
from portal.recipients.models.rosters import ColumnMapping, RosterFile, RosterRow, RosterState, Verdict

__all__ = [
    "ACCOUNT_KINDS",
    "Adjustment",
    "AdjustmentKind",
    "BaseRate",
    "BirthPrecision",
    "Category",
    "ChangeKind",
    "ColumnMapping",
    "Entitlement",
    "EntitlementChange",
    "EntitlementStatus",
    "MethodKind",
    "MethodStatus",
    "PaymentMethod",
    "PhoneOwner",
    "Programme",
    "Recipient",
    "RecipientStatus",
    "Representative",
    "RepresentativeKind",
    "RepresentativeScope",
    "RepresentativeStatus",
    "RosterFile",
    "RosterRow",
    "RosterState",
    "Sex",
    "Verdict",
]
