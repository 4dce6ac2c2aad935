// The host: starts and supervises node and vault, passes frames between them and the windows, keeps what must be kept.
//
// It decides nothing about money, keys or chains. It promises:
//
// * A request of a window gets exactly one answer, on the channel on which it came.
// * The vault's file is stored in both places before the answer that depends on it is passed on.
// * A worker that dies is started again; what it owed is answered with an error.
// * One host per browser profile: others wait for its lock and listen to nothing meanwhile.

import {
  type Answer,
  CHANNEL_UI,
  CHANNEL_VAULT,
  type Frame,
  PROTOCOL,
  type UiError,
  internal,
  isObject,
  parse,
  readFrame,
  variant,
  writeEnvelope,
} from "./frames.js";
import { Program } from "./program.js";
import { type Records, deleteNodeDatabases, vaultCopy } from "./records.js";

/** What differs between Chrome's offscreen page and Firefox's background page. */
export interface Platform {
  readonly records: Records;
  badge(count: number): void;
  /** Keep the background alive while true. */
  keepAwake(isNeeded: boolean): void;
  /** Calls back when an update waits. */
  onUpdate(ready: () => void): void;
  /** Loads the waiting update. */
  reload(): void;
}

/** Held by the one host of a profile. */
const HOST_LOCK = "walnut-host";
/** Time passes for the vault this often; a node that has not answered by the second time is dead. */
const TICK_MS = 20_000;
/** Pings a node may leave unanswered: long executions block its loop. */
const PINGS_MAX = 3;
/** A tick that comes so late means that the computer slept. */
const SLEPT_MS = 3 * TICK_MS;
/** First and longest pause before a dead node is started again. */
const RESTART_MS = 250;
const RESTART_MAX_MS = 30_000;
/** How often to look whether another instance has let go of the databases. */
const SECOND_INSTANCE_RETRIES = 20;
/** The node may take so long to finish when asked to stop. */
const STOP_MS = 3_000;
/** Snapshots are written at most this often. */
const SNAPSHOT_WRITE_MS = 500;
/** Used until the settings are known. */
const AUTO_LOCK_MINUTES = 15;
/** A node that ends with one of these would end the same way again. */
const FINAL_CODES: readonly string[] = ["storage_newer_version", "storage_damaged"];

interface VaultStatus {
  readonly lock: string;
  readonly accounts: unknown;
}

interface Channels {
  readonly ui: BroadcastChannel;
  readonly vault: BroadcastChannel;
}

/** Opens the channels at once and becomes the host when no other page is. */
export function startHost(platform: Platform): void {
  const early: [Frame, BroadcastChannel][] = [];
  let receive: ((frame: Frame, channel: BroadcastChannel) => void) | undefined = (frame, channel) => {
    early.push([frame, channel]);
  };
  const open = (name: string): BroadcastChannel => {
    const channel = new BroadcastChannel(name);
    channel.addEventListener("message", (event) => {
      const frame = readFrame(event.data);
      if (frame?.kind === "ui_request" && frame.id !== undefined) receive?.(frame, channel);
    });
    return channel;
  };
  const channels = { ui: open(CHANNEL_UI), vault: open(CHANNEL_VAULT) };
  const serve = (): Promise<never> => {
    const host = new WalletHost(platform, channels);
    receive = (frame, channel) => host.receive(frame, channel);
    for (const [frame, channel] of early.splice(0)) host.receive(frame, channel);
    // The lock is held until the page ends.
    return new Promise(() => {});
  };
  const wait = (): void => {
    receive = undefined;
    early.length = 0;
    document.body.textContent = "The wallet already runs in another page of this browser.";
    void navigator.locks.request(HOST_LOCK, () => {
      document.body.textContent = "";
      return serve();
    });
  };
  void navigator.locks.request(HOST_LOCK, { ifAvailable: true }, (lock) => {
    if (lock) return serve();
    wait();
    return undefined;
  });
}

class WalletHost {
  readonly #platform: Platform;
  readonly #channels: Channels;
  readonly #vault: Program;
  readonly #node: Program;
  #vaultReady = new Gate();
  #nodeReady = new Gate();
  #status: VaultStatus = { lock: "no_wallet", accounts: [] };
  /** Requests of windows to the vault, one after the other, each with what has to be stored. */
  #vaultWork: Promise<void> = Promise.resolve();
  #autoLockMinutes = AUTO_LOCK_MINUTES;
  #isBackgroundSync = false;
  #isBusy = false;
  #isUpdateWaiting = false;
  #nodeRuns = 0;
  #failures = 0;
  #pings = 0;
  #lastTick = Date.now();
  #snapshot: string | undefined;
  #isWritingSnapshot = false;

  constructor(platform: Platform, channels: Channels) {
    this.#platform = platform;
    this.#channels = channels;
    this.#vault = new Program("vault", {
      told: (name) => {
        if (name === "auto_locked") void this.#tickVault();
      },
      died: (error) => this.#vaultDied(error),
    });
    this.#node = new Program("node", {
      told: (name, content) => this.#nodeTold(name, content),
      died: (error) => this.#nodeDied(error),
    });
    setInterval(() => this.#tick(), TICK_MS);
    addEventListener("online", () => this.#wakeNode());
    platform.onUpdate(() => {
      this.#isUpdateWaiting = true;
      void this.#updateWhenIdle();
    });
    void this.#startVault();
    void this.#startNode();
  }

  /** A request of a window. */
  receive(frame: Frame, channel: BroadcastChannel): void {
    const respond = (answer: Answer): void => {
      const secrets = "Ok" in answer ? answer.secrets : [];
      const body = "Ok" in answer ? { Ok: answer.Ok } : { Err: answer.Err };
      channel.postMessage({ json: writeEnvelope("ui", frame.id, "ui_response", body), secrets });
      for (const secret of secrets) secret.fill(0);
    };
    const failed = (error: unknown): void => respond({ Err: internal(String(error)) });
    switch (frame.to) {
      case "node":
        this.#askNode(frame.body).then(respond, failed);
        break;
      case "vault": {
        // One at a time: a later file never lies under an earlier one.
        const work = this.#vaultWork.then(() => this.#askVault(frame.body, frame.secrets)).then(respond, failed);
        this.#vaultWork = work;
        break;
      }
      case "host":
        this.#answer(frame.body).then(respond, failed);
        break;
      case "ui":
        break;
    }
  }

  async #answer(request: unknown): Promise<Answer> {
    switch (variant(request)?.name) {
      case "hello": {
        const hello = {
          protocol: PROTOCOL,
          node_running: this.#nodeReady.isOpen,
          vault_running: this.#vaultReady.isOpen,
        };
        // What a window painted from the saved snapshot may be older than the lock.
        if (this.#vaultReady.isOpen && !this.#nodeReady.isOpen) this.#tellLock();
        return done({ hello });
      }
      case "restart_node":
        this.#failures = 0;
        this.#tellRestarting("The node was restarted.");
        await this.#stopNode();
        this.#nodeReady.close();
        await this.#startNode();
        return this.#nodeReady.passed().then((error) => (error ? { Err: error } : done("done")));
      default:
        return { Err: badMessage("not a request for the host") };
    }
  }

  // ---- vault ----

  async #startVault(): Promise<void> {
    const [isUp, copies, text] = await Promise.all([
      this.#vault.start(),
      this.#readVault(),
      this.#platform.records.read("snapshot").catch(() => undefined),
    ]);
    if (!isUp) return;
    const saved = text === undefined ? undefined : parse(text);
    if (!Array.isArray(copies)) {
      this.#setStatus({ lock: "damaged", accounts: [] });
      this.#vaultReady.open(copies);
      return;
    }
    this.#readSettings(saved);
    const answer = await this.#vault.ask({ load: { copies, auto_lock_minutes: this.#autoLockMinutes } });
    if ("Err" in answer && answer.Err.code === "node_not_running") return;
    this.#setStatus("Ok" in answer ? statusOf(answer.Ok) : { lock: "damaged", accounts: [] });
    this.#vaultReady.open(undefined);
    await this.#correctSnapshot(saved);
  }

  /** Every copy there is. No copy and a place that cannot be read is no empty wallet, but an error. */
  async #readVault(): Promise<string[] | UiError> {
    const places = [this.#platform.records.read("vault"), vaultCopy.read()];
    const results = await Promise.allSettled(places);
    const copies = results.flatMap((result) =>
      result.status === "fulfilled" && result.value !== undefined ? [result.value] : [],
    );
    const failure = results.find((result) => result.status === "rejected");
    if (copies.length > 0 || !failure) return copies;
    return {
      code: "storage_damaged",
      message: "The browser cannot read what this wallet has stored. Restart the browser; nothing was changed.",
      details: String(failure.reason),
    };
  }

  #vaultDied(error: UiError): void {
    console.error(`vault: ${error.message} ${error.details ?? ""}`);
    this.#vaultReady.close();
    void this.#startVault();
  }

  async #askVault(request: unknown, secrets: Uint8Array<ArrayBuffer>[]): Promise<Answer> {
    const problem = await this.#vaultReady.passed();
    if (problem) return { Err: problem };
    const answer = await this.#vault.ask({ ui: request }, secrets);
    if ("Err" in answer) {
      await this.#tickVault();
      return answer;
    }
    const tagged = variant(answer.Ok);
    if (tagged?.name !== "ui" || !isObject(tagged.content)) return { Err: internal("the vault said something else") };
    const { response, status, update } = tagged.content;
    try {
      await this.#store(update);
    } catch (error) {
      // The vault knows what is not stored: it forgets it and reads the stored file again.
      this.#vaultReady.close();
      void this.#startVault();
      return {
        Err: {
          code: "storage_full",
          message: "The browser could not store the wallet's file. Free some disk space and try again.",
          details: String(error),
        },
      };
    }
    this.#setStatus(statusOf({ status }));
    return { Ok: response, secrets: answer.secrets };
  }

  async #store(update: unknown): Promise<void> {
    const tagged = variant(update);
    if (tagged?.name === "store" && isObject(tagged.content) && typeof tagged.content["file"] === "string") {
      const file = tagged.content["file"];
      await Promise.all([this.#platform.records.write("vault", file), vaultCopy.write(file)]);
    } else if (tagged?.name === "erase") {
      await Promise.all([this.#platform.records.remove(["vault", "snapshot"]), vaultCopy.remove()]);
      this.#status = { lock: "no_wallet", accounts: [] };
      this.#tellLock();
      await this.#stopNode();
      await deleteNodeDatabases();
      this.#nodeReady.close();
      await this.#startNode();
    }
  }

  async #tickVault(): Promise<void> {
    const answer = await this.#vault.ask("tick");
    if ("Ok" in answer) this.#setStatus(statusOf(answer.Ok));
  }

  #setStatus(status: VaultStatus): void {
    const before = this.#status;
    this.#status = status;
    if (status.lock !== before.lock) this.#tellLock();
    if (JSON.stringify(status) !== JSON.stringify(before) && this.#nodeReady.isOpen) {
      void this.#node.ask({ vault_changed: { accounts: status.accounts, lock: status.lock } });
    }
    this.#keepAwake();
  }

  #readSettings(snapshot: unknown): void {
    const settings = isObject(snapshot) ? snapshot["settings"] : undefined;
    if (!isObject(settings)) return;
    this.#isBackgroundSync = settings["background_sync"] === true;
    const minutes = settings["auto_lock_minutes"];
    if (typeof minutes !== "number" || minutes === this.#autoLockMinutes) return;
    this.#autoLockMinutes = minutes;
    if (this.#vaultReady.isOpen) void this.#vault.ask({ set_auto_lock: { minutes } });
  }

  // ---- node ----

  async #startNode(): Promise<void> {
    const gate = this.#nodeReady;
    const begin = performance.now();
    this.#nodeRuns += 1;
    this.#pings = 0;
    const [isUp, wallet_version] = await Promise.all([
      this.#node.start(),
      walletVersion(),
      this.#vaultReady.passed(),
    ]);
    if (!isUp) return;
    const { lock, accounts } = this.#status;
    const answer = await this.#node.ask({ start: { accounts, lock, wallet_version } });
    // The end that caused an error is handled where it was told.
    if ("Err" in answer) return;
    // Loading the wasm included; for measurements.
    document.documentElement.dataset["nodeUpMs"] = (performance.now() - begin).toFixed(0);
    gate.open(undefined);
    if (JSON.stringify({ lock, accounts }) !== JSON.stringify(this.#status)) {
      void this.#node.ask({ vault_changed: { accounts: this.#status.accounts, lock: this.#status.lock } });
    }
  }

  async #stopNode(): Promise<void> {
    if (!this.#node.isRunning) return;
    const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS));
    await Promise.race([this.#node.ask("stop"), late]);
    this.#node.end({ code: "node_not_running", message: "The node was restarted. Try again in a moment." });
  }

  #nodeDied(error: UiError): void {
    console.error(`node: ${error.code} ${error.message} ${error.details ?? ""}`);
    this.#setBusy(false);
    this.#failures += 1;
    const isSecond = error.code === "second_instance";
    if (FINAL_CODES.includes(error.code) || (isSecond && this.#failures > SECOND_INSTANCE_RETRIES)) {
      this.#nodeReady.close();
      this.#nodeReady.open(error);
      this.#tellRestarting(error.message);
      return;
    }
    this.#nodeReady.close();
    if (!isSecond) this.#tellRestarting("The node stopped and is being started again. Nothing was lost.");
    const run = this.#nodeRuns;
    const pause = isSecond ? RESTART_MS : Math.min(RESTART_MS * 2 ** (this.#failures - 1), RESTART_MAX_MS);
    setTimeout(() => {
      if (this.#nodeRuns === run) void this.#startNode();
    }, pause);
  }

  async #askNode(request: unknown): Promise<Answer> {
    const problem = await this.#nodeReady.passed();
    if (problem) return { Err: problem };
    const answer = await this.#node.ask({ ui: request });
    if ("Err" in answer) return answer;
    const tagged = variant(answer.Ok);
    return tagged?.name === "ui" ? done(tagged.content) : { Err: internal("the node said something else") };
  }

  #nodeTold(name: string, content: unknown): void {
    switch (name) {
      case "ready":
        if (isObject(content)) document.documentElement.dataset["nodeReadyMs"] = String(content["took_ms"]);
        break;
      case "ui":
        this.#channels.ui.postMessage({ json: writeEnvelope("ui", undefined, "ui_event", content), secrets: [] });
        this.#keepSnapshot(content);
        break;
      case "sign_request":
        void this.#sign(content);
        break;
      case "badge":
        if (isObject(content) && typeof content["count"] === "number") this.#platform.badge(content["count"]);
        break;
      case "busy":
        this.#setBusy(isObject(content) && content["busy"] === true);
        break;
    }
  }

  async #sign(request: unknown): Promise<void> {
    const problem = await this.#vaultReady.passed();
    const answer: Answer = problem ? { Err: problem } : await this.#vault.ask({ sign: request });
    const signed = "Ok" in answer ? variant(answer.Ok) : undefined;
    const result =
      "Err" in answer
        ? { Err: answer.Err }
        : signed?.name === "signed"
          ? { Ok: signed.content }
          : { Err: internal("the vault said something else") };
    const sign_id = isObject(request) ? request["sign_id"] : undefined;
    await this.#node.ask({ sign: { sign_id, result } });
  }

  #wakeNode(): void {
    if (this.#nodeReady.isOpen) void this.#node.ask("wake");
  }

  // ---- snapshots ----

  #keepSnapshot(event: unknown): void {
    const tagged = variant(event);
    if (tagged?.name !== "snapshot_changed") return;
    this.#failures = 0;
    this.#snapshot = JSON.stringify(tagged.content);
    this.#readSettings(tagged.content);
    this.#keepAwake();
    if (!this.#isWritingSnapshot) void this.#writeSnapshots();
  }

  async #writeSnapshots(): Promise<void> {
    this.#isWritingSnapshot = true;
    while (this.#snapshot !== undefined) {
      const text = this.#snapshot;
      this.#snapshot = undefined;
      try {
        await this.#platform.records.write("snapshot", text);
      } catch (error) {
        // Only the next first paint suffers; the node's own records are safe.
        console.error(`snapshot: ${String(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, SNAPSHOT_WRITE_MS));
    }
    this.#isWritingSnapshot = false;
  }

  /** After a browser's start the saved snapshot may claim that the wallet is open. */
  async #correctSnapshot(snapshot: unknown): Promise<void> {
    if (!isObject(snapshot) || snapshot["lock"] === this.#status.lock || this.#snapshot !== undefined) return;
    snapshot["lock"] = this.#status.lock;
    await this.#platform.records.write("snapshot", JSON.stringify(snapshot)).catch((error: unknown) => {
      console.error(`snapshot: ${String(error)}`);
    });
  }

  // ---- time, life and death ----

  #tick(): void {
    const now = Date.now();
    const slept = now - this.#lastTick > SLEPT_MS;
    this.#lastTick = now;
    if (slept) this.#wakeNode();
    if (this.#status.lock === "unlocked") void this.#tickVault();
    if (!this.#nodeReady.isOpen) return;
    if (!slept && this.#pings >= PINGS_MAX) {
      const error = internal("the node does not answer");
      this.#node.end(error);
      this.#nodeDied(error);
      return;
    }
    this.#pings += 1;
    void this.#node.ask("ping").then((answer) => {
      if ("Ok" in answer) this.#pings = 0;
    });
  }

  #setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy;
    this.#keepAwake();
    void this.#updateWhenIdle();
  }

  #keepAwake(): void {
    this.#platform.keepAwake(this.#isBusy || this.#isBackgroundSync || this.#status.lock === "unlocked");
  }

  async #updateWhenIdle(): Promise<void> {
    if (!this.#isUpdateWaiting || this.#isBusy) return;
    this.#isUpdateWaiting = false;
    await this.#stopNode();
    this.#platform.reload();
  }

  #tellLock(): void {
    this.#tellWindows({ lock_changed: { lock: this.#status.lock } });
  }

  #tellRestarting(reason: string): void {
    this.#tellWindows({ node_restarting: { reason } });
  }

  #tellWindows(event: unknown): void {
    this.#channels.ui.postMessage({ json: writeEnvelope("ui", undefined, "ui_event", event), secrets: [] });
  }
}

/** Something to wait for that can become unready again. */
class Gate {
  #isOpen = false;
  #problem: UiError | undefined;
  #waiting: (() => void)[] = [];

  /** Open, and without a problem. */
  get isOpen(): boolean {
    return this.#isOpen && this.#problem === undefined;
  }

  open(problem: UiError | undefined): void {
    this.#isOpen = true;
    this.#problem = problem;
    for (const go of this.#waiting.splice(0)) go();
  }

  close(): void {
    this.#isOpen = false;
    this.#problem = undefined;
  }

  /** Resolves when the gate is open, with what is behind it if it is a problem. */
  async passed(): Promise<UiError | undefined> {
    while (!this.#isOpen) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#problem;
  }
}

/** From the manifest itself: an offscreen page may not ask for it. */
async function walletVersion(): Promise<string> {
  const manifest: unknown = await (await fetch(new URL("../manifest.json", import.meta.url))).json();
  return isObject(manifest) && typeof manifest["version"] === "string" ? manifest["version"] : "";
}

function done(content: unknown): Answer {
  return { Ok: content, secrets: [] };
}

function badMessage(details: string): UiError {
  return {
    code: "bad_message",
    message: "Two parts of the wallet did not understand each other. Close this window and open it again.",
    details,
  };
}

/** Reads `{ "status": { lock, accounts } }`. */
function statusOf(content: unknown): VaultStatus {
  const status = isObject(content) ? content["status"] : undefined;
  if (!isObject(status) || typeof status["lock"] !== "string") return { lock: "damaged", accounts: [] };
  return { lock: status["lock"], accounts: status["accounts"] };
}
