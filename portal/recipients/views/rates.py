"""Base rates and coefficients; a new rate applied to a commune; amounts that do not follow from the rate."""

from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from portal.access import Permission, allow
from portal.audit.services import record
from portal.db import db
from portal.errors import DomainError, InputError
from portal.formats import money
from portal.formats import month as month_words
from portal.forms import text
from portal.recipients import queries
from portal.recipients.forms.changes import amount_of, day_of
from portal.recipients.forms.rates import RateForm
from portal.recipients.labels import raises as words
from portal.recipients.models import BaseRate, Programme
from portal.recipients.proposal import XLSX, workbook
from portal.recipients.queries import one_rate
from portal.recipients.queries import rates as rate_queries
from portal.recipients.queries.raises import Part, Raise
from portal.recipients.services import rates as services
from portal.recipients.views.blueprint import recipients
from portal.staff.session import here, member
from portal.vietnam.month import first_of, parse, today

_AT = {
    services.RateNotPositive: "amount",
    services.RateFarOff: "amount",
    services.DecisionMissing: "decision",
    services.DecidedInFuture: "decided_on",
}


@recipients.get("/rates/")
@allow(Permission.SEE_RATES)
def rates() -> ResponseReturnValue:
    told = [
        (each, rate_queries.rates_of(each), rate_queries.categories_of(each), rate_queries.rate_on(each.id, today()))
        for each in queries.programmes()
    ]
    return render_template("recipients/rates.html", told=told)


@recipients.get("/rates/new")
@allow(Permission.KEEP_RATES)
def rates_new() -> ResponseReturnValue:
    return _edited(_programme(), RateForm())


@recipients.post("/rates/new")
@allow(Permission.KEEP_RATES)
def rates_add() -> ResponseReturnValue:
    form, programme = RateForm(), _programme()
    if form.validate():
        try:
            services.add_rate(member(), programme, _told(form))
            flash(gettext("The base rate was entered. Each commune applies it to its people."), "ok")
            return redirect(url_for("recipients.rates"))
        except InputError as error:
            form.refuse(error, _AT.get(type(error), "applies_from"))
    return _edited(programme, form), 422


@recipients.get("/rates/<int:rate_id>")
@allow(Permission.KEEP_RATES)
def rates_edit(rate_id: int) -> ResponseReturnValue:
    rate = db.get_or_404(BaseRate, rate_id)
    values = {"applies_from": f"{rate.applies_from:%d/%m/%Y}", "decided_on": f"{rate.decided_on:%d/%m/%Y}"}
    form = RateForm(data=values | {"amount": f"{rate.amount:,}".replace(",", "."), "decision": rate.decision})
    return _edited(db.get_or_404(Programme, rate.programme_id), form, rate)


@recipients.post("/rates/<int:rate_id>")
@allow(Permission.KEEP_RATES)
def rates_correct(rate_id: int) -> ResponseReturnValue:
    form, rate = RateForm(), db.get_or_404(BaseRate, rate_id)
    if form.validate():
        try:
            services.correct_rate(member(), rate, _told(form))
            flash(gettext("The base rate was corrected."), "ok")
            return redirect(url_for("recipients.rates"))
        except InputError as error:
            form.refuse(error, _AT.get(type(error), "applies_from"))
    return _edited(db.get_or_404(Programme, rate.programme_id), form, rate), 422


def _programme() -> Programme:
    return db.get_or_404(Programme, request.values.get("programme", 0, type=int))


def _told(form: RateForm) -> services.Told:
    applies_from, decided_on = day_of(form.applies_from), day_of(form.decided_on)
    assert applies_from is not None
    assert decided_on is not None
    return services.Told(applies_from, decided_on, amount_of(form.amount) or 0, text(form.decision))


def _edited(programme: Programme, form: RateForm, rate: BaseRate | None = None) -> str:
    used = rate is not None and rate_queries.is_used(rate)
    return render_template("recipients/rates_edit.html", programme=programme, form=form, rate=rate, used=used)


# ---- a new rate for everybody ---------------------------------------------------------------------------------------


@recipients.get("/rates/<int:rate_id>/raise")
@allow(Permission.KEEP_REGISTER)
def rates_raise(rate_id: int) -> ResponseReturnValue:
    rate = db.get_or_404(BaseRate, rate_id)
    months = rate_queries.months_to_raise(here().id, rate, today())
    try:
        raised = _asked(rate, months)
    except DomainError as error:
        return render_template("recipients/rates_none.html", rate=rate, message=error.message)
    show = request.args.get("show", "")
    part = Part(show) if show in set(Part) else Part.RAISE
    rows, following = rate_queries.people_of(raised, part, request.args.get("after", 0, type=int))
    totals = rate_queries.totals(raised)
    page = {"raised": raised, "totals": totals, "part": part, "rows": rows, "following": following}
    programme = db.get_or_404(Programme, rate.programme_id)
    return render_template(
        "recipients/rates_raise.html", rate=rate, programme=programme, months=months, parts=Part, words=words, **page
    )


def _asked(rate: BaseRate, months: list[date]) -> Raise:
    """The raise that the address or the form speaks of; without a month the likeliest."""
    month = parse(request.values.get("month", "")) or months[0]
    also = tuple(int(key) for key in request.values.getlist("also") if key.isdecimal() and len(key) < 16)
    return services.raise_of(here().id, rate, month, also)


@recipients.post("/rates/<int:rate_id>/raise")
@allow(Permission.KEEP_REGISTER)
def rates_apply(rate_id: int) -> ResponseReturnValue:
    rate = db.get_or_404(BaseRate, rate_id)
    raised = _asked(rate, rate_queries.months_to_raise(here().id, rate, today()))
    amount, month = money(rate.amount), month_words(rate.applies_from)
    reason = gettext("New base rate of %(amount)s from month %(month)s", amount=amount, month=month)
    done = services.apply_raise(member(), raised, request.form.get("seen", ""), reason)
    flash(
        ngettext("%(num)s person has the new amount.", "%(num)s people have the new amount.", done.raised.people)
        + " "
        + gettext(
            "Arrears of %(amount)s are paid with month %(month)s.",
            amount=money(done.arrears.amount),
            month=month_words(raised.month),
        ),
        "ok",
    )
    return redirect(url_for("recipients.rates_raise", rate_id=rate.id, month=f"{raised.month:%Y-%m}"))


@recipients.post("/rates/<int:rate_id>/raise/download")
@allow(Permission.KEEP_REGISTER)
def rates_download(rate_id: int) -> ResponseReturnValue:
    """The proposal as it stands, everybody whom the rate concerns."""
    rate, commune = db.get_or_404(BaseRate, rate_id), here()
    raised = _asked(rate, rate_queries.months_to_raise(commune.id, rate, today()))
    content = workbook(commune, raised)
    record(member(), "rate.proposal_downloaded", f"base_rate:{rate.id}", commune_id=commune.id)
    name = f"muc-chuan-moi-{commune.code}-{raised.month:%Y-%m}.xlsx"
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# ---- what does not follow from rate and law -------------------------------------------------------------------------


@recipients.get("/rates/off")
@allow(Permission.SEE_REGISTER)
def rates_off() -> ResponseReturnValue:
    after = request.args.get("after", 0, type=int)
    rows, total, following = rate_queries.off_rate(here().id, first_of(today()), after)
    return render_template("recipients/rates_off.html", rows=rows, total=total, following=following, after=after)


@recipients.get("/rates/several")
@allow(Permission.SEE_REGISTER)
def rates_several() -> ResponseReturnValue:
    listed = one_rate.several(here().id)
    shown, following = one_rate.page_of(listed, request.args.get("after", 0, type=int))
    wrong = sum(not each.in_order for each in listed)
    page = {"shown": shown, "following": following, "total": len(listed), "wrong": wrong, "kinds": words.RULING_KINDS}
    return render_template("recipients/rates_several.html", **page) if shown or not listed else abort(404)
