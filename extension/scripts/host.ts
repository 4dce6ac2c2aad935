// Chrome's host document: an offscreen page, which has no extension API but messages to the service worker.

import { type HostRequest, askServiceWorker, remoteRecords } from "./records.js";
import { isObject } from "./frames.js";
import { startHost } from "./wallet-host.js";

function tell(request: HostRequest): void {
  askServiceWorker(request).catch((error: unknown) => console.error(`service worker: ${String(error)}`));
}

startHost({
  records: remoteRecords,
  badge: (count) => tell({ walnut: "badge", count }),
  // Chrome keeps an offscreen page with workers.
  keepAwake: () => {},
  onUpdate: (ready) => {
    chrome.runtime.onMessage.addListener((message: unknown, sender) => {
      const isOurs = sender.id === chrome.runtime.id && sender.tab === undefined;
      if (isOurs && isObject(message) && message["walnut"] === "update") ready();
      return false;
    });
  },
  reload: () => tell({ walnut: "reload" }),
});
