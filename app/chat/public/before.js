// Runs before Chainlit's script, which expects a global of this name and takes its language from the browser;
// here the page decides, so that the switch in the header holds for the whole page.
var global = globalThis;
Object.defineProperty(navigator, "language", { get: () => document.documentElement.lang });
try {
  localStorage.setItem("vite-ui-theme", "light");
} catch {
  // storage is blocked: the theme is light by configuration as well
}
