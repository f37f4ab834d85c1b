// The dashboard refreshes itself, a run's page takes its steps, labels show their boxes, forms
// keep what was typed.
"use strict";

// Requests that no person made; they do not keep a session alive.
const BACKGROUND = { "X-Background": "1" };

async function refresh(live) {
  if (document.hidden) return;
  const stale = document.getElementById("stale");
  try {
    const response = await fetch(live.dataset.refresh, { headers: BACKGROUND });
    // The session has ended. The sign-in page says why.
    if (response.redirected) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    live.innerHTML = await response.text();
    document.dispatchEvent(new Event("charts"));
    live.classList.remove("is-stale");
  } catch {
    // The numbers are those of the last answer: grey, and no verdict about now.
    if (stale) stale.hidden = false;
    live.classList.add("is-stale");
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

// What was typed into a confirmation survives a session that ended: it is filled in again after
// the next sign-in, and forgotten when another page of the portal opens.
function keepDraft() {
  const key = "draft";
  const form = document.querySelector("form.confirm");
  if (!form) {
    if (!document.querySelector(".sign-in")) sessionStorage.removeItem(key);
    return;
  }
  const address = location.pathname + location.search;
  const fields = () => form.querySelectorAll("textarea, input:not([type=hidden])");
  const draft = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  if (draft.address === address) {
    for (const field of fields()) {
      const kept = draft.values[field.name + field.value] ?? draft.values[field.name];
      if (field.type === "checkbox") field.checked = kept ?? field.checked;
      else if (kept !== undefined && !field.value) field.value = kept;
    }
  }
  form.addEventListener("input", () => {
    const values = {};
    for (const field of fields()) {
      if (field.type === "checkbox") values[field.name + field.value] = field.checked;
      else values[field.name] = field.value;
    }
    sessionStorage.setItem(key, JSON.stringify({ address, values }));
  });
}

function highlight(label) {
  for (const box of document.querySelectorAll(".picture .box")) {
    box.classList.toggle("is-dim", Boolean(label) && box.dataset.label !== label);
  }
}

function drawIcon(name) {
  const icon = document.createElement("span");
  icon.className = "thumbnail material-symbols-outlined";
  icon.ariaHidden = "true";
  icon.textContent = name;
  return icon;
}

// unfold draws its layout without landmarks; who cannot see it finds the way by them.
function markLandmarks() {
  const main = document.getElementById("main") ?? document.getElementById("page");
  main?.setAttribute("role", "main");
  document.querySelector('[x-data="searchCommand()"]')?.setAttribute("role", "search");
}

// Its scrolling areas all have the same name.
window.addEventListener("load", () => {
  for (const area of document.querySelectorAll(".simplebar-content-wrapper")) {
    area.setAttribute("aria-label", area.closest("#nav-sidebar-apps") ? "Menu" : "List");
  }
});

document.addEventListener("DOMContentLoaded", () => {
  markLandmarks();
  keepDraft();
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
  for (const image of document.querySelectorAll("img[data-fallback], img[data-icon]")) {
    const replace = () => image.replaceWith(image.dataset.fallback ?? drawIcon(image.dataset.icon));
    if (image.complete && !image.naturalWidth) replace();
    else image.addEventListener("error", replace);
  }
});
