// Chrome's service worker: keeps the offscreen page open, and does for it what only a service worker may.

import { isObject } from "./frames.js";
import { type RecordKey, localRecords } from "./records.js";

const HOST_PAGE = "host.html";
const PORT_NAME = "walnut/ui";
const ALARM = "walnut/host";
const ALARM_MINUTES = 1;
const KEYS: readonly string[] = ["vault", "snapshot"] satisfies RecordKey[];

/** One creation at a time; Chrome allows one offscreen page. */
let opening: Promise<void> | undefined;

/** Adds all listeners and sees to the host document. */
export function startServiceWorker(): void {
  chrome.runtime.onInstalled.addListener(() => ensureHost());
  chrome.runtime.onStartup.addListener(() => ensureHost());
  chrome.alarms.onAlarm.addListener(() => ensureHost());
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== PORT_NAME || port.sender?.id !== chrome.runtime.id) return;
    ensureHost();
    port.onMessage.addListener((message: unknown) => {
      if (message === "restart") void restartHost();
    });
  });
  chrome.runtime.onUpdateAvailable.addListener(() => {
    // Without a host there is nothing to finish.
    chrome.runtime.sendMessage({ walnut: "update" }).catch(() => chrome.runtime.reload());
  });
  chrome.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    if (sender.id !== chrome.runtime.id || sender.url !== chrome.runtime.getURL(HOST_PAGE)) return false;
    serve(message).then(
      (value) => respond({ value: value ?? null }),
      (error: unknown) => respond({ error: String(error) }),
    );
    return true;
  });
  void chrome.alarms.create(ALARM, { periodInMinutes: ALARM_MINUTES });
  ensureHost();
}

/** What the host document asks for. */
async function serve(message: unknown): Promise<unknown> {
  if (!isObject(message)) throw new TypeError("not a request");
  const { walnut, key, keys, text, count } = message;
  switch (walnut) {
    case "read":
      return localRecords.read(recordKey(key));
    case "write":
      if (typeof text !== "string") throw new TypeError("no text");
      return localRecords.write(recordKey(key), text);
    case "remove":
      if (!Array.isArray(keys)) throw new TypeError("no keys");
      return localRecords.remove(keys.map(recordKey));
    case "badge":
      return chrome.action.setBadgeText({ text: typeof count === "number" && count > 0 ? String(count) : "" });
    case "reload":
      return chrome.runtime.reload();
    default:
      throw new TypeError("an unknown request");
  }
}

function recordKey(value: unknown): RecordKey {
  if (typeof value !== "string" || !KEYS.includes(value)) throw new TypeError("an unknown record");
  return value as RecordKey;
}

function ensureHost(): void {
  opening ??= openHost()
    .catch((error: unknown) => console.error(`host document: ${String(error)}`))
    .finally(() => {
      opening = undefined;
    });
}

async function openHost(): Promise<void> {
  const contexts = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT],
  });
  if (contexts.length > 0) return;
  await chrome.offscreen.createDocument({
    url: HOST_PAGE,
    reasons: [chrome.offscreen.Reason.WORKERS],
    justification: "The wallet's node and its vault run in workers of this page.",
  });
}

async function restartHost(): Promise<void> {
  await opening;
  // There may be none.
  await chrome.offscreen.closeDocument().catch(() => undefined);
  ensureHost();
}
