"""An approved list with money to carry to houses."""

import json

from portal.areas.models import Commune
from portal.db import db
from portal.formats import today
from portal.payouts import services as payouts
from portal.payouts.models import Line
from portal.recipients.models import MethodKind, Representative, RepresentativeKind, RepresentativeStatus
from portal.vietnam.month import first_of
from tests import factories

STROKES = json.dumps([[[20, 100], [120, 30], [220, 160], [320, 60]], [[400, 40], [420, 180]]])
NAMES = ("Hoàng Thị Vẻ", "Vi Ó", "Nông Văn Thử")


def approved_run(commune_id, *, names=NAMES, represented=(), prepared_only=False):
    """A run of this month: `names` are visited at home, one more person is paid at a point. Returns line ids by name."""
    for name in names:
        person = factories.recipient(
            commune_id, name, method=MethodKind.HOME_VISIT, citizen_id="020148000123" if name == names[0] else None
        )
        if name in represented:
            db.session.add(
                Representative(
                    commune_id=commune_id,
                    recipient_id=person.id,
                    kind=RepresentativeKind.PROXY,
                    full_name="Hoàng Văn Lập",
                    relation="Con",
                    status=RepresentativeStatus.CONFIRMED,
                )
            )
    factories.recipient(commune_id, "Lý Thị Nhình", method=MethodKind.CASH_POINT)
    place = db.session.get(Commune, commune_id)
    run = payouts.draw_up(factories.member("officer"), place, factories.programme(), first_of(today()))
    payouts.prepare(factories.member("officer"), run)
    if not prepared_only:
        payouts.approve(factories.member("approver"), run)
    ids = {line.recipient_name: line.id for line in db.session.query(Line).filter_by(run_id=run.id)}
    db.session.commit()
    return ids
