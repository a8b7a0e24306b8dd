"""The sealed text of a case: what is read from it, and one sentence for each thing that is wrong with it."""

import json
import time
import tracemalloc
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.enrolment import ledger, manifest
from portal.enrolment.faults import ManifestRefused
from portal.enrolment.steps import Step
from tests.enrolment.sending import ANSWERS, DEVICE, file_of, manifest_of

KEY = uuid.UUID("01930b7e-5a10-7c3e-8a51-3f5e2b7d9c01")
PHOTO = file_of(b"a photo")


def told(**changed):
    body = json.loads(manifest_of([PHOTO], 1, id=str(KEY)))
    return body | changed


def read(told):
    return manifest.read(json.dumps(told).encode(), KEY)


def faults(body):
    with pytest.raises(ManifestRefused) as refused:
        manifest.read(body if isinstance(body, bytes) else json.dumps(body).encode(), KEY)
    return [type(problem).__name__ for problem in refused.value.problems]


def test_the_newest_schema_is_read_as_it_stands():
    found = read(told(read={"scan": "x|y", "vietqr": "0002", "id_front": "z", "later": "ignored"}, clock_offset=-12.6))
    assert (found.schema, found.id, found.rev, str(found.device)) == (3, KEY, 1, DEVICE)
    assert found.answers[Step.CONSENT]["purposes"] == ["pay", "keep_photo"]
    assert found.answers[Step.METHOD]["kind"] == ["cash_point"], "every field is a list of texts"
    assert found.read == {"scan": "x|y", "vietqr": "0002", "id_front": "z"}
    assert found.clock_offset == -13
    assert found.files[0].as_json() == PHOTO


def test_older_schemas_say_the_same_in_their_own_way():
    newest = read(told())
    second = read(told(schema=2, files=[{k: PHOTO[k] for k in ("sha256", "bytes", "role", "position")}]))
    fields = {f"{step}-{name}": value for step, values in ANSWERS.items() for name, value in values.items()}
    first = {name: value for name, value in told(schema=1, fields=fields).items() if name not in ("answers", "read")}
    first["files"] = [{k: PHOTO[k] for k in ("sha256", "bytes", "role", "position")}]
    assert second.answers == newest.answers == read(first).answers
    unjudged = [replace(file, warnings=None) for file in newest.files]
    assert second.files == unjudged == read(first).files
    assert (second.schema, read(first).schema) == (2, 1)


def test_upgrading_changes_nothing_of_what_came():
    before = told(schema=1, fields={"identity-full_name": "A"})
    kept = json.dumps(before)
    manifest.from_2_to_3(manifest.from_1_to_2(before))
    assert json.dumps(before) == kept


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"schema": 4}, "SchemaTooNew"),
        ({"schema": 0}, "SchemaTooOld"),
        ({"schema": "3"}, "PartWrong"),
        ({"schema": True}, "PartWrong"),
        ({"id": "01930b7e-5a10-7c3e-8a51-3f5e2b7d9c02"}, "AnotherId"),
        ({"id": "not a uuid"}, "PartWrong"),
        ({"id": str(KEY).upper()}, "PartWrong"),
        ({"rev": 0}, "PartWrong"),
        ({"rev": True}, "PartWrong"),
        ({"rev": 1.5}, "PartWrong"),
        ({"device": None}, "PartWrong"),
        ({"commune": "1"}, "PartWrong"),
        ({"commune": 10**30}, "PartWrong"),
        ({"recipient": -1}, "PartWrong"),
        ({"captured_at": "2026-11-22T08:00:00"}, "PartWrong"),
        ({"captured_at": "0001-01-01T00:00:00+14:00"}, "PartWrong"),
        ({"captured_at": 1}, "PartWrong"),
        ({"clock_offset": 1e300}, "PartWrong"),
        ({"clock_offset": "5"}, "PartWrong"),
        ({"answers": None}, "PartWrong"),
        ({"answers": {"identity": {"full_name": 5}}}, "PartWrong"),
        ({"answers": {"identity": {"full_name": {"a": "b"}}}}, "PartWrong"),
        ({"answers": {"identity": ["full_name"]}}, "PartWrong"),
        ({"answers": {"payment": {}}}, "StepUnknown"),
        ({"answers": {"identity": {f"f{n}": "" for n in range(201)}}}, "PartWrong"),
        ({"read": {"scan": "x" * 4001}}, "PartWrong"),
        ({"read": {"scan": 1}}, "PartWrong"),
        ({"files": {}}, "PartWrong"),
        ({"files": [[]]}, "PartWrong"),
        ({"files": [PHOTO | {"role": "selfie"}]}, "RoleUnknown"),
        ({"files": [PHOTO | {"role": ["id_front"]}]}, "PartWrong"),
        ({"files": [PHOTO | {"sha256": PHOTO["sha256"].upper()}]}, "PartWrong"),
        ({"files": [PHOTO | {"bytes": 0}]}, "PartWrong"),
        ({"files": [PHOTO | {"bytes": 16 * 1024 * 1024}]}, "PartWrong"),
        ({"files": [PHOTO | {"position": -1}]}, "PartWrong"),
        ({"files": [PHOTO | {"kept": "yes"}]}, "PartWrong"),
        ({"files": [PHOTO | {"taken_at": "yesterday"}]}, "PartWrong"),
        ({"files": [PHOTO, PHOTO]}, "PlaceTaken"),
        ({"files": [PHOTO, PHOTO | {"bytes": 8, "role": "id_back"}]}, "SizesDisagree"),
        ({"files": [PHOTO | {"role": "paper", "position": n} for n in range(50)] * 2}, "PhotosTooMany"),
        ({"app": "x" * 101}, "PartWrong"),
        ({"app": "a\0b"}, "TextNotReadable"),
        ({"app": "\ud800"}, "TextNotReadable"),
        ({"answers": {"phone": {"a\0": "b"}}}, "TextNotReadable"),
    ],
)
def test_each_fault_has_its_own_sentence(changed, fault):
    assert faults(told(**changed)) == [fault]


def test_all_faults_are_told_at_once():
    assert faults(told(rev=0, app=None, files=[PHOTO | {"role": "selfie"}])) == [
        "PartWrong",
        "RoleUnknown",
        "PartWrong",
    ]


def test_one_sheet_may_be_two_photos_but_one_place_holds_one():
    files = [PHOTO | {"role": "paper"}, PHOTO | {"role": "consent"}]
    assert len(read(told(files=files)).files) == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"<html>", b'{"a": NaN}', b'{"rev": 1, "rev": 2}', b"9" * 5000,
     b'{"schema": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_what_is_no_case_is_told_so(body):
    assert faults(body) == ["NotACase"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"a":' * 80_000 + b"1" + b"}" * 80_000,
        json.dumps({"a": ["x"] * 100_000}).encode(),
        json.dumps({f"k{n}": n for n in range(30_000)}).encode(),
        b'{"answers": {"identity": {"full_name": "' + b"a" * 500_000 + b'"}}}',
    ],
)
def test_hostile_texts_cost_little_time_and_memory(body):
    assert len(body) < 650_000
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(ManifestRefused):
        manifest.read(body, KEY)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - started < 2
    assert peak < 40_000_000


def test_nesting_has_an_end():
    deep = "x"
    for _ in range(20):
        deep = [deep]
    assert faults(told(app=deep)) == ["TooDeep"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(part=st.sampled_from(sorted(told())), value=JSON)
def test_whatever_stands_in_a_part_is_read_or_refused(part, value):
    body = json.dumps(told(**{part: value})).encode()
    try:
        found = manifest.read(body, KEY)
    except ManifestRefused as refused:
        assert refused.problems
    else:
        assert found.id == KEY and all(isinstance(step, Step) for step in found.answers)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_words(body):
    for reader in (lambda: manifest.read(body, KEY), lambda: ledger.read(body)):
        with pytest.raises(ManifestRefused):
            reader()


@given(part=st.sampled_from(["device", "label", "app", "keeps", "cases"]), value=JSON)
def test_whatever_a_phone_reports_is_read_or_refused(part, value):
    one = {
        "id": str(KEY),
        "rev": 1,
        "state": "draft",
        "created_at": "2026-11-22T08:00:00Z",
        "ready_at": None,
        "photos": 0,
    }
    report = {"device": DEVICE, "label": "Android", "app": "1", "keeps": {"safe": True, "why": ""}, "cases": [one]}
    assert ledger.read(json.dumps(report).encode()).cases[0].id == KEY
    try:
        ledger.read(json.dumps(report | {part: value}).encode())
    except ManifestRefused as refused:
        assert refused.problems
