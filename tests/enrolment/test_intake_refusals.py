"""What phones, or others, send that is no photo and no case: refused in words, nothing stored."""

import io
import json

import pytest
from PIL import Image

from portal.documents import reading as photo_reading
from tests.enrolment.sending import ANSWERS, again, id_of, sha, small, stored

# what is no photo, or not the photo that was announced


def bomb():
    """200 million pixels in few bytes."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("photo", "code", "words"),
    [
        (b"", "empty", "không có nội dung"),
        (b"<html><script>alert(1)</script></html>", "not_a_photo", "không phải là ảnh"),
        (b"\xff\xd8\xff\xe0" + b"JFIF" * 50, "broken", "bị hỏng"),
        (bomb(), "too_many_pixels", "quá nhiều điểm ảnh"),
    ],
    ids=["empty", "html", "broken", "bomb"],
)
def test_what_is_no_photo_is_refused_in_a_sentence_and_nothing_is_stored(app, commune, phone, photo, code, words):
    body, _photos = small(commune)
    answer = phone.send_photo(id_of(body), photo)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert words in answer.json["message"], answer.json
    assert stored(app) == [0, 0, 0]


def test_changed_and_cut_off_bytes_are_not_opened(app, commune, phone, monkeypatch):
    body, photos = small(commune)
    phone.send(body)
    monkeypatch.setattr(photo_reading, "inspect", lambda *a, **k: pytest.fail("it was opened"))
    answer = phone.send_photo(id_of(body), photos[0][:-7], sha(photos[0]))
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_length")
    changed = photos[0][:-1] + bytes([photos[0][-1] ^ 1])
    answer = phone.send_photo(id_of(body), changed, sha(photos[0]))
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_hash")
    assert "tự gửi lại" in answer.json["message"]
    assert stored(app) == [1, 1, 0]


def test_a_connection_that_ends_early_is_told_as_incomplete(app, commune, phone):
    body, photos = small(commune)
    environ = {"CONTENT_LENGTH": str(len(photos[0]) + 100)}
    answer = phone.put(f"cases/{id_of(body)}/files/{sha(photos[0])}", photos[0], environ_overrides=environ)
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_length")


class NeverRead(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, _buffer):
        raise AssertionError("the body was read")


@pytest.mark.parametrize("size", [16 * 1024 * 1024, 100 * 1024 * 1024])
def test_what_is_too_large_is_refused_unread(app, commune, phone, size):
    body, _photos = small(commune)
    environ = {"CONTENT_LENGTH": str(size), "wsgi.input": NeverRead()}
    for path in (f"cases/{id_of(body)}", f"cases/{id_of(body)}/files/{'0' * 64}"):
        answer = phone._open("PUT", path, environ_overrides=environ)
        assert (answer.status_code, answer.json["reason"]) == (413, "too_large")
    assert stored(app) == [0, 0, 0]


def test_a_case_of_more_than_half_a_megabyte_is_refused(commune, phone):
    body, _photos = small(commune, app="x")
    assert phone.put(f"cases/{id_of(body)}", body + b" " * 600_000).status_code == 413
    assert phone.send(body + b" " * 1000).status_code == 201


def test_what_is_no_case_is_refused_with_its_problems(app, commune, phone):
    body, _photos = small(commune)
    for sent in (b"", b"{", b"[]", again(body, schema=4), again(body, rev=0)):
        answer = phone.send(sent, id_of(body))
        assert answer.status_code == 422 and answer.json["reason"] == "refused"
        (problem,) = answer.json["problems"]
        assert problem["step"] is None and problem["message"].endswith("."), problem
    assert phone.send(again(body, id=str(id_of(small(commune)[0]))), id_of(body)).status_code == 422
    assert stored(app) == [0, 0, 0]


def test_answers_that_no_case_may_hold_name_their_step_and_field(app, commune, phone):
    answers = {
        "phone": {"owner": "recipient", "number": "12"},
        "method": {"kind": "bank_account", "own-bin": "970405", "own-number": "123456789", "own-again": "123456780",
                   "own-holder": "BE VAN DOAN"},
        "consent": {"purposes": ["keep_photo"], "strokes": ""},
    }  # fmt: skip
    body, _photos = small(commune, answers=answers)
    answer = phone.send(body)
    assert answer.status_code == 422
    places = {(problem["step"], problem["field"]) for problem in answer.json["problems"]}
    assert places == {("phone", "number"), ("method", "own-again"), ("consent", "purposes"), ("consent", "strokes")}
    assert stored(app) == [0, 0, 0]


def test_missing_steps_and_photos_are_told_before_anything_is_stored(app, commune, phone):
    told = json.loads(small(commune)[0])
    del told["answers"]["phone"]
    told["files"] = told["files"][:1]
    problems = phone.send(json.dumps(told)).json["problems"]
    assert [(problem["step"], problem["field"]) for problem in problems] == [("identity", None), ("phone", None)]
    assert problems[0]["message"] == "Thiếu ảnh mặt sau" and "Điện thoại" in problems[1]["message"]
    assert stored(app) == [0, 0, 0]


@pytest.mark.parametrize("junk", ["\u202e" * 40, "x" * 5000, "../../etc", "9" * 400, "[[1,2]", "-1", "٣"])
def test_no_answer_however_strange_is_a_fault(commune, phone, junk):
    for step, fields in ANSWERS.items():
        for field in fields:
            body, _photos = small(commune, answers={step: fields | {field: junk}})
            assert phone.send(body).status_code in (201, 422), (step, field)
    every = {
        step: {name: [junk, junk] for name in (*fields, "point", "reason", "own-bin", "kind")}
        for step, fields in ANSWERS.items()
    }
    assert phone.send(small(commune, answers=every)[0]).status_code in (201, 422)
    point = {"kind": "cash_point", "point": junk}
    assert phone.send(small(commune, answers={"method": point})[0]).status_code in (201, 422)
