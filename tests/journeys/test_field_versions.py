"""Versions of a case: of older pages, kept beside, refused and mended, too large on the way."""

import base64
import json
from hashlib import sha256

import pytest
from sqlalchemy import select

from portal.db import db
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import CaseManifest, Verdict
from tests.chaos.checks import commune_of, wrong_with
from tests.chaos.clerks import arrived, button, closed, state_of, take_in
from tests.chaos.driver import until
from tests.chaos.plans import picture, plan

# as the page sends: its own fetch with a fresh token; manifest and photos (base64) of an older page
AS_OLDER = """async ({ text, photos }) => {
  const base = "/enrolment/intake/";
  const { csrf } = await (await fetch(`${base}hello?echo=1`, { headers: { Accept: "application/json" } })).json();
  const put = async (path, body, type) => {
    const headers = { Accept: "application/json", "X-CSRFToken": csrf, "Content-Type": type };
    const answer = await fetch(base + path, { method: "PUT", headers, body });
    return { status: answer.status, ...(await answer.json()) };
  };
  const { id } = JSON.parse(text);
  let last = await put(`cases/${id}`, text, "application/json");
  const first = last;
  for (const [sha256, content] of photos) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    last = await put(`cases/${id}/files/${sha256}`, bytes, "application/octet-stream");
  }
  return { first, last };
}"""


def test_cases_of_pages_that_are_one_and_two_versions_older_are_taken(clerk, portal):
    for schema in (1, 2):
        text, photos, told = as_older(clerk, portal, schema)
        answer = clerk.page.evaluate(AS_OLDER, {"text": text, "photos": photos})
        assert answer["first"]["status"] == 201 and answer["last"]["state"] == "received", answer
        assert sorted(answer["last"]["receipt"]["files"]) == sorted(sha for sha, _content in photos)
        assert not wrong_with(portal[0], *told)


def as_older(clerk, portal, schema):
    """(text, [(hash, photo as base64)], what was wanted and held) of the case of a page of that schema."""
    wanted = plan(34 + schema, photos=2)
    answers = {step: dict(fields) for step, fields in wanted.answers.items()}
    answers["consent"]["strokes"] = "[[[10,10],[200,90],[310,20]]]"
    files, photos = [], []
    for role, contents in [*wanted.photos.items(), ("signature", [picture(34, 99)])]:
        for position, content in enumerate(contents):
            digest = sha256(content).hexdigest()
            files.append({"sha256": digest, "bytes": len(content), "role": role, "position": position})
            photos.append((digest, base64.b64encode(content).decode()))
    told = {
        "schema": schema,
        "id": str(uuid7()),
        "rev": 1,
        "device": str(uuid7()),
        "commune": commune_of(portal[0]),
        "recipient": None,
        "created_at": "2026-11-20T08:00:00.000Z",
        "captured_at": "2026-11-20T08:10:00.000Z",
        "clock_offset": 0,
        "files": files,
        "app": "older",
    }
    if schema == 1:
        told["fields"] = {f"{step}-{name}": value for step, fields in answers.items() for name, value in fields.items()}
    else:
        told |= {"answers": answers, "read": {}}
    opened = [{"id": n, "sha256": file["sha256"], "bytes": file["bytes"]} for n, file in enumerate(files)]
    named = [file | {"id": n} for n, file in enumerate(files)]
    return (
        json.dumps(told),
        photos,
        (wanted, {"id": told["id"], "rev": 1, "answers": answers, "files": named, "held": opened}),
    )


def test_another_version_under_the_same_id_is_kept_beside_shown_and_let_go(clerk, portal):
    app, wanted = portal[0], plan(41, photos=1)
    take_in(clerk, wanted, until_step="check")
    held = closed(clerk)
    other = json.loads(as_older(clerk, portal, 2)[0]) | {"id": held["id"], "files": []}
    other["answers"]["identity"] = {"document": "none", "full_name": "Lý Văn Khác"}
    other["answers"]["representative"] = {"kind": "none"}
    first = clerk.page.evaluate(AS_OLDER, {"text": json.dumps(other), "photos": []})["first"]
    assert first["status"] == 201 and first["state"] == "received", first
    clerk.next()
    until(lambda: "Xã đã nhận một bản khác" in clerk.page.locator("[data-case]").inner_text(), 20)
    until(lambda: button(clerk, "Đã xem").count(), 20)
    differs = clerk.page.locator("[data-case] .compare").inner_text()
    assert "Lý Văn Khác" in differs and wanted.name in differs
    button(clerk, "Đã xem").click()
    until(lambda: not clerk.memory()["cases"] and not clerk.memory()["photos"])
    with app.app_context():
        versions = db.session.scalars(select(CaseManifest).order_by(CaseManifest.id)).all()
        assert [one.verdict for one in versions] == [Verdict.ACCEPTED, Verdict.BESIDE]
        assert json.loads(versions[1].body)["answers"] == held["answers"]
        db.session.remove()


def test_an_answer_that_the_commune_refuses_is_mended_at_its_field_and_sent_again(clerk, portal):
    faults, wanted = portal[2], plan(42, photos=0)
    problem = {"step": "phone", "field": "number", "message": "Số này không gọi được."}
    faults.refuse = {"portal": 1, "reason": "refused", "problems": [problem]}
    faults.plan("text", 422)
    take_in(clerk, wanted)
    until(lambda: "Số này không gọi được." in clerk.page.locator("[data-case]").inner_text())
    button(clerk, "Sửa hồ sơ").click()
    until(lambda: clerk.where()[1] == "phone")
    until(lambda: clerk.page.locator("[name=phone-number][aria-invalid=true]").count())
    wanted.answers["phone"]["number"] = "0912000111"
    held = take_in(clerk, wanted)
    assert held["rev"] == 2
    assert arrived(clerk, portal, wanted, held)


@pytest.mark.parametrize("step", ["text", "file"])
def test_what_a_proxy_finds_too_large_is_told_and_sent_again_as_it_is(clerk, portal, step):
    faults, wanted = portal[2], plan(43, photos=1)
    faults.plan(step, 413)
    held = take_in(clerk, wanted)
    until(lambda: state_of(clerk, held["id"]) == "attention")
    until(lambda: button(clerk, "Gửi lại").count())
    reasons = clerk.page.locator("[data-case] li").all_inner_texts()
    assert reasons and all(len(reason) > 20 for reason in reasons), reasons
    button(clerk, "Gửi lại").click()
    assert arrived(clerk, portal, wanted, held)
