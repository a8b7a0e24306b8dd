"""Roles in words."""

from flask_babel import lazy_gettext as _l

from portal.access import Role
from portal.formats import register_labels

ROLE_LABELS = {
    Role.BANK_STAFF: _l("Bank staff"),
    Role.VISITOR: _l("Home visitor"),
    Role.OFFICER: _l("Culture and Social Affairs officer"),
    Role.APPROVER: _l("Leader of the People's Committee"),
    Role.POLICE: _l("Commune police"),
    Role.SUPERVISOR: _l("Provincial supervisor"),
    Role.ADMIN: _l("Provincial administrator"),
}
register_labels({Role: ROLE_LABELS})
