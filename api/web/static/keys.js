// Keyboard first: j and k walk the list, Enter opens, letters go where `data-key` says.

const rows = () => [...document.querySelectorAll("a[data-row]")];

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function walk(step) {
  const links = rows();
  if (links.length === 0) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link.focus();
  link.closest("tr, li")?.scrollIntoView({ block: "nearest" });
}

function go(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (target === null) return false;
  if (target.matches("input")) {
    target.focus();
    target.select();
  } else {
    target.click();
  }
  return true;
}

function toggleHelp() {
  const help = document.getElementById("keys");
  help.open = !help.open;
  if (help.open) help.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && isTyping(event.target)) {
    event.target.blur();
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "?") toggleHelp();
  else if (!go(event.key)) return;
  event.preventDefault();
});
