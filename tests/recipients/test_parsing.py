"""Every field of every row of the sample lists is read as it was meant; what is doubtful is said."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portal.recipients.labels import ROSTER_PROBLEMS
from portal.recipients.parsing import NoListFound, Roster, RosterRow, read_roster, to_json

ROSTERS = Path(__file__).parents[1] / "fixtures" / "rosters"
TRUTH = json.loads((ROSTERS / "truth.json").read_text(encoding="utf-8"))
NOVEMBER, DECEMBER = "roster-btxh-2026-11.xlsx", "roster-btxh-2026-12.xlsx"
MERIT, PENSION = "roster-ncc-2026-11.xls", "roster-huutri-2026-11.csv"
MONEY_NAMES = {"monthly": "amount"}


@cache
def roster(name: str) -> Roster:
    return read_roster(ROSTERS / name, name)


def found(name: str, code: str) -> RosterRow:
    return next(row for row in roster(name).rows if row.code == code)


def codes(row: RosterRow) -> set[str]:
    return {problem.code for problem in row.problems}


def value(row: RosterRow, field: str) -> Any:
    if field == "birth":
        length = {"day": 10, "month": 7, "year": 4, None: 0}[row.birth_precision]
        return row.birth_date.isoformat()[:length] if row.birth_date else None
    return getattr(row, field)


@pytest.mark.parametrize("name", TRUTH["lists"])
def test_every_field_of_every_row_agrees_with_the_truth(name: str) -> None:
    expected = [dict(zip(TRUTH["fields"], row, strict=True)) for row in TRUTH["lists"][name]["rows"]]
    read = roster(name).rows
    assert [row.row for row in read] == [row["row"] for row in expected]
    differences = []
    for row, truth in zip(read, expected, strict=True):
        for field, wanted in truth.items():
            got = value(row, field)
            if field in ("full_name", "representative_name") and got and wanted:
                got, wanted = got.casefold(), wanted.casefold()
            if got != wanted:
                differences.append((row.cell, field, got, wanted))
    assert differences == []


@pytest.mark.parametrize("name", TRUTH["lists"])
def test_totals_of_the_file_are_recomputed(name: str) -> None:
    totals = {MONEY_NAMES.get(field, field): value for field, value in TRUTH["lists"][name]["totals"].items()}
    assert roster(name).totals.computed == totals
    stated = roster(name).totals.stated
    assert stated == {field: totals[field] for field in stated}
    assert {"amount", "total"} <= set(stated)


@pytest.mark.parametrize("name", [NOVEMBER, DECEMBER, MERIT])
def test_subtotals_of_the_villages_are_recomputed(name: str) -> None:
    groups = {group.label: group.totals.computed for group in roster(name).groups}
    expected = TRUTH["lists"][name]["subtotals"]
    assert {label: [sums["count"], sums["total"]] for label, sums in groups.items()} == expected


def test_wrong_subtotal_is_told_with_both_figures_and_its_cell() -> None:
    wrong = [problem for problem in roster(NOVEMBER).problems if problem.code == "subtotal_mismatch"]
    assert [(problem.cell, dict(problem.detail)) for problem in wrong] == [
        ("M65", {"label": "Khối phố 2", "stated": 25_630_000, "computed": 25_900_000})
    ]


def test_received_value_stays_beside_the_repaired_one_and_the_repair_is_a_guess() -> None:
    row = found(NOVEMBER, "BG00197")
    assert row.raw["citizen_id"] == 20077977215
    assert row.raw["village"] == "K.phố 1"
    assert row.citizen_id == "020077977215"
    assert row.guesses == {"citizen_id"}
    assert codes(row) == {"id_zero_restored"}


def test_number_with_a_digit_missing_is_not_padded_into_somebody_elses() -> None:
    row = found(NOVEMBER, "BG00726")
    assert row.citizen_id is None
    problem = next(problem for problem in row.problems if problem.code == "id_wrong_length")
    assert (problem.cell, problem.severity, problem.detail["digits"]) == ("F350", "error", 11)


def test_identity_number_that_contradicts_the_sex_is_kept_with_a_warning() -> None:
    row = found(NOVEMBER, "BG00182")
    assert row.citizen_id is not None
    assert [(p.code, p.severity) for p in row.problems if p.field == "citizen_id"] == [("id_sex_differs", "warning")]


@pytest.mark.parametrize(
    ("pair", "code", "severity"),
    [(("BG00313", "BG01018"), "two_rates", "warning"), (("BG00315", "BG01019"), "two_rates_allowed", "info")],
)
def test_two_benefits_of_one_person_are_told_apart_by_the_law(pair: tuple[str, str], code: str, severity: str) -> None:
    first, second = (found(NOVEMBER, each) for each in pair)
    for row, other in ((first, second), (second, first)):
        problem = next(problem for problem in row.problems if problem.code == code)
        assert (problem.severity, problem.detail["others"]) == (severity, f"F{other.row}")
        assert {first.category, second.category} == set(problem.detail["categories"].split("; "))
        assert "duplicate_id" not in codes(row)


def test_who_receives_for_many_is_pointed_out() -> None:
    rows = [row for row in roster(NOVEMBER).rows if "one_representative" in codes(row)]
    told = {
        (p.detail["name"], p.detail["people"]) for row in rows for p in row.problems if p.code == "one_representative"
    }
    assert ("Lương Thị Vân", 5) in told
    assert {row.code for row in rows} >= {"BG00003", "BG00295", "BG00691", "BG00774", "BG00978"}


def test_namesakes_of_one_year_and_village_are_pointed_out() -> None:
    assert "same_name_and_birth" in codes(found(NOVEMBER, "BG00309")) & codes(found(NOVEMBER, "BG01017"))


def test_hidden_column_is_read_and_said() -> None:
    assert "decision_no" in roster(NOVEMBER).columns
    assert [problem.detail for problem in roster(NOVEMBER).problems if problem.code == "hidden_columns"] == [
        {"columns": "I"}
    ]


def test_text_of_an_old_font_is_a_guess_until_someone_confirms_it() -> None:
    row = roster(MERIT).rows[0]
    assert (row.full_name, row.raw["full_name"]) == ("Bàn Văn Chài", "Bµn V¨n Chµi")
    assert "full_name" in row.guesses
    assert "legacy_encoding" in {problem.code for problem in roster(MERIT).problems}


def test_account_that_excel_destroyed_is_left_out_and_said() -> None:
    rows = [row for row in roster(PENSION).rows if "account_scientific" in codes(row)]
    assert len(rows) == 3
    assert all(row.account_number is None and "E+" in str(row.raw["account_number"]) for row in rows)


def test_headings_signatures_and_notes_are_no_people_and_are_kept() -> None:
    read = roster(NOVEMBER)
    assert read.sheet == "DS chi tra T11-2026"
    assert read.header_rows == (8, 9)
    assert any(text.startswith("Bằng chữ") for _, text in read.notes)
    assert any(cell == "A706" for cell, _ in read.notes)
    assert read.columns["birth_male"] == "Ngày, tháng, năm sinh / Nam"


def test_next_month_has_the_same_shape_and_another_list_has_not() -> None:
    assert roster(NOVEMBER).fingerprint == roster(DECEMBER).fingerprint
    assert len({roster(name).fingerprint for name in TRUTH["lists"]}) == 3


def test_list_as_json_holds_plain_values() -> None:
    told = json.loads(json.dumps(to_json(roster(NOVEMBER)), ensure_ascii=False))
    assert {"sheet", "header_rows", "columns", "rows", "totals"} <= set(told)
    assert told["totals"]["computed"]["count"] == len(told["rows"]) == 635
    first = told["rows"][0]
    assert (first["full_name"], first["birth_date"], first["cell"]) == ("Hứa Minh Bảo", "1999-02-21", "A12")
    assert first["problems"] == []


def test_every_problem_has_its_sentence() -> None:
    for name in TRUTH["lists"]:
        read = roster(name)
        for problem in (*read.problems, *(each for row in read.rows for each in row.problems)):
            assert str(ROSTER_PROBLEMS[problem.code]) % problem.detail


def test_file_without_a_list_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NoListFound, match=r"a\.csv"):
        read_roster(path, "a.csv")
