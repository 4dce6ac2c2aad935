// The vault's worker: loads the wasm, which sets its own message handler and says that it has booted.

import init from "../wasm/vault.js";

await init({ module_or_path: new URL("../wasm/vault_bg.wasm", import.meta.url) });
