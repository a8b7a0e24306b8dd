"""Answers that a phone sent, judged by the same forms as those typed into pages."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from portal.enrolment import rules
from portal.enrolment.forms import FORMS, IdentityForm, StepForm
from portal.enrolment.models import Case
from portal.enrolment.steps import STEPS, Step
from portal.enrolment.understanding import Judged, Problem

NOT_UNDERSTOOD = _l("One of the answers has an unknown form. Open the step again and repeat it.")


def judge(case: Case, typed: Mapping[Step, Mapping[str, list[str]]], day: date) -> Judged:
    """Answers of every step that was sent, by the rules of `day` (local); of refused steps what is wrong with them.

    `case` is a draft that is not stored: who it is about, what codes told, which photos there are.
    """
    answers: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    problems: list[Problem] = []
    for step in STEPS:
        if step not in typed:
            continue
        form = FORMS[step](formdata=MultiDict(typed[step]), meta={"csrf": False})
        form.prepare(case)
        found = list(_problems(form, case, day))
        if found:
            problems += found
            continue
        told = form.answers(case)
        answers[step.value] = told
        provenance |= {f"{step}.{field}": source for field, source in form.provenance(case, told).items()}
        case.payload = case.payload | {step.value: told}
    return Judged(answers, provenance, problems)


def _problems(form: StepForm, case: Case, day: date) -> Iterator[Problem]:
    if isinstance(form, IdentityForm) and form.asks_for_name and not form.name_from.data:
        form.name_from.data = "unknown"  # the register changed since the phone asked it: the reviewer sees both names
    try:
        if not form.validate():
            yield from (Problem(form.STEP, *wrong) for wrong in _wrong(form.errors))
            return
        rules.check(form.STEP, form.answers(case), case.payload, day)
    except rules.AnswerRefused as error:
        yield Problem(form.STEP, form.place_of(error.field), error.message)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        yield Problem(form.STEP, None, str(NOT_UNDERSTOOD))


def _wrong(errors: Mapping[str | None, Any], before: str = "") -> Iterator[tuple[str | None, str]]:
    """Names of fields as they were sent, with the first thing that is wrong with each."""
    for name, found in errors.items():
        if isinstance(found, Mapping):
            yield from _wrong(found, f"{before}{name}-")
        elif found:
            yield (f"{before}{name}" if name else None), str(found[0])
