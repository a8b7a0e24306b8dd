"""The form that finds a person by a photo of the card."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from portal.forms import Form


class ScanForm(Form):
    card = FileField(_l("Photo of the card's QR code"))
