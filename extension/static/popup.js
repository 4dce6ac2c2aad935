// The popup's loader: hands the compiled wasm and the last persisted snapshot over.
import init, { start } from "./wasm/popup.js";

const { program, saved } = globalThis.walnutEarly;

/** The snapshot as text, as the host wrote it; empty when there is none. */
function text({ snapshot }) {
  if (snapshot === undefined) return "";
  return typeof snapshot === "string" ? snapshot : JSON.stringify(snapshot);
}

await init({ module_or_path: program });
start(text(await saved));
