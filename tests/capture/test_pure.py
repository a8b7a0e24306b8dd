"""What the phone's memory and outbox reckon without a browser: waiting, ids, two tabs' drafts, receipts."""

import pytest

from tests.capture.bundling import in_node

CAP = 15 * 60_000
RECORD = {
    "id": "01a", "rev": 2, "commune": 3, "recipient": {"id": 5, "name": "Vẻ"}, "created_at": "a", "answers": {}, "read": {},
    "sealed": {"sha256": "m"},
    "files": [{"id": r, "sha256": r, "bytes": 1, "role": r, "position": p, "taken_at": "t", "kept": True, "warnings": [], "sent": True}
              for r, p in [("other", 0), ("signature", 0), ("paper", 1), ("id_back", 0), ("paper", 0), ("id_front", 0)]],
}  # fmt: skip
RECEIPT = {"rev": 2, "manifest": "m", "files": ["other", "signature", "paper", "id_back", "id_front"]}


def waits(random, count, asked=0):
    program = """
      import { createBackoff } from "./backoff.js";
      const backoff = createBackoff({ random: () => input.random });
      const first = Array.from({ length: input.count }, () => backoff.next(input.asked));
      backoff.reset();
      answer([first, backoff.next(input.asked)]);
    """
    return in_node(program, {"random": random, "count": count, "asked": asked})


def test_waiting_doubles_up_to_a_quarter_of_an_hour_and_begins_anew_after_success():
    longest, again = waits(0.999999, 3000)
    assert longest[:4] == [3999, 7999, 15999, 31999]
    assert max(longest) <= CAP and longest[-1] == CAP - 1
    assert again == 3999


def test_the_least_wait_is_a_second_so_that_nothing_spins():
    assert waits(0, 50) == [[1000] * 50, 1000]


@pytest.mark.parametrize(("asked", "least"), [(30_000, 30_000), (10**12, 3_600_000), (-5, 1000), (None, 1000)])
def test_what_the_server_asks_for_is_waited_for_but_never_more_than_an_hour(asked, least):
    assert waits(0, 2, asked) == [[least] * 2, least]


def test_ids_are_of_version_7_and_sort_by_time():
    program = """
      import { uuid7 } from "./uuid7.js";
      answer(input.map((now) => uuid7(now, (bytes) => bytes.fill(255))));
    """
    made = in_node(program, [0, 1, 1_700_000_000_000, 1_800_000_000_000, -7])
    assert made[2] == "018bcfe5-6800-7fff-bfff-ffffffffffff"
    assert made[:4] == sorted(made[:4]) and made[4] == made[0]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "result"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
        ({"a": {"x": 1}}, {"a": {"x": 2}}, {"a": {"x": 3}}, {"a": {"x": 2}}),
        ({"a": 1}, {}, {"a": 1, "c": 4}, {"c": 4}),
        (None, {"a": 1}, {"a": 2, "c": 4}, {"a": 1, "c": 4}),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, {"a": {"x": 3, "z": 4}}, {"a": {"x": 3, "z": 4, "y": 2}}),
        ({"a": {"x": 1, "y": [1]}}, {"a": {"y": [1, 2]}}, {"a": {"x": 1, "y": [3]}}, {"a": {"y": [1, 2]}}),
        ({}, {"a": {}}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": {"x": 1}}, {"a": {"x": 2}}, {}, {"a": {"x": 2}}),
    ],
)
def test_of_two_tabs_each_keeps_what_it_changed(base, mine, theirs, result):
    program = """
      import { merged } from "./merge.js";
      answer(merged(input.base || undefined, input.mine, input.theirs));
    """
    assert in_node(program, {"base": base, "mine": mine, "theirs": theirs}) == result


def test_photos_go_in_the_order_front_back_papers_signature_others():
    program = """
      import { inOrder } from "./manifest.js";
      answer(inOrder(input).map((file) => file.role + file.position));
    """
    assert in_node(program, RECORD["files"]) == ["id_front0", "id_back0", "paper0", "paper1", "signature0", "other0"]


def test_the_manifest_has_what_the_protocol_names_and_nothing_of_the_phone():
    program = """
      import { manifestOf } from "./manifest.js";
      answer(JSON.parse(manifestOf(input, { device: "d", app: "7", capturedAt: "b" })));
    """
    manifest = in_node(program, RECORD)
    assert list(manifest) == [
        "schema", "id", "rev", "device", "commune", "recipient", "created_at", "captured_at", "clock_offset", "answers",
        "read", "files", "app",
    ]  # fmt: skip
    assert (manifest["schema"], manifest["recipient"], manifest["clock_offset"]) == (3, 5, None)
    assert list(manifest["files"][0]) == ["sha256", "bytes", "role", "position", "taken_at", "kept", "warnings"]


@pytest.mark.parametrize(
    ("change", "whole"),
    [
        ({}, True),
        ({"rev": 1}, False),
        ({"manifest": "another"}, False),
        ({"files": ["signature", "paper", "id_back", "id_front"]}, False),
        ({"files": None}, False),
    ],
)
def test_only_a_receipt_that_names_the_text_and_every_photo_ends_a_case(change, whole):
    program = """
      import { covers } from "./manifest.js";
      answer([covers(input.receipt, input.record), covers(null, input.record), covers(input.receipt, { files: [] })]);
    """
    assert in_node(program, {"receipt": RECEIPT | change, "record": RECORD}) == [whole, False, False]


def test_a_name_in_the_list_of_sent_cases_is_masked():
    program = """
      import { maskedName } from "./sent.js";
      answer(input.map(maskedName));
    """
    assert in_node(program, ["Hoàng Thị Vẻ", "  Đào  Ẩn ", "Vẻ", "", None]) == ["H. T. Vẻ", "Đ. Ẩn", "Vẻ", "", ""]
