// A database of the browser: opened when needed, again when it was closed under us, and never waited for without end.

const PATIENCE = 20_000; // ms; WebKit is known to leave requests without any answer
const REOPEN = ["InvalidStateError", "UnknownError", "AbortError", "TimeoutError"];
const NEARLY_NOTHING = 2_000_000;

/** What keeps a record from being kept: code "full" | "closed" | "sealed" | "gone" | "broken". */
export class StoreError extends Error {
  constructor(code, cause) {
    super(cause ? `${code}: ${cause.name} ${cause.message}` : code);
    this.name = "StoreError";
    this.code = code;
  }
}

/** The result of a request inside a transaction. */
export function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {(db: IDBDatabase, before: number) => void} upgrade adds what versions after `before` brought; it never removes
 * @returns {{read(stores, work), write(stores, work), close()}} `work(tx)` may wait for `ask` alone;
 *   a promise of its result, kept only after the transaction is complete; throws StoreError
 */
export function openDatabase(name, version, upgrade) {
  let opened = null;

  function forget() {
    const old = opened;
    opened = null;
    if (old) old.then((db) => db.close(), () => {});
  }

  function connect(wanted) {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, wanted);
      request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const db = request.result;
        db.onclose = db.onversionchange = () => {
          db.close();
          opened = null;
        };
        resolve(db);
      };
    });
  }

  function open() {
    // a newer application only added to it
    opened = opened || connect(version).catch((error) => (error.name === "VersionError" ? connect() : Promise.reject(error)));
    return opened;
  }

  async function run(stores, mode, work) {
    for (let again = true; ; again = false) {
      try {
        return await within(open().then((db) => transact(db, stores, mode, work)));
      } catch (error) {
        if (error instanceof StoreError) throw error;
        forget();
        if (!again || !REOPEN.includes(error.name)) throw await named(error);
      }
    }
  }

  // a phone that slept may have lost the connection without being told
  if (globalThis.document) document.addEventListener("visibilitychange", () => document.hidden || forget());
  return {
    read: (stores, work) => run(stores, "readonly", work),
    write: (stores, work) => run(stores, "readwrite", work),
    close: forget,
  };
}

function transact(db, stores, mode, work) {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(stores, mode, { durability: "strict" });
    let result, failure;
    tx.oncomplete = () => (failure ? reject(failure) : resolve(result));
    tx.onabort = () => reject(own(failure) || tx.error || failure || new DOMException("", "AbortError"));
    work(tx).then(
      (value) => {
        result = value;
      },
      (error) => {
        failure = error;
        try {
          tx.abort();
        } catch {
          // it has ended already and tells so itself
        }
      },
    );
  });
}

function within(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("no answer", "TimeoutError")), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function named(error) {
  if (error.name === "QuotaExceededError") return new StoreError("full", error);
  const { quota = Infinity, usage = 0 } = (await globalThis.navigator?.storage?.estimate?.().catch(() => null)) || {};
  return new StoreError(quota - usage < NEARLY_NOTHING ? "full" : "closed", error);
}

function own(failure) {
  return failure instanceof StoreError ? failure : null;
}
