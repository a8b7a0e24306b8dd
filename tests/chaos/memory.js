// What a phone remembers, opened with the phone's own key: cases, hashes of the photos' bytes, what is left in the lists.
// null while a database that belongs to it cannot be seen: what was not looked into is not empty.
async () => {
  const ask = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const hex = (digest) => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const seen = [];
  const found = { cases: [], photos: [], sent: 0, discarded: 0, users: [], device: null };
  for (const { name } of await indexedDB.databases()) {
    const db = await ask(indexedDB.open(name));
    const read = (store) => ask(db.transaction(store).objectStore(store).getAll());
    try {
      if (name === "portal-field" && db.objectStoreNames.contains("users")) {
        found.users = await read("users");
        found.device = (await ask(db.transaction("kept").objectStore("kept").get("device"))) ?? null;
      }
      if (!/^portal-field-\d+$/.test(name) || !db.objectStoreNames.contains("cases")) continue;
      const user = Number(name.split("-")[2]);
      seen.push(user);
      const key = await ask(db.transaction("keys").objectStore("keys").get("main"));
      const open = ({ iv, data }, id) =>
        crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) }, key, data);
      for (const row of await read("cases")) {
        const record = JSON.parse(new TextDecoder().decode(await open(row, `case:${row.id}`)));
        found.cases.push({ user, ...record, id: row.id, state: row.state });
      }
      for (const row of await read("photos")) {
        const bytes = await open(row, `photo:${row.id}`);
        const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
        found.photos.push({ user, id: row.id, case: row.case, bytes: bytes.byteLength, sha256 });
      }
      found.sent += (await read("sent")).length;
      found.discarded += (await read("discarded")).length;
    } finally {
      db.close();
    }
  }
  return found.device && found.users.every(({ userId }) => seen.includes(userId)) ? found : null;
}
