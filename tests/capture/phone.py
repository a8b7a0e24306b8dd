"""A phone: one browser whose memory outlives its tabs. Console errors are complaints, but for those of the network."""

import base64
import hashlib
import time

OPEN_STORE = """async (user) => { window.store = await portal.store.openStore(user); }"""
OPEN_OUTBOX = """() => {
  window.outbox = portal.outbox.createOutbox({
    store, words: { problem_photo_lost: "Chụp lại ảnh", problem_other: "Gọi hỗ trợ" }, about: () => ({ app: "t", label: "test", keeps: { safe: true, why: "ok" } }),
  });
}"""
CAPTURE = """async ({ name, photos }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const draft = await store.newCase({ commune: 3, recipient: { id: 5, name } });
  draft.answers.identity = { full_name: name, citizen_id: "001099012345" };
  await store.save(draft);
  for (const [role, position, content] of photos) {
    await store.addPhoto(draft.id, { role, position, blob: new Blob([bytes(content)], { type: "image/jpeg" }) });
  }
  return draft.id;
}"""
ROLES = [("consent", 0), ("id_back", 0), ("id_front", 0), ("paper", 1), ("paper", 0)]


def photo(seed, size=20_000):
    """Bytes that are no one else's; to the phone's memory a photo is only bytes."""
    block = hashlib.sha256(str(seed).encode()).digest()
    return block * (size // len(block) + 1)


class Phone:
    """`tab` is the one last opened; `given` remembers which bytes each case was given."""

    def __init__(self, chromium, address):
        self.address, self.complaints, self.given = address, [], {}
        self.context = chromium.new_context(locale="vi-VN", base_url=address)
        self.tab = None

    def open(self, user=7, outbox=True):
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(20_000)
        self.tab.on("console", self._heard)
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        return self.load(user, outbox)

    def load(self, user=7, outbox=True):
        """Load the page in the open tab, again if it is there."""
        self.tab.goto("/test/")
        until(lambda: self.tab.evaluate("Boolean(window.portal)"))
        if user:
            self.tab.evaluate(OPEN_STORE, user)
        if user and outbox:
            self.tab.evaluate(OPEN_OUTBOX)
        return self.tab

    def kill(self, **options):
        """The system kills the tab; the clerk opens the page again."""
        self.tab.close()
        return self.open(**options)

    def capture(self, count=2, name="Hoàng Thị Vẻ", seal=True):
        """A case with so many photos, in an order that is not the order of sending."""
        seed = len(self.given)
        photos = [(*ROLES[n], photo((seed, n))) for n in range(count)]
        sent = [(role, place, base64.b64encode(content).decode()) for role, place, content in photos]
        case = self.tab.evaluate(CAPTURE, {"name": name, "photos": sent})
        self.given[case] = {(role, place): content for role, place, content in photos}
        if seal:
            self.seal(case)
        return case

    def seal(self, case):
        return self.tab.evaluate("id => store.seal(id, { app: 't' })", case)

    def send(self):
        """Press "send now" and wait for the end of the round; the state of the outbox."""
        return self.tab.evaluate("async () => { await outbox.sendNow(); return outbox.state; }")

    def cases(self):
        return {record["id"]: record for record in self.tab.evaluate("() => store.cases()")}

    def case(self, case):
        return self.tab.evaluate("id => store.case(id)", case)

    def photos_kept(self):
        """How many photos the memory holds, of whatever case."""
        return self.tab.evaluate("""() => new Promise((resolve) => {
          indexedDB.open(`portal-field-${store.userId}`).onsuccess = ({ target: { result: db } }) => {
            db.transaction("photos").objectStore("photos").count().onsuccess = ({ target }) => {
              db.close();
              resolve(target.result);
            };
          };
        })""")

    def code_of(self, expression, argument=None):
        """The code of the error that the expression ends in, or null."""
        body = f"argument => ({expression}).then(() => null, (error) => error.code || error.name)"
        return self.tab.evaluate(body, argument)

    def close(self):
        self.context.close()
        return self.complaints

    def _heard(self, message):
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


def until(what, seconds=15):
    """Wait until `what()` is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)
