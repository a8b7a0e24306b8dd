"""The phone's memory: what it said it keeps it keeps, whatever happens to the tab, the database or the disk."""

import hashlib

import pytest

from tests.capture.phone import photo

MODULES = {"store": "store.js"}
LAST_DATABASE = """(() => {
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...asked) {
    window.databases = (window.databases || new Set()).add(this);
    if (window.failing) throw new DOMException("Connection to Indexed Database server lost", window.failing);
    return transaction.apply(this, asked);
  };
})()"""


@pytest.fixture
def memory(phone):
    made = phone(MODULES)
    made.context.add_init_script(LAST_DATABASE)
    made.open(outbox=False)
    return made


def bytes_of(memory, file_id):
    hexes = memory.tab.evaluate(
        "async id => Array.from(new Uint8Array(await store.photoBytes(id)), b => b.toString(16).padStart(2, '0')).join('')",
        file_id,
    )
    return bytes.fromhex(hexes)


def unchanged(memory, case):
    """Whether the record is there with every photo as it was given."""
    record = memory.case(case)
    kept = {(f["role"], f["position"]): bytes_of(memory, f["id"]) for f in record["files"]}
    return kept == memory.given[case] and record["answers"]["identity"]["full_name"] == "Hoàng Thị Vẻ"


def test_a_draft_and_its_photos_outlive_the_tab(memory):
    case = memory.capture(3, seal=False)
    memory.kill(outbox=False)
    assert unchanged(memory, case)
    assert memory.case(case)["state"] == "draft"


def test_nothing_on_the_disk_can_be_read_without_the_key(memory):
    memory.capture(2)
    dumped = memory.tab.evaluate("""async () => {
      const db = await new Promise((done) => { indexedDB.open("portal-field-7").onsuccess = (e) => done(e.target.result); });
      const texts = [];
      for (const name of db.objectStoreNames) {
        const rows = await new Promise((done) => { db.transaction(name).objectStore(name).getAll().onsuccess = (e) => done(e.target.result); });
        for (const row of rows) {
          if (row instanceof CryptoKey) texts.push(`extractable ${row.extractable}`);
          else texts.push(Object.keys(row).join() + new TextDecoder("latin1").decode(row.data));
        }
      }
      return texts.join("\\n");
    }""")
    assert "extractable false" in dumped
    assert (
        "full_name" not in dumped and "001099012345" not in dumped and photo((0, 0)).decode("latin1")[:16] not in dumped
    )


def test_a_row_put_in_the_place_of_another_is_not_taken_for_it(memory):
    """The id is part of what is sealed; the others are still shown."""
    first, second = memory.capture(1), memory.capture(1)
    memory.tab.evaluate(
        """async ([one, two]) => {
          const db = await new Promise((done) => { indexedDB.open("portal-field-7").onsuccess = (e) => done(e.target.result); });
          const cases = db.transaction("cases", "readwrite").objectStore("cases");
          await new Promise((done) => { cases.get(one).onsuccess = ({ target }) => {
            cases.put({ ...target.result, id: two }).onsuccess = done;
          }; });
          db.close();
        }""",
        [first, second],
    )
    shown = memory.cases()
    assert shown[second].get("broken") and not shown[first].get("broken")
    assert memory.code_of("store.case(argument)", second) == "broken"


def test_a_new_photo_of_a_role_takes_the_place_of_the_old_one(memory):
    case = memory.capture(2, seal=False)
    memory.tab.evaluate("id => store.addPhoto(id, { role: 'consent', blob: new Blob(['new']) })", case)
    record = memory.case(case)
    assert [f["role"] for f in record["files"]] == ["id_back", "consent"]
    assert bytes_of(memory, record["files"][1]["id"]) == b"new" and memory.photos_kept() == 2
    assert record["files"][1]["sha256"] == hashlib.sha256(b"new").hexdigest()


def test_a_photo_that_is_taken_ends_the_waiting_for_it(memory):
    case = memory.capture(0, seal=False)
    awaiting = """async ([id, role]) => {
      const draft = await store.case(id);
      await store.save(Object.assign(draft, { awaiting: "id_front", scroll: 120 }));
      await store.addPhoto(id, { role, blob: new Blob(["x"]) });
      return [(await store.case(id)).awaiting, (await store.case(id)).scroll];
    }"""
    assert memory.tab.evaluate(awaiting, [case, "id_back"]) == ["id_front", 120]
    assert memory.tab.evaluate(awaiting, [case, "id_front"]) == [None, 120]


def test_a_photo_that_is_removed_is_gone_from_the_disk(memory):
    case = memory.capture(2, seal=False)
    memory.tab.evaluate("async id => store.removePhoto(id, (await store.case(id)).files[0].id)", case)
    assert len(memory.case(case)["files"]) == memory.photos_kept() == 1


def test_what_is_sealed_cannot_be_changed(memory):
    case = memory.capture(1)
    before = memory.case(case)
    for attempt in (
        "store.case(argument).then((draft) => store.save({ ...draft, state: 'draft', answers: {} }))",
        "store.addPhoto(argument, { role: 'paper', blob: new Blob(['x']) })",
        "store.case(argument).then((draft) => store.removePhoto(argument, draft.files[0].id))",
        "store.seal(argument, { app: 'other' })",
        "store.reopen(argument)",
        "store.discard(argument)",
        "store.letGo(argument)",
    ):
        assert memory.code_of(attempt, case) == "sealed", attempt
    assert memory.case(case) == before and unchanged(memory, case)


def test_a_case_that_nobody_knows_is_gone(memory):
    for attempt in (
        "store.save({ id: 'x', answers: {} })",
        "store.discard('x')",
        "store.seal('x', {})",
        "store.photo('x')",
    ):
        assert memory.code_of(attempt) == "gone", attempt


def test_a_receipt_of_something_else_ends_nothing(memory):
    case = memory.capture(2)
    record = memory.case(case)
    files = [f["sha256"] for f in record["files"]]
    right = {"number": "BG-1", "rev": 1, "manifest": record["sealed"]["sha256"], "files": files, "received_at": "2026"}
    settle = "([id, receipt]) => store.settle(id, receipt)"
    for wrong in ({"rev": 2}, {"manifest": files[0]}, {"files": files[:1]}, {"files": None}):
        assert memory.tab.evaluate(settle, [case, right | wrong]) is False
    assert unchanged(memory, case)
    assert memory.tab.evaluate(settle, [case, right]) is True
    assert memory.cases() == {} and memory.photos_kept() == 0
    assert [(s["number"], s["name"], s["photos"]) for s in memory.tab.evaluate("() => store.sent()")] == [
        ("BG-1", "H. T. Vẻ", 2)
    ]


def test_the_list_of_received_cases_ends_after_thirty_days(memory):
    case = memory.capture(1)
    record = memory.case(case)
    receipt = {"number": "1", "rev": 1, "manifest": record["sealed"]["sha256"], "received_at": "2026"}
    memory.tab.evaluate("([id, r]) => store.settle(id, r)", [case, receipt | {"files": [record["files"][0]["sha256"]]}])
    later = "async (days) => { const n = Date.now; Date.now = () => n() + days * 864e5; const s = await store.sent(); Date.now = n; return s; }"
    assert len(memory.tab.evaluate(later, 29)) == 1
    assert memory.tab.evaluate(later, 31) == [] == memory.tab.evaluate("() => store.sent()")


def test_a_discarded_draft_is_remembered_without_what_it_said(memory):
    case = memory.capture(2, seal=False)
    memory.tab.evaluate("id => store.discard(id)", case)
    memory.kill(outbox=False)
    assert memory.cases() == {} and memory.photos_kept() == 0
    remembered = memory.tab.evaluate("() => store.discarded()")
    assert [set(r) for r in remembered] == [{"id", "rev", "created_at", "photos"}] and remembered[0]["photos"] == 2


def test_another_user_of_the_phone_sees_only_how_many_there_are(memory):
    memory.capture(1)
    memory.capture(1, seal=False)
    memory.kill(user=8, outbox=False)
    assert memory.cases() == {}
    others = memory.tab.evaluate("() => store.othersUnsent()")
    assert [set(o) for o in others] == [{"count", "oldest"}] and others[0]["count"] == 2
    assert memory.tab.evaluate("() => store.unsent()") == {"count": 0, "oldest": None, "ready": 0}
    memory.kill(user=7, outbox=False)
    assert memory.tab.evaluate("() => store.unsent()")["ready"] == 1
    assert memory.tab.evaluate("() => store.othersUnsent()") == []


def test_the_phone_keeps_its_id_over_users_and_tabs(memory):
    first = memory.tab.evaluate("() => store.deviceId")
    memory.kill(user=8, outbox=False)
    assert memory.tab.evaluate("() => store.deviceId") == first


@pytest.mark.parametrize(
    "hurt", ["databases.forEach((db) => db.close())", "failing = 'UnknownError'", "failing = 'InvalidStateError'"]
)
def test_a_database_that_the_browser_closed_is_opened_again(memory, hurt):
    case = memory.capture(1, seal=False)
    memory.tab.evaluate(hurt + "; setTimeout(() => { window.failing = null; }, 0);" if "failing" in hurt else hurt)
    memory.tab.evaluate(
        "async id => { const d = await store.case(id); d.answers.phone = { number: '09' }; await store.save(d); }", case
    )
    assert memory.case(case)["answers"]["phone"] == {"number": "09"} and unchanged(memory, case)


def test_a_database_that_stays_closed_is_said_so(memory):
    case = memory.capture(1, seal=False)
    draft = memory.case(case)
    memory.tab.evaluate("window.failing = 'UnknownError'")
    assert memory.code_of("store.save(argument)", draft) == "closed"
    memory.tab.evaluate("window.failing = null")
    assert unchanged(memory, case)


def test_a_newer_shape_of_the_database_shuts_no_older_page_out(memory):
    case = memory.capture(1, seal=False)
    memory.tab.evaluate("""() => new Promise((done, fail) => {
      const asked = indexedDB.open("portal-field-7", 5);
      asked.onupgradeneeded = () => asked.result.createObjectStore("later");
      asked.onblocked = fail;
      asked.onsuccess = () => { asked.result.close(); done(); };
    })""")
    assert unchanged(memory, case)
    memory.kill(outbox=False)
    assert unchanged(memory, case)


@pytest.fixture
def full_phone(phone):
    """A phone with room for 2 MB, and the way to make room on it. Chromium asks for the room only before it writes."""
    made = phone(MODULES)
    made.tab = made.context.new_page()
    session = made.context.new_cdp_session(made.tab)
    session.send("Storage.overrideQuotaForOrigin", {"origin": made.address, "quotaSize": 2_000_000})
    made.load(outbox=False)
    return made, lambda: session.send("Storage.overrideQuotaForOrigin", {"origin": made.address})


PAPER = """store.addPhoto(argument[0], { role: "paper", position: argument[1],
  blob: new Blob([crypto.getRandomValues(new Uint8Array(60_000)), new Uint8Array(340_000)]) })"""


def test_a_full_phone_says_so_keeps_what_it_had_and_goes_on_when_there_is_room(full_phone):
    memory, make_room = full_phone
    case = memory.capture(2, seal=False)
    codes = [memory.code_of(PAPER, [case, n]) for n in range(9)]
    assert codes[0] is None and codes[-1] == "full"
    kept = memory.case(case)["files"]
    assert len(kept) == 2 + codes.count(None) == memory.photos_kept()
    for file in kept:
        assert hashlib.sha256(bytes_of(memory, file["id"])).hexdigest() == file["sha256"]
    make_room()
    assert memory.code_of(PAPER, [case, 9]) is None


def test_a_full_phone_first_gives_up_what_the_server_has_anyway(full_phone):
    memory, make_room = full_phone
    case = memory.capture(1, seal=False)
    memory.tab.evaluate("() => store.savePeople({ people: 'x'.repeat(900_000) })")
    codes = [memory.code_of(PAPER, [case, n]) for n in range(9)]
    assert "full" in codes
    make_room()
    assert memory.tab.evaluate("() => store.people()") is None
    assert [f["role"] for f in memory.case(case)["files"]].count("paper") == codes.count(None)
    assert bytes_of(memory, next(f["id"] for f in memory.case(case)["files"] if f["role"] == "consent")) == photo(
        (0, 0)
    )


def test_people_and_received_cases_are_wiped_but_nothing_unsent(memory):
    case = memory.capture(2)
    memory.tab.evaluate("() => store.savePeople({ made_at: 'now' })")
    assert memory.tab.evaluate("() => store.people()") == {"made_at": "now"}
    memory.tab.evaluate("() => store.wipeReceived()")
    assert memory.tab.evaluate("() => store.people()") is None
    assert unchanged(memory, case)


def test_a_tab_killed_while_it_saves_leaves_a_whole_draft(memory):
    """At whatever instant the system kills it: the photo is there whole or not at all, never a name without bytes."""
    case = memory.capture(2, seal=False)
    big = photo("big", 400_000)
    for delay in (0, 1, 2, 4, 8, 12, 16, 24, 40):
        memory.tab.evaluate(
            """([id, size]) => {
              const bytes = new Uint8Array(size).fill(7);
              store.addPhoto(id, { role: "representative_front", blob: new Blob([bytes]) }).catch(() => {});
              store.case(id).then((draft) => store.save(Object.assign(draft, { step: "consent" }))).catch(() => {});
            }""",
            [case, len(big)],
        )
        memory.tab.wait_for_timeout(delay)
        memory.kill(outbox=False)
        record = memory.case(case)
        for file in record["files"]:
            content = bytes_of(memory, file["id"])
            assert hashlib.sha256(content).hexdigest() == file["sha256"] and len(content) == file["bytes"]
        assert {("consent", 0), ("id_back", 0)} <= {(f["role"], f["position"]) for f in record["files"]}
