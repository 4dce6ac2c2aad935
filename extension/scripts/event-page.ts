// Firefox: the background page is the host document. It is suspended after half a minute without events, so it makes
// some while there is work, an open wallet or an open window.

import { localRecords } from "./records.js";
import { startHost } from "./wallet-host.js";

const KEEP_AWAKE_MS = 20_000;
const CATCH_UP_ALARM = "walnut/catch-up";
const CATCH_UP_MINUTES = 5;
const PORT_NAME = "walnut/ui";

/** Starts the host in this page. */
export function startEventPage(): void {
  let isNeeded = false;
  let windows = 0;
  let timer: number | undefined;
  const settle = (): void => {
    const isWanted = isNeeded || windows > 0;
    if (isWanted && timer === undefined) {
      timer = setInterval(() => void chrome.runtime.getPlatformInfo(), KEEP_AWAKE_MS);
    } else if (!isWanted && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== PORT_NAME || port.sender?.id !== chrome.runtime.id) return;
    windows += 1;
    settle();
    port.onDisconnect.addListener(() => {
      windows -= 1;
      settle();
    });
    port.onMessage.addListener((message: unknown) => {
      if (message === "restart") location.reload();
    });
  });
  // Being called is all that these are for: they start the page.
  chrome.runtime.onStartup.addListener(() => {});
  chrome.runtime.onInstalled.addListener(() => {});
  chrome.alarms.onAlarm.addListener(() => {});
  void chrome.alarms.create(CATCH_UP_ALARM, { periodInMinutes: CATCH_UP_MINUTES });
  startHost({
    records: localRecords,
    badge: (count) => void chrome.action.setBadgeText({ text: count > 0 ? String(count) : "" }),
    keepAwake: (needed) => {
      isNeeded = needed;
      settle();
    },
    onUpdate: (ready) => chrome.runtime.onUpdateAvailable.addListener(ready),
    reload: () => chrome.runtime.reload(),
  });
}
