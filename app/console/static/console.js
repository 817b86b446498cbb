// Progress of uploads and of ingestion. Every page works without this file.
"use strict";

const POLL_MS = 1000;

function pollProgress(holder) {
  const shown = new Map([...holder.querySelectorAll("[data-progress]")].map((e) => [e.dataset.progress, e]));
  if (!shown.size) return;
  const timer = setInterval(async () => {
    const response = await fetch(holder.dataset.poll, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response && response.status === 401) { clearInterval(timer); location.reload(); }
    if (!response || !response.ok) return;
    const lines = new Map((await response.json()).working.map((line) => [line.key, line]));
    const ended = [...shown.keys()].filter((key) => !lines.has(key));
    if (ended.length && (!holder.dataset.done || !lines.size)) { clearInterval(timer); location.reload(); return; }
    ended.forEach((key) => { showEnded(shown.get(key), holder.dataset.done); shown.delete(key); });
    shown.forEach((element, key) => showProgress(element, lines.get(key)));
  }, POLL_MS);
}

function showProgress(element, line) {
  const label = element.querySelector("[data-label]");
  if (label.textContent !== line.label) label.textContent = line.label;
  element.querySelector("[data-detail]").textContent = line.detail;
  const bar = element.querySelector("progress");
  if (!line.total) { bar.removeAttribute("value"); return; }
  bar.max = line.total;
  bar.value = line.done;
}

function showEnded(element, label) {
  element.querySelector("[data-label]").textContent = label;
  element.querySelector("[data-detail]").textContent = "";
  element.querySelector("progress").remove();
}

function acceptDrops(area) {
  const input = area.querySelector("input[type=file]");
  const chosen = area.querySelector("[data-chosen]");
  const highlight = (on) => (event) => { event.preventDefault(); area.classList.toggle("over", on); };
  area.addEventListener("dragover", highlight(true));
  area.addEventListener("dragleave", highlight(false));
  area.addEventListener("drop", (event) => {
    highlight(false)(event);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  input.addEventListener("change", () => { 
    const names = [...input.files].map((file) => file.name);
    if (names.length) chosen.textContent = names.length > 1 ? `${names.length} ${chosen.dataset.several}: ${names.join(", ")}` : names[0];
  });
}

function sendWithProgress(form) {
  const sending = form.querySelector("[data-sending]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (e) => { sending.querySelector("progress").value = e.loaded / e.total; });
    request.addEventListener("load", () => uploadEnded(form, request));
    request.addEventListener("error", () => uploadFailed(form, form.dataset.interrupted));
    setSending(form, true);
    request.send(new FormData(form));
  });
}

function uploadEnded(form, request) {
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* an answer that is none: told as an interruption */ }
  if (answer.address) location.assign(answer.address);
  else uploadFailed(form, answer.error || form.dataset.interrupted);
}

function uploadFailed(form, message) {
  const place = form.querySelector("[data-error]");
  place.textContent = message;
  place.hidden = false;
  place.scrollIntoView({ block: "center" });
  setSending(form, false);
}

function setSending(form, on) {
  form.querySelector("[data-sending]").hidden = !on;
  form.querySelector("button.primary").disabled = on;
  if (on) form.querySelector("[data-error]").hidden = true;
}

// The browser asks for the missing reason before the server has to.
function askForReason(button) {
  const reason = button.form.elements.reason;
  button.form.querySelectorAll("button").forEach((each) => {
    each.addEventListener("click", () => { reason.required = each === button; });
  });
}

// What is typed into the table is kept at once, so that a reload or a closed window loses nothing.
function saveAsTyped(form) {
  const state = form.querySelector("[data-state]");
  let timer;
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const fields = new FormData(form);
      fields.set("action", "save"); // the buttons of that name hide the form's own property "action"
      const sent = fetch(form.getAttribute("action"), { method: "POST", headers: { Accept: "application/json" }, body: fields });
      const response = await sent.catch(() => null);
      state.textContent = response && response.ok ? form.dataset.saved : form.dataset.unsaved;
    }, 400);
  });
}

// Shows on the page's picture where the block under the pointer was read.
function showPlaces(spread) {
  const mark = (event, on) => {
    const block = event.target.closest("[data-block]");
    if (block) spread.querySelector(`[data-box="${block.dataset.block}"]`).classList.toggle("on", on);
  };
  spread.addEventListener("pointerover", (event) => mark(event, true));
  spread.addEventListener("pointerout", (event) => mark(event, false));
  spread.addEventListener("focusin", (event) => mark(event, true));
  spread.addEventListener("focusout", (event) => mark(event, false));
}

document.querySelectorAll("[data-poll]").forEach(pollProgress);
document.querySelectorAll("[data-drop]").forEach(acceptDrops);
document.querySelectorAll("[data-upload]").forEach(sendWithProgress);
document.querySelectorAll("[data-spread]").forEach(showPlaces);
document.querySelectorAll("[data-autosave]").forEach(saveAsTyped);
document.querySelectorAll("[data-needs-reason]").forEach(askForReason);
