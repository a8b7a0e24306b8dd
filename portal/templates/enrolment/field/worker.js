// Opens the capture without a network. Touches nothing but GET, keeps no page that names a person.
"use strict";
const CACHE = {{ ('capture-' ~ version)|tojson }};
const SHELL = {{ shell|tojson }};
const PARTS = {{ parts|tojson }};
const LATER = {{ later|tojson }};

// All or nothing: an install that fails leaves the version before it in its place. Without cookies the page is nobody's.
self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([...PARTS, SHELL].map((url) => new Request(url, { credentials: "omit", cache: url === SHELL ? "no-cache" : "default" })));
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("capture-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

// The page says when no draft is open ("take-over"), and when the rest (scanner, rescue) may be fetched for days without a network.
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
  if (event.data === "later") event.waitUntil(caches.open(CACHE).then((cache) => Promise.all(LATER.map(async (url) => {
    if (!(await cache.match(url))) await cache.add(new Request(url, { credentials: "omit" }));
  }))));
});

async function kept(request, url) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(url.pathname === SHELL ? SHELL : request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && LATER.includes(url.pathname + url.search)) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const address = url.pathname + url.search;
  if (request.mode === "navigate") {
    if (address === SHELL) event.respondWith(kept(request, url));
    else event.respondWith(fetch(request).catch(() => Response.redirect(SHELL, 302)));
  } else if (PARTS.includes(address) || LATER.includes(address)) event.respondWith(kept(request, url));
});
