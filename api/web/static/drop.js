// Files dragged onto any page go to the upload form.

const FORM = "/upload";

function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

function send(files) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = FORM;
  form.enctype = "multipart/form-data";
  form.hidden = true;
  const input = document.createElement("input");
  input.type = "file";
  input.name = "files";
  input.multiple = true;
  input.files = files;
  form.append(input);
  document.body.append(form);
  form.submit();
}

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});

document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("dropping");
});

document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove("dropping");
  if (event.dataTransfer.files.length > 0) send(event.dataTransfer.files);
});

for (const hint of document.querySelectorAll(".drop-hint")) hint.hidden = false;
