// Shows on the page where a value was read; opens again when a document in progress is done.

const page = document.querySelector("article.document");

function point(link, on) {
  const box = document.getElementById(link.dataset.box);
  box?.classList.toggle("pointed", on);
}

for (const link of document.querySelectorAll("a[data-box]")) {
  link.addEventListener("mouseenter", () => point(link, true));
  link.addEventListener("mouseleave", () => point(link, false));
  link.addEventListener("focus", () => point(link, true));
  link.addEventListener("blur", () => point(link, false));
}

async function reloadWhenDone(token) {
  const answer = await fetch(`/api/v1/changes?${new URLSearchParams({ since: token })}`);
  if (!answer.ok) return;
  const change = await answer.json();
  if (change.changed) location.reload();
  else await reloadWhenDone(token);
}

if (page?.dataset.token) reloadWhenDone(page.dataset.token);
