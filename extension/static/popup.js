// The popup's loader: fetches the wasm and the last persisted snapshot side by side, then hands over.
import init, { start } from "./wasm/popup.js";

const storage = (globalThis.browser ?? globalThis.chrome)?.storage?.local;

async function persisted() {
  try {
    const { snapshot } = (await storage?.get("snapshot")) ?? {};
    return typeof snapshot === "string" ? snapshot : snapshot === undefined ? "" : JSON.stringify(snapshot);
  } catch {
    return ""; // First paint without a snapshot: the host's answer follows.
  }
}

const [, snapshot] = await Promise.all([init(), persisted()]);
start(snapshot);
