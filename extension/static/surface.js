// Runs before the first paint: which surface this is (popup, panel or tab) and the chosen theme, so that neither
// the size nor the colours jump once the wasm has started. Classic script on purpose: modules run too late.
(() => {
  const root = document.documentElement;
  const surface = new URLSearchParams(location.search).get("surface");
  root.dataset.surface = surface === "popup" || surface === "panel" ? surface : "tab";
  try {
    const theme = localStorage.getItem("walnut.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage may be switched off; the system's theme is used.
  }
})();
