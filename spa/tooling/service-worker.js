// Opens the page without a network, and takes photos that other programs share with it. The build
// puts FILES, the page's own files, and VERSION, which changes with them, in front of this.
/* global FILES, VERSION, clients, skipWaiting */

const PAGE = `spotter-page-${VERSION}`;
const SHARED = "spotter-shared";

addEventListener("install", (event) => {
  event.waitUntil(keepPage());
});

addEventListener("activate", (event) => {
  event.waitUntil(dropOlder());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/share") event.respondWith(takeShared(request));
  if (request.method !== "GET") return;
  if (pathname.startsWith("/assets/")) event.respondWith(readKept(request));
  else event.respondWith(readFresh(request, pathname));
});

async function keepPage() {
  const cache = await caches.open(PAGE);
  await cache.addAll(FILES);
  await skipWaiting();
}

async function dropOlder() {
  const older = (await caches.keys()).filter((name) => name !== PAGE && name !== SHARED);
  await Promise.all(older.map((name) => caches.delete(name)));
  await clients.claim();
}

/** The names of assets contain a hash of their content: what is kept is right. */
async function readKept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** What has no hash is asked for each time. Every address of the page is the same file. */
async function readFresh(request, pathname) {
  const isPage = request.mode === "navigate";
  try {
    const answer = await fetch(request);
    if (answer.ok && pathname === "/config.json") {
      await (await caches.open(PAGE)).put(request, answer.clone());
    }
    return answer;
  } catch (error) {
    const kept = await caches.match(isPage ? "/index.html" : request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

/** Keep the photos until the page takes them: the user may have to sign in first. */
async function takeShared(request) {
  const photos = (await request.formData()).getAll("photos");
  const cache = await caches.open(SHARED);
  for (const [rank, photo] of photos.entries()) {
    if (!(photo instanceof File)) continue;
    const headers = { "Content-Type": photo.type, "X-Name": encodeURIComponent(photo.name) };
    await cache.put(`/shared/${Date.now()}-${rank}`, new Response(photo, { headers }));
  }
  // Who is signed in is sent on to the start.
  return Response.redirect("/sign-in", 303);
}
