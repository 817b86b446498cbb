// One tag on any page of the institution's sites:
//   <script src="https://HOST/widget.js" data-institution="harbour-bank" data-language="zh-Hant" async></script>
// A launcher in a shadow root opens the chat in a frame of HOST. Nothing secret is here: who may embed which
// institution is decided by the server (frame-ancestors, and the token it mints for the frame).
"use strict";
(() => {
  const tag = document.currentScript;
  const institution = tag.dataset.institution;
  if (!institution) return console.error("widget.js: the script tag needs data-institution");

  const HOST = new URL(tag.src).origin;
  const TEXTS = {
    "en": { open: "Chat with our AI assistant", close: "Close the chat", chat: "Chat" },
    "zh-Hant": { open: "與人工智能助理對話", close: "關閉對話", chat: "對話" },
    "zh-Hans": { open: "与人工智能助理对话", close: "关闭对话", chat: "对话" },
  };
  const language = tag.dataset.language || pageLanguage();
  const texts = TEXTS[language] || TEXTS.en;
  const MEMORY = `candour-open-${institution}`; // per tab

  function pageLanguage() {
    const lang = (document.documentElement.lang || "en").toLowerCase();
    if (!lang.startsWith("zh")) return "en";
    return /hans|cn|sg/.test(lang) ? "zh-Hans" : "zh-Hant";
  }

  const STYLE = `
    :host { all: initial; }
    button {
      position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; display: inline-flex; align-items: center; gap: 10px;
      min-width: 56px; min-height: 56px; padding: 0 20px 0 18px; border: 0; border-radius: 28px; cursor: pointer;
      background: var(--accent, #33535b); color: #fff; box-shadow: 0 4px 18px rgb(0 0 0 / 28%);
      font: 600 16px/1 system-ui, -apple-system, "Segoe UI", "PingFang HK", "Noto Sans CJK HK", sans-serif;
    }
    button:hover { filter: brightness(1.08); }
    button:focus-visible { outline: 3px solid #1a73e8; outline-offset: 3px; }
    iframe {
      position: fixed; right: 20px; bottom: 20px; z-index: 2147483001; width: 440px; height: 720px;
      max-height: calc(100dvh - 40px); border: 0; border-radius: 16px; background: #fff;
      box-shadow: 0 12px 48px rgb(0 0 0 / 32%);
    }
    iframe.wide { width: min(760px, calc(100vw - 40px)); height: calc(100dvh - 40px); }
    [hidden] { display: none; }
    @media (max-width: 479px) {
      iframe, iframe.wide { inset: 0; width: 100%; height: 100dvh; max-height: none; border-radius: 0; }
    }`;

  const shell = document.createElement("div");
  const root = shell.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // not a <style> element: a strict policy of the host page would block that
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const colours = document.createElement("link");
  colours.rel = "stylesheet";
  colours.href = `${HOST}/widget/${encodeURIComponent(institution)}.css`;
  const launcher = document.createElement("button");
  launcher.type = "button";
  launcher.setAttribute("aria-label", texts.open);
  launcher.setAttribute("aria-expanded", "false");
  launcher.setAttribute("aria-haspopup", "dialog");
  launcher.innerHTML = '<svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" ' +
    'stroke-width="2" stroke-linejoin="round" aria-hidden="true"><path d="M4 4h16v12h-9l-5 4v-4H4z"/></svg>';
  launcher.append(texts.chat);
  launcher.addEventListener("click", () => open(true));
  root.append(colours, launcher);
  let frame = null;

  function open(moveFocus) {
    frame ??= makeFrame();
    frame.hidden = false;
    launcher.hidden = true;
    launcher.setAttribute("aria-expanded", "true");
    remember("1");
    if (moveFocus) frame.focus();
  }

  function close() {
    if (!frame || frame.hidden) return;
    frame.hidden = true;
    launcher.hidden = false;
    launcher.setAttribute("aria-expanded", "false");
    remember("0");
    launcher.focus();
  }

  function makeFrame() {
    const made = document.createElement("iframe");
    made.title = texts.open;
    made.referrerPolicy = "origin"; // the server must see which site embeds it, and no more
    made.src = `${HOST}/chat/${encodeURIComponent(institution)}/?language=${encodeURIComponent(language)}`;
    root.append(made);
    return made;
  }

  function remember(value) {
    try { sessionStorage.setItem(MEMORY, value); } catch { /* storage is blocked: start closed next time */ }
  }

  function wasOpen() {
    try { return sessionStorage.getItem(MEMORY) === "1"; } catch { return false; }
  }

  addEventListener("message", (event) => {
    if (event.origin !== HOST || event.source !== frame?.contentWindow) return;
    if (event.data === "candour.close") close();
    if (event.data === "candour.wide" || event.data === "candour.narrow") {
      frame.classList.toggle("wide", event.data === "candour.wide"); // a page of a document is open in the chat
    }
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

  const start = () => { document.body.append(shell); if (wasOpen()) open(false); };
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
