// Runs before anything else. Tells which surface this is (popup, panel or tab) and the chosen theme, so that neither
// size nor colours jump later; and sets the two slow things going that popup.js waits for: the wasm and the saved
// snapshot. Classic script on purpose: modules run only after the whole page is read.
(() => {
  /** Compiled while it loads; where the browser does not know the type of the file, after loading. */
  async function program() {
    try {
      return await WebAssembly.compileStreaming(fetch("wasm/popup_bg.wasm"));
    } catch {
      return WebAssembly.compile(await (await fetch("wasm/popup_bg.wasm")).arrayBuffer());
    }
  }

  const root = document.documentElement;
  const surface = new URLSearchParams(location.search).get("surface");
  root.dataset.surface = surface === "popup" || surface === "panel" ? surface : "tab";
  try {
    const theme = localStorage.getItem("walnut.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage may be switched off; the system's theme is used.
  }
  const storage = (globalThis.browser ?? globalThis.chrome)?.storage?.local;
  globalThis.walnutEarly = {
    program: program(),
    // First paint without a snapshot is possible: the host's answer follows.
    saved: storage ? storage.get("snapshot").catch(() => ({})) : Promise.resolve({}),
  };
})();
