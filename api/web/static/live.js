// Keeps the list up to date: waits for a change, fetches the list again, replaces what differs.
// Only the page that is looked at waits, so that many open tabs do not use up the connections.

const FIRST_RETRY = 1000;
const SLOWEST_RETRY = 30000;

const news = document.getElementById("news");
const sign = document.querySelector(".live");
let waiting = null;
let retry = FIRST_RETRY;

const list = () => document.getElementById("inbox");
const ids = (root) => new Set([...root.querySelectorAll("tr[data-id]")].map((row) => row.dataset.id));

function show(live) {
  sign.hidden = false;
  sign.classList.toggle("stale", !live);
  sign.textContent = live ? sign.dataset.live : sign.dataset.stale;
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

// XMLHttpRequest parses HTML without running it and without a Trusted Types policy.
function fetchDocument(address) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.addEventListener("load", () => {
      if (request.status === 200 && request.response) done(request.response);
      else failed(new Error(`status ${request.status}`));
    });
    request.addEventListener("error", () => failed(new Error("network")));
    request.open("GET", address);
    request.send();
  });
}

function announce(before, after) {
  const fresh = [...after].filter((id) => !before.has(id)).length;
  if (fresh === 1) news.textContent = news.dataset.one;
  else if (fresh > 1) news.textContent = news.dataset.many.replace("{count}", fresh);
  else news.textContent = news.dataset.changed;
}

function keepEqualRows(old, fresh) {
  const known = new Map([...old.querySelectorAll("tr[data-id]")].map((row) => [row.dataset.id, row]));
  for (const row of fresh.querySelectorAll("tr[data-id]")) {
    const same = known.get(row.dataset.id);
    if (same === undefined) {
      row.classList.add("fresh");
    } else {
      same.classList.remove("fresh");
      if (same.isEqualNode(row)) row.replaceWith(same);
    }
  }
}

async function refresh() {
  const old = list();
  const fetched = await fetchDocument(old.dataset.fragment);
  const fresh = document.adoptNode(fetched.getElementById("inbox"));
  const focused = old.contains(document.activeElement)
    ? document.activeElement.getAttribute("href")
    : null;
  const before = ids(old);
  const after = ids(fresh);
  keepEqualRows(old, fresh);
  old.replaceWith(fresh);
  if (focused !== null) fresh.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  announce(before, after);
}

async function wait() {
  waiting = new AbortController();
  const query = new URLSearchParams({ since: list().dataset.token });
  const answer = await fetch(`/api/v1/changes?${query}`, { signal: waiting.signal });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).changed;
}

async function watch() {
  while (document.visibilityState === "visible") {
    try {
      if (await wait()) await refresh();
      show(true);
      retry = FIRST_RETRY;
    } catch (problem) {
      if (problem.name === "AbortError") return;
      show(false);
      await pause(retry);
      retry = Math.min(retry * 2, SLOWEST_RETRY);
    }
  }
}

document.addEventListener("visibilitychange", () => {
  waiting?.abort();
  if (document.visibilityState === "visible") watch();
});

show(true);
watch();
