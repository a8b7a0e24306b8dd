"""The blueprint of the capture, and the case that an address means."""

import uuid
from collections.abc import Iterable
from datetime import date

from flask import Blueprint, abort, request

from portal.enrolment import queries
from portal.enrolment.models import Case
from portal.staff.session import member
from portal.vietnam.names import fold_upper

enrolment = Blueprint("enrolment", __name__, url_prefix="/enrolment")


@enrolment.teardown_request
def close_uploads(_error: BaseException | None) -> None:
    """Large uploads lie in files, which nobody else closes."""
    request.close()


def own_or_404(case_id: uuid.UUID, *, lock: bool = False) -> Case:
    """The clerk's own case; the case of another clerk or commune does not exist for her."""
    return queries.own_case(member(), case_id, lock=lock) or abort(404)


@enrolment.app_template_filter()
def iso_day(text: str | None) -> str:
    """A day kept in an answer as ISO text: 02/09/1948."""
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""


@enrolment.app_template_filter()
def as_bank_writes(name: str) -> str:
    """HOANG THI VE."""
    return fold_upper(name)


@enrolment.app_template_filter()
def first_up(text: str) -> str:
    """A sentence that begins with a pronoun begins with a capital."""
    return text[:1].upper() + text[1:]


@enrolment.app_template_filter()
def case_numbers(sources: Iterable[str]) -> dict[str, str]:
    """Of sources "case:4e38e28f-..." the numbers by which people call the cases; other sources have none."""
    wanted = {source for source in sources if source.startswith("case:")}
    found = queries.numbers([uuid.UUID(source[5:]) for source in sorted(wanted)]) if wanted else {}
    return {f"case:{key}": number for key, number in found.items()}
