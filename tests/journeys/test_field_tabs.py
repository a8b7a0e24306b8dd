"""One draft open in two tabs of a phone: what was typed in either of them is kept, and one case is sent."""

import pytest

from tests.chaos.clerks import arrived, closed, take_in
from tests.chaos.driver import until
from tests.chaos.plans import plan


def test_of_one_case_saved_in_two_tabs_at_once_one_is_sent(clerk, portal):
    wanted = plan(27, photos=1)
    take_in(clerk, wanted, until_step="check")
    held, first = closed(clerk), clerk.page
    second = clerk.tab(f"/enrolment/field/#/{held['id']}/check")
    until(lambda: second.locator("[data-actions]:visible").count())
    for page in (first, second):
        page.locator("[data-next]").evaluate("button => button.click()")
    for page in (first, second):
        until(lambda page=page: page.evaluate("location.hash") == f"#/{held['id']}")
        assert not page.locator(".notice.bad:visible").count()
    assert arrived(clerk, portal, wanted, held)
    until(lambda: "Đã nhận" in second.locator("[data-case]").inner_text())


def test_what_two_tabs_change_in_different_steps_is_all_kept(clerk, portal):
    wanted = plan(28, photos=0)
    take_in(clerk, wanted, until_step="method")
    case, first = clerk.where()[0], clerk.page
    clerk.page = second = clerk.tab(f"/enrolment/field/#/{case}/phone")
    until(lambda: clerk.shows("phone"))
    second.locator("[name=phone-number]").fill("0987654321")
    until(lambda: clerk.memory()["cases"][0]["answers"]["phone"]["number"] == "0987654321")
    second.close()
    clerk.page = first
    wanted.answers["phone"]["number"] = "0987654321"
    clerk.fill(wanted, ["method"])
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)


@pytest.mark.parametrize("step", ["identity", "phone", "method", "representative", "consent"])
def test_a_tab_that_shows_a_step_as_it_was_takes_over_what_the_other_one_typed(clerk, portal, step):
    wanted = plan(44, photos=0, way="cash_point", fast=False)
    take_in(clerk, wanted, until_step=step)
    stale = other_tab(clerk)
    take_in(clerk, wanted, until_step="check")
    before = answers_of(clerk)
    stale.bring_to_front()
    stale.locator("[data-next]").click()
    until(lambda: stale.evaluate("location.hash").split("/")[-1] != step)
    assert answers_of(clerk) == before
    stale.evaluate("step => location.hash = location.hash.replace(/[a-z]+$/, step)", step)
    until(lambda: stale.locator(f"section[data-step={step}]").is_visible())
    stale.locator("[data-next]").click()
    until(lambda: stale.evaluate("location.hash").split("/")[-1] != step)
    assert answers_of(clerk) == before
    stale.close()
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)


def test_what_two_tabs_change_in_one_step_is_all_kept(clerk, portal):
    wanted = plan(45, photos=0)
    take_in(clerk, wanted, until_step="phone")
    stale = other_tab(clerk)
    clerk.put("phone-number", "0987654321")
    until(lambda: answers_of(clerk)["phone"].get("number") == "0987654321")
    stale.bring_to_front()
    stale.locator("[name=phone-owner][value=relative]").check()
    until(lambda: answers_of(clerk)["phone"].get("owner") == "relative")
    assert answers_of(clerk)["phone"]["number"] == "0987654321"
    until(lambda: stale.locator("[name=phone-number]").input_value() == "0987654321")


def other_tab(clerk):
    """A second page on the step that the first one shows."""
    page = clerk.tab(clerk.page.url.removeprefix(clerk.origin))
    until(lambda: page.locator(f"section[data-step={clerk.where()[1]}]").is_visible())
    clerk.page.bring_to_front()  # a tab behind is slowed down
    return page


def answers_of(clerk):
    (case,) = clerk.memory()["cases"]
    return case["answers"]
