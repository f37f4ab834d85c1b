// The dashboard refreshes itself, a run's page takes its steps, labels show their boxes.
"use strict";

// Not activity of a person: such requests do not keep a session alive.
const BACKGROUND = { "X-Background": "1" };

async function refresh(live) {
  if (document.hidden) return;
  const stale = document.getElementById("stale");
  try {
    const response = await fetch(live.dataset.refresh, { headers: BACKGROUND });
    // Signed out meanwhile: the sign-in page says why.
    if (response.redirected) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    live.innerHTML = await response.text();
  } catch {
    if (stale) stale.hidden = false;
  }
}

async function takeSteps(form) {
  while (form) {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: BACKGROUND,
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = page.getElementById("live");
    if (!response.ok || !next) return location.reload();
    document.getElementById("live").replaceWith(next);
    form = document.querySelector("form[data-advance]");
    // The buttons above are those of a running run.
    if (!form) return location.reload();
    await new Promise((done) => setTimeout(done, 300));
  }
}

function highlight(label) {
  for (const box of document.querySelectorAll(".picture .box")) {
    box.classList.toggle("is-dim", Boolean(label) && box.dataset.label !== label);
  }
}

// unfold draws its layout without landmarks; who cannot see it finds the way by them.
function markLandmarks() {
  const main = document.getElementById("main") ?? document.getElementById("page");
  main?.setAttribute("role", "main");
}

// Its scrolling areas all have the same name.
window.addEventListener("load", () => {
  for (const area of document.querySelectorAll(".simplebar-content-wrapper")) {
    area.setAttribute("aria-label", area.closest("#nav-sidebar-apps") ? "Menu" : "List");
  }
});

document.addEventListener("DOMContentLoaded", () => {
  markLandmarks();
  const live = document.querySelector("[data-refresh]");
  if (live) {
    setInterval(() => refresh(live), Number(live.dataset.refreshSeconds) * 1000);
    document.addEventListener("visibilitychange", () => refresh(live));
  }
  takeSteps(document.querySelector("form[data-advance]"));
  for (const row of document.querySelectorAll("tr[data-label]")) {
    row.addEventListener("mouseenter", () => highlight(row.dataset.label));
    row.addEventListener("mouseleave", () => highlight(""));
  }
  for (const image of document.querySelectorAll("img[data-fallback]")) {
    const replace = () => image.replaceWith(image.dataset.fallback);
    if (image.complete && !image.naturalWidth) replace();
    else image.addEventListener("error", replace);
  }
});
