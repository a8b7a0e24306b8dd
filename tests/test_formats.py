"""How figures, dates and states are written."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
import time_machine
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from portal import formats


@pytest.fixture
def english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    formats.init_app(app)
    with app.test_request_context(), force_locale("en"):
        yield


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "0 đ"), (540_000, "540.000 đ"), (13_162_590_000, "13.162.590.000 đ"), (-7_020_000, "−7.020.000 đ")],
)
def test_money_has_dots_and_never_breaks_before_the_unit(amount: int, written: str) -> None:
    assert formats.money(amount) == written.replace(" ", "\N{NO-BREAK SPACE}")


@given(st.integers())
def test_every_amount_can_be_read_back_from_its_figures(amount: int) -> None:
    read_back = int(formats.dong(amount).replace(".", "").replace("−", "-"))
    assert read_back == amount
    assert int(formats.signed(amount).replace(".", "").replace("−", "-")) == amount


def test_a_line_of_a_sum_shows_its_sign_and_nothing_has_none() -> None:
    assert [formats.signed(n) for n in (12_150_000, -7_020_000, 0)] == ["+12.150.000", "−7.020.000", "0"]


def test_what_is_unknown_is_shown_as_nothing() -> None:
    shown = [
        *(write(None) for write in (formats.money, formats.dong, formats.signed, formats.count, formats.in_words)),
        *(write(None) for write in (formats.day, formats.month, formats.instant, formats.ago, formats.left)),
        *(write(None) for write in (formats.mask_id, formats.mask_account, formats.mask_phone, formats.grouped)),
        formats.birth(None, "year"),
        formats.label(None),
    ]
    assert set(shown) == {""}


@pytest.mark.parametrize(
    ("part", "whole", "written"), [(293, 612, "47,9 %"), (0, 7, "0,0 %"), (7, 7, "100,0 %"), (1, 2000, "0,1 %")]
)
def test_a_share_has_one_decimal_rounded_half_up(part: int, whole: int, written: str) -> None:
    assert formats.share(part, whole) == written.replace(" ", "\N{NO-BREAK SPACE}")


def test_a_share_of_nobody_is_not_a_figure() -> None:
    assert formats.share(0, 0) == ""
    assert formats.percent(0, 0) == 0


def test_instants_are_shown_in_vietnam_time_also_when_the_database_dropped_their_zone(english: None) -> None:
    late = datetime(2026, 11, 19, 17, 30, tzinfo=UTC)
    assert formats.instant(late) == formats.instant(late.replace(tzinfo=None)) == "00:30 on 20/11/2026"
    assert formats.day(late) == "20/11/2026"


@time_machine.travel(datetime(2026, 11, 19, 17, 30, tzinfo=UTC), tick=False)
def test_waiting_counts_days_of_vietnam_not_of_utc(english: None) -> None:
    assert formats.ago(date(2026, 11, 20)) == "today"
    assert formats.ago(datetime(2026, 11, 19, 16, 59, tzinfo=UTC)) == "yesterday"
    assert formats.ago(date(2026, 11, 18)) == "2 days"


@time_machine.travel(datetime(2026, 11, 20, 3, tzinfo=UTC), tick=False)
def test_a_due_date_says_how_long_is_left_or_how_late_it_is(english: None) -> None:
    dues = [date(2026, 11, 25), date(2026, 11, 20), date(2026, 11, 19)]
    assert [formats.left(due) for due in dues] == ["5 days left", "due today", "1 day late"]


@pytest.mark.parametrize(("precision", "written"), [("day", "02/09/1948"), ("month", "9/1948"), ("year", "1948")])
def test_a_birth_date_shows_no_more_than_is_known(precision: str, written: str) -> None:
    assert formats.birth(date(1948, 9, 2), precision) == written


def test_numbers_of_people_keep_their_ends_and_hide_their_middle() -> None:
    assert formats.mask_id("020148000123") == "0201••••0123"
    assert formats.mask_account("8410205000123") == "8410••••0123"
    assert formats.mask_phone("0968000214") == formats.mask_phone("+84968000214") == "0968••••14"


@given(st.text("0123456789", min_size=1, max_size=25))
def test_a_masked_number_hides_four_characters_or_half_of_them(number: str) -> None:
    for mask in (formats.mask_id, formats.mask_account, formats.mask_phone):
        shown = len(mask(number).replace("•", ""))
        assert shown <= max(len(number) - 4, 0) or shown * 2 <= len(number)


def test_a_full_number_is_grouped_in_threes() -> None:
    assert formats.grouped("020148000123") == "020 148 000 123"


class Lamp(StrEnum):
    ON = "on"
    OFF = "off"


def test_a_state_is_shown_in_its_registered_words() -> None:
    formats.register_labels({Lamp: {Lamp.ON: "Sáng", Lamp.OFF: "Tắt"}})
    assert formats.label(Lamp.ON) == "Sáng"


def test_words_must_cover_every_state() -> None:
    with pytest.raises(LookupError, match="No label for Lamp: OFF"):
        formats.register_labels({Lamp: {Lamp.ON: "Sáng"}})


def test_templates_know_every_format(english: None) -> None:
    app = Flask(__name__)
    formats.init_app(app)
    template = app.jinja_env.from_string("{{ 1080000|money }} {{ 293|share(612) }} {{ born|birth('year') }}")
    expected = "1.080.000 đ 47,9 % 1948".replace(" đ", "\N{NO-BREAK SPACE}đ").replace(" %", "\N{NO-BREAK SPACE}%")
    assert template.render(born=date(1948, 1, 1)) == expected
