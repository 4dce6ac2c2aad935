// The background of both browsers: a service worker in Chrome, an event page in Firefox. All listeners are added in the
// first turn, so that no event that started it is lost.

import { startEventPage } from "./event-page.js";
import { startServiceWorker } from "./service-worker.js";

if (typeof document === "undefined") {
  startServiceWorker();
} else {
  startEventPage();
}
