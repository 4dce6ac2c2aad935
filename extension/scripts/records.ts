// What the host keeps: the vault's file twice, the last snapshot once.

import { isObject } from "./frames.js";

/** Keys of `storage.local`. The interface reads the snapshot by this name. */
export type RecordKey = "vault" | "snapshot";

/** `storage.local`, or the way to it. */
export interface Records {
  read(key: RecordKey): Promise<string | undefined>;
  write(key: RecordKey, text: string): Promise<void>;
  remove(keys: RecordKey[]): Promise<void>;
}

/** `storage.local`, where the page has it (Firefox; the service worker). */
export const localRecords: Records = {
  async read(key) {
    const value: unknown = (await chrome.storage.local.get(key))[key];
    return typeof value === "string" ? value : undefined;
  },
  async write(key, text) {
    await chrome.storage.local.set({ [key]: text });
  },
  async remove(keys) {
    await chrome.storage.local.remove(keys);
  },
};

/** A request of Chrome's host document to the service worker, which has the APIs that the document lacks. */
export type HostRequest =
  | { readonly walnut: "read"; readonly key: RecordKey }
  | { readonly walnut: "write"; readonly key: RecordKey; readonly text: string }
  | { readonly walnut: "remove"; readonly keys: RecordKey[] }
  | { readonly walnut: "badge"; readonly count: number }
  | { readonly walnut: "reload" };

/** `storage.local` by way of the service worker. */
export const remoteRecords: Records = {
  async read(key) {
    const value = await askServiceWorker({ walnut: "read", key });
    return typeof value === "string" ? value : undefined;
  },
  async write(key, text) {
    await askServiceWorker({ walnut: "write", key, text });
  },
  async remove(keys) {
    await askServiceWorker({ walnut: "remove", keys });
  },
};

/** Thrown when the service worker says no. */
export class ServiceWorkerError extends Error {
  override readonly name = "ServiceWorkerError";
}

/** Asks the service worker. */
export async function askServiceWorker(request: HostRequest): Promise<unknown> {
  const answer: unknown = await chrome.runtime.sendMessage(request);
  if (!isObject(answer)) throw new ServiceWorkerError("no answer");
  if (typeof answer["error"] === "string") throw new ServiceWorkerError(answer["error"]);
  return answer["value"];
}

const COPY_DATABASE = "walnut-vault";
const COPY_STORE = "records";

/** The vault's second copy, in IndexedDB. */
export const vaultCopy = {
  async read(): Promise<string | undefined> {
    const value: unknown = await inCopy("readonly", (store) => store.get("vault"));
    return typeof value === "string" ? value : undefined;
  },
  async write(text: string): Promise<void> {
    await inCopy("readwrite", (store) => store.put(text, "vault"));
  },
  async remove(): Promise<void> {
    await inCopy("readwrite", (store) => store.delete("vault"));
  },
};

/** Deletes the node's databases; the node must have ended. */
export async function deleteNodeDatabases(): Promise<void> {
  const databases = await indexedDB.databases();
  const names = databases.map(({ name }) => name ?? "").filter((name) => name.startsWith("walnut-"));
  await Promise.all(
    names.filter((name) => name !== COPY_DATABASE).map((name) => settled(indexedDB.deleteDatabase(name))),
  );
}

async function inCopy<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(COPY_DATABASE, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(COPY_STORE));
  const database = await settled(opening);
  try {
    const transaction = database.transaction(COPY_STORE, mode, { durability: "strict" });
    const done = new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("aborted")));
    });
    const request = work(transaction.objectStore(COPY_STORE));
    await done;
    return request.result;
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("the database failed")));
  });
}
