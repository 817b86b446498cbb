// Runs before Chainlit's script, which expects three things of its page that this frame has to arrange.
"use strict";

// A global of this name.
var global = globalThis;

// A language: the page's, not the browser's, so that the switch in the header holds for everything.
Object.defineProperty(navigator, "language", { get: () => document.documentElement.lang });

// Storage. In another site's page it is denied where third-party cookies are blocked, and Chainlit stops at that. It
// gets a memory instead, always: a chat about somebody's money leaves nothing behind in a shared browser.
class Memory {
  #kept = new Map();
  getItem(key) { return this.#kept.get(String(key)) ?? null; }
  setItem(key, value) { this.#kept.set(String(key), String(value)); }
  removeItem(key) { this.#kept.delete(String(key)); }
  clear() { this.#kept.clear(); }
  key(index) { return [...this.#kept.keys()][index] ?? null; }
  get length() { return this.#kept.size; }
}
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { value: new Memory() });
}
