// Progress of uploads and of ingestion. Every page works without this file.
"use strict";

const POLL_MS = 1000;
const ALARMS_MS = 5000;
const SAVE_AFTER_MS = 400;
const SAVE_WITHIN_MS = 10000;

// Rows change in place; the page is fetched again once nothing of it is worked on any more.
function pollProgress(holder) {
  const shown = new Map([...holder.querySelectorAll("[data-progress]")].map((e) => [e.dataset.progress, e]));
  if (!shown.size) return;
  const timer = setInterval(async () => {
    const response = await fetch(holder.dataset.poll, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response && response.status === 401) { clearInterval(timer); location.reload(); }
    if (!response || !response.ok) return;
    const report = await response.json();
    const lines = new Map(report.working.map((line) => [line.key, line]));
    const failed = new Map(report.failed.map((line) => [line.key, line]));
    [...shown.keys()].filter((key) => !lines.has(key)).forEach((key) => {
      showEnded(shown.get(key), failed.get(key) || { label: holder.dataset.done, detail: "" });
      shown.delete(key);
    });
    shown.forEach((element, key) => showProgress(element, lines.get(key)));
    showLeft(shown.size);
    if (!shown.size) { clearInterval(timer); renew(); }
  }, POLL_MS);
}

// What a customer tells a person and can't wait appears on whatever page is open; a list that is the same is left alone.
function hearAlarms(holder) {
  let known = [...holder.querySelectorAll("a")].map((link) => link.href).join();
  setInterval(async () => {
    const response = await fetch(holder.dataset.alarms, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response || !response.ok) return;
    const { alarms, waiting } = await response.json();
    document.querySelectorAll("[data-waiting]").forEach((chip) => {
      chip.hidden = !waiting;
      chip.querySelector("[data-count]").textContent = waiting;
    });
    const links = alarms.filter((alarm) => ![alarm.href, alarm.live].includes(location.pathname)).map((alarm) => Object.assign(document.createElement("a"), { href: alarm.href, textContent: alarm.text }));
    const now = links.map((link) => link.href).join();
    if (now === known) return;
    known = now;
    holder.replaceChildren(...links.map((link) => {
      const line = Object.assign(document.createElement("p"), { className: "alert" });
      line.append(link);
      return line;
    }));
  }, ALARMS_MS);
}

// Nobody loses what they are typing to a page that renews itself.
function renew() {
  if (document.activeElement.matches("input, select, textarea")) {
    document.addEventListener("focusout", () => setTimeout(renew), { once: true });
  } else location.reload();
}

function showProgress(element, line) {
  const label = element.querySelector("[data-label]");
  if (label.textContent !== line.label) label.textContent = line.label;
  element.querySelector("[data-detail]").textContent = line.detail;
  const bar = element.querySelector("progress");
  bar.hidden = line.waiting;
  if (!line.total) { bar.removeAttribute("value"); return; }
  bar.max = line.total;
  bar.value = line.done;
}

function showEnded(element, line) {
  const failed = Boolean(line.detail);
  if (line.label) element.querySelector("[data-label]").textContent = line.label;
  element.querySelector("[data-detail]").textContent = line.detail;
  element.querySelector("progress").remove();
  element.classList.toggle("why", failed);
}

function showLeft(left) {
  const tally = document.querySelector("[data-tally]");
  if (!tally) return;
  const words = tally.dataset.tally.replace("{left}", left);
  if (tally.textContent !== words) tally.textContent = words;
}

// A file that misses the frame by a finger's breadth is meant for it: the whole page takes it.
function acceptDrops(area) {
  const input = area.querySelector("input[type=file]");
  const highlight = (on) => (event) => { event.preventDefault(); area.classList.toggle("over", on); };
  document.addEventListener("dragover", highlight(true));
  document.addEventListener("dragleave", highlight(false));
  document.addEventListener("drop", (event) => {
    highlight(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = input.multiple ? together(input.files, event.dataTransfer.files) : event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  input.addEventListener("change", () => showChosen(area, [...input.files]));
}

// A second drop adds to the first; the same file is taken once.
function together(before, dropped) {
  const all = new DataTransfer();
  const seen = new Set();
  [...before, ...dropped].forEach((file) => {
    const mark = [file.name, file.size, file.lastModified].join("/");
    if (!seen.has(mark)) all.items.add(file);
    seen.add(mark);
  });
  return all.files;
}

function showChosen(area, files) {
  if (!files.length) return;
  const chosen = area.querySelector("[data-chosen]");
  const names = area.querySelector("[data-names]");
  chosen.textContent = files.length > 1 ? `${files.length} ${chosen.dataset.several}` : files[0].name;
  if (!names) return;
  names.textContent = files.map((file) => file.name).join(" \u00b7 ");
  names.hidden = files.length < 2;
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
    each.addEventListener("click", () => { reason.required = "needsReason" in each.dataset; });
  });
}

// What is typed into the table is kept at once, so that a reload or a closed window loses nothing.
// Savings follow one another, each on top of the revision the one before made; a button waits for the last of them.
function saveAsTyped(form) {
  let timer;
  let saving = Promise.resolve();
  let unfinished = 0;
  let leaving = false;
  form.addEventListener("change", () => {
    clearTimeout(timer);
    if (leaving) return;
    timer = setTimeout(() => {
      unfinished += 1;
      saving = saving.then(() => saveTable(form)).finally(() => { unfinished -= 1; });
    }, SAVE_AFTER_MS);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    leaving = true;
    if (!unfinished) return;
    event.preventDefault();
    saving.finally(() => form.requestSubmit(event.submitter));
  });
  window.addEventListener("pageshow", () => { leaving = false; });
}

async function saveTable(form) {
  const fields = new FormData(form);
  fields.set("action", "save"); // the buttons of that name hide the form's own property "action"
  const asked = { method: "POST", headers: { Accept: "application/json" }, body: fields, signal: AbortSignal.timeout(SAVE_WITHIN_MS) };
  const response = await fetch(form.getAttribute("action"), asked).catch(() => null);
  const answer = response ? await response.json().catch(() => ({})) : {};
  const state = form.querySelector("[data-state]");
  if (response && response.ok) {
    form.elements.revision.value = answer.revision;
    state.textContent = form.dataset.saved;
    return;
  }
  state.textContent = answer.error || form.dataset.unsaved;
  if (response && response.status === 409) state.append(" ", linkTo(`${form.getAttribute("action")}?wait=0`, form.dataset.late));
}

function linkTo(address, words) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = words;
  return link;
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

// One tick for all rows above the send button; with nothing ticked there is nothing to send.
function tickTogether(form) {
  const ticks = [...form.querySelectorAll("input[name=version]")];
  const button = form.querySelector("button.primary");
  const words = button.textContent;
  const all = document.createElement("input");
  const label = document.createElement("label");
  all.type = "checkbox";
  label.className = "take";
  label.append(all, ` ${form.dataset.ticks}`);
  const count = () => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    all.checked = ticked === ticks.length;
    all.indeterminate = ticked > 0 && !all.checked;
    button.disabled = !ticked;
    button.textContent = ticked ? `${words} (${ticked})` : words;
  };
  all.addEventListener("change", () => { ticks.forEach((tick) => { tick.checked = all.checked; }); count(); });
  ticks.forEach((tick) => tick.addEventListener("change", count));
  form.querySelector(".send").prepend(label);
  count();
}

document.querySelectorAll("[data-poll]").forEach(pollProgress);
document.querySelectorAll("[data-alarms]").forEach(hearAlarms);
document.querySelectorAll("[data-drop]").forEach(acceptDrops);
document.querySelectorAll("[data-upload]").forEach(sendWithProgress);
document.querySelectorAll("[data-spread]").forEach(showPlaces);
document.querySelectorAll("[data-autosave]").forEach(saveAsTyped);
document.querySelectorAll("[data-needs-reason]").forEach(askForReason);
document.querySelectorAll("[data-ticks]").forEach(tickTogether);
