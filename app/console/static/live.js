// The live room: what changes appears by itself. Every page works without this file, by a reload.
"use strict";

const LOOK_MS = 2500;

async function look(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (response && response.status === 401) location.reload();
  return response && response.ok ? response.json() : null;
}

function watchQueue(holder) {
  let shown = holder.innerHTML.trim();
  let waiting = Number(holder.dataset.waitingNow);
  const said = document.querySelector("[data-said]");
  setInterval(async () => {
    const news = await look(holder.dataset.queue);
    if (!news) return;
    if (news.html.trim() !== shown && !holder.contains(document.activeElement)) {
      shown = news.html.trim();
      holder.innerHTML = news.html;
    }
    if (news.waiting === waiting) return;
    waiting = news.waiting;
    said.textContent = said.dataset.said.replace("{count}", waiting);
  }, LOOK_MS);
}

function watchTalk(holder) {
  const part = (name) => holder.querySelector(`[data-part="${name}"]`);
  const list = part("messages");
  const lost = holder.querySelector("[data-lost]");
  if (!list) return;
  let { seq, stamp, hold } = holder.dataset;
  let busy = false;

  async function renew() {
    if (busy) return;
    busy = true;
    const news = await look(`${holder.dataset.live}?after=${seq}&stamp=${encodeURIComponent(stamp)}`);
    busy = false;
    lost.textContent = news ? "" : lost.dataset.lost;
    lost.hidden = Boolean(news);
    if (!news || news.stamp === stamp) return;
    stamp = news.stamp;
    seq = news.seq;
    if (news.messages.trim()) append(news.messages);
    part("state").innerHTML = news.state;
    if (!part("summary").contains(document.activeElement)) part("summary").innerHTML = news.summary;
    if (news.hold === hold) return;
    hold = news.hold;
    part("controls").innerHTML = news.controls;
    wire();
  }

  function append(messages) {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    list.insertAdjacentHTML("beforeend", messages);
    if (atEnd) toEnd();
  }

  function toEnd() {
    list.scrollTop = list.scrollHeight;
  }

  function wire() {
    const form = holder.querySelector("[data-reply]");
    if (form) sendReplies(form, renew);
  }

  toEnd();
  wire();
  if (hold === "mine" && matchMedia("(max-width: 760px)").matches) holder.querySelector("[data-reply]").scrollIntoView({ block: "end" });
  setInterval(renew, LOOK_MS);
}

// A reply goes out without a reload; what the rules say of it is shown before it does.
function sendReplies(form, sent) {
  const box = form.elements.reply;
  const advice = form.querySelector("[data-advice]");
  const error = form.querySelector("[data-error]");
  const button = form.querySelector("[data-send]");

  function advised(html) {
    advice.innerHTML = html;
    button.textContent = html ? button.dataset.anyway : button.dataset.send;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    const asked = { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) };
    const response = await fetch(form.action, asked).catch(() => null);
    const answer = response ? await response.json().catch(() => ({})) : {};
    button.disabled = false;
    const well = Boolean(response && response.ok);
    error.hidden = well;
    error.textContent = well ? "" : answer.error || form.dataset.unsent;
    if (!well) return;
    advised(answer.advice || "");
    if (answer.advice) return;
    box.value = "";
    box.focus();
    sent();
  });
  advice.addEventListener("click", ({ target }) => {
    if (!target.dataset.add) return;
    box.value = `${box.value.trim()}\n\n${target.dataset.add}`;
    target.disabled = true;
    box.focus();
  });
}

document.querySelectorAll("[data-queue]").forEach(watchQueue);
document.querySelectorAll("[data-live]").forEach(watchTalk);
