// One worker with a wasm program in it: start, ask, end. Every request gets exactly one answer, also when the worker
// dies before it has given it.

import { type Answer, type UiError, internal, isUiError, readAnswer, readFrame, variant, writeEnvelope } from "./frames.js";

/** Which program. */
export type ProgramName = "node" | "vault";

/** What a program tells its host. */
export interface ProgramListener {
  /** An event of the program, its name and content. */
  told(name: string, content: unknown): void;
  /** The worker cannot go on; it has been terminated. */
  died(error: UiError): void;
}

/** A worker and what it owes. */
export class Program {
  readonly #name: ProgramName;
  readonly #listener: ProgramListener;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #worker: Worker | undefined;
  #booted: ((isUp: boolean) => void) | undefined;
  #nextId = 1;

  constructor(name: ProgramName, listener: ProgramListener) {
    this.#name = name;
    this.#listener = listener;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Starts the worker; true once its wasm is loaded, false when it ended before that. */
  start(): Promise<boolean> {
    this.end(notRunning(this.#name));
    const worker = new Worker(new URL(`./${this.#name}-worker.js`, import.meta.url), {
      type: "module",
      name: `walnut-${this.#name}`,
    });
    this.#worker = worker;
    worker.addEventListener("message", (event) => {
      if (this.#worker === worker) this.#heard(event.data);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#die(internal(`${this.#name}: ${event.message || "its script failed"}`));
    });
    return new Promise((resolve) => {
      this.#booted = resolve;
    });
  }

  /** Asks the program; `secrets` are transferred and gone here. */
  ask(body: unknown, secrets: Uint8Array<ArrayBuffer>[] = []): Promise<Answer> {
    const worker = this.#worker;
    if (!worker) return Promise.resolve({ Err: notRunning(this.#name) });
    const id = this.#nextId;
    this.#nextId += 1;
    const json = writeEnvelope(this.#name, id, `${this.#name}_request`, body);
    worker.postMessage({ json, secrets }, secrets.map((secret) => secret.buffer));
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  }

  /** Terminates the worker. Whoever waits is given this error. */
  end(error: UiError): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of waiting) answer({ Err: error });
    this.#booted?.(false);
    this.#booted = undefined;
  }

  #die(error: UiError): void {
    this.end({ ...notRunning(this.#name), details: error.details ?? error.message });
    this.#listener.died(error);
  }

  #heard(data: unknown): void {
    const frame = readFrame(data);
    if (!frame || frame.to !== "host") return;
    if (frame.kind === `${this.#name}_response` && frame.id !== undefined) {
      const answer = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      answer?.(readAnswer(frame));
    } else if (frame.kind === `${this.#name}_event`) {
      const event = variant(frame.body);
      if (!event) return;
      if (event.name === "booted") {
        this.#booted?.(true);
        this.#booted = undefined;
      } else if (event.name === "fatal") {
        this.#die(isUiError(event.content) ? event.content : internal("an unknown end"));
      } else {
        this.#listener.told(event.name, event.content);
      }
    }
  }
}

function notRunning(name: ProgramName): UiError {
  const what = name === "node" ? "The node" : "The vault";
  return { code: "node_not_running", message: `${what} is being started again. Try again in a moment.` };
}
