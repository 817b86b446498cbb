// The frame's own behaviour around Chainlit: a human, the call-back form, citations in a panel, the end of a session.
"use strict";
(() => {
  const HUMAN_WANTED = "candour.human"; // app/chat/handlers.py
  const body = document.body;
  const callBack = document.getElementById("call-back");
  const source = document.getElementById("source");
  const form = callBack.querySelector("form");
  const result = document.getElementById("call-back-result");
  const framed = window.parent !== window;

  for (const dialog of [callBack, source]) {
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  }

  document.getElementById("human").addEventListener("click", () => {
    window.postMessage(HUMAN_WANTED, location.origin);
    callBack.showModal();
  });

  // Links that Chainlit renders: our forms and pages open here, in the panel. A new tab would not have the cookie of
  // this embedding page (it is partitioned), so it could not show the source.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin) return;
    if (url.hash === "#call-back") open(event, () => callBack.showModal());
    else if (url.hash === "#reload") open(event, () => location.reload());
    else if (url.pathname.match(/^\/chat\/[^/]+\/(source\/|privacy$)/)) open(event, () => showSource(url.href));
  }, true);

  function open(event, action) {
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  function showSource(href) {
    source.querySelector("iframe").src = href;
    source.showModal();
    tellPage("candour.wide");
  }
  source.addEventListener("close", () => tellPage("candour.narrow"));

  // The browser would say what is missing in its own language, which need not be the chat's.
  form.addEventListener("invalid", ({ target }) => {
    target.setCustomValidity(target.validity.valueMissing ? form.dataset.needed : form.dataset.phone);
  }, true);
  form.addEventListener("input", ({ target }) => target.setCustomValidity(""));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const reply = await send(Object.fromEntries(new FormData(form))).catch(() => null);
    button.disabled = false;
    form.hidden = reply !== null;
    result.textContent = reply ? form.dataset.done.replace("{reference}", reply.reference) : form.dataset.failed;
    result.focus();
  });

  async function send(fields) {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Candour-Chat": "1" },
      body: JSON.stringify(fields),
    });
    return response.ok ? response.json() : null;
  }

  setTimeout(() => { document.getElementById("expired").hidden = false; }, Number(body.dataset.expiresIn) * 1000);

  if (framed) {
    const close = document.getElementById("close");
    close.hidden = false;
    close.addEventListener("click", () => tellPage("candour.close"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) tellPage("candour.close");
    });
  }

  // The words hold nothing secret, and the page around us is one that frame-ancestors lets in.
  function tellPage(word) {
    if (framed) window.parent.postMessage(word, "*");
  }

  // What Chainlit's page leaves unsaid to a screen reader: new messages, the input and its button.
  new MutationObserver(() => {
    const list = document.querySelector("#root [data-step-type]")?.parentElement;
    if (list && !list.hasAttribute("aria-live")) {
      list.setAttribute("role", "log");
      list.setAttribute("aria-live", "polite");
    }
    label("chat-input", body.dataset.ask);
    label("chat-submit", body.dataset.send);
    label("stop-button", body.dataset.stop);
  }).observe(document.getElementById("root"), { childList: true, subtree: true });

  function label(id, words) {
    const element = document.getElementById(id);
    if (element && element.getAttribute("aria-label") !== words) element.setAttribute("aria-label", words);
  }
})();
