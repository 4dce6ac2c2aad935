// Frames: what windows, host document and workers send each other.
//
// A frame is `{ json: string, secrets: Uint8Array[] }`; the JSON is an envelope `{ to, id?, payload }` whose payload has
// one field, named after its kind. The shapes are those of the Rust crate walnut-wallet (`messages`); the scripts read
// only as much of them as routing needs and pass the rest on as it came.

/** Version of the messages: `WALLET_PROTOCOL` of walnut-wallet. */
export const PROTOCOL = 1;

/** Everything without secrets between windows and host. */
export const CHANNEL_UI = "walnut/ui";

/** Requests with secrets and their answers. The node worker never opens it. */
export const CHANNEL_VAULT = "walnut/vault";

/** Secrets of one frame at most. */
const SECRETS_MAX = 4;

/** Who handles a message. */
export type Route = "node" | "vault" | "host" | "ui";

/** A frame that passed the guard. */
export interface Frame {
  readonly to: Route;
  readonly id: number | undefined;
  /** Name of the payload's field: `ui_request`, `node_event`… */
  readonly kind: string;
  readonly body: unknown;
  readonly secrets: Uint8Array<ArrayBuffer>[];
}

/** An error as windows show it. */
export interface UiError {
  readonly code: string;
  readonly message: string;
  readonly details?: string;
}

/** The answer to a request, in Rust's words. */
export type Answer =
  | { readonly Ok: unknown; readonly secrets: Uint8Array<ArrayBuffer>[] }
  | { readonly Err: UiError };

const ROUTES: readonly string[] = ["node", "vault", "host", "ui"] satisfies Route[];

/** The one guard: a frame, or nothing. Unknown messages are ignored without reply. */
export function readFrame(data: unknown): Frame | undefined {
  if (!isObject(data) || typeof data["json"] !== "string") return undefined;
  const secrets = data["secrets"] ?? [];
  if (!Array.isArray(secrets) || secrets.length > SECRETS_MAX || !secrets.every(isBytes)) return undefined;
  const envelope = parse(data["json"]);
  if (!isObject(envelope)) return undefined;
  const { to, id, payload } = envelope;
  if (typeof to !== "string" || !ROUTES.includes(to)) return undefined;
  if (id !== undefined && !(Number.isSafeInteger(id) && (id as number) >= 0)) return undefined;
  const tagged = variant(payload);
  if (!tagged) return undefined;
  return { to: to as Route, id: id as number | undefined, kind: tagged.name, body: tagged.content, secrets };
}

/** The JSON of an envelope. */
export function writeEnvelope(to: Route, id: number | undefined, kind: string, body: unknown): string {
  return JSON.stringify({ to, id, payload: { [kind]: body } });
}

/** Takes a Rust enum apart: `"lock"`, `{"approve":{"review_id":7}}`. Nothing for anything else. */
export function variant(value: unknown): { name: string; content: unknown } | undefined {
  if (typeof value === "string") return { name: value, content: undefined };
  if (!isObject(value)) return undefined;
  const names = Object.keys(value);
  const [name] = names;
  return name !== undefined && names.length === 1 ? { name, content: value[name] } : undefined;
}

/** Reads a Rust `Result` with a `UiError`. */
export function readAnswer(frame: Frame): Answer {
  const tagged = variant(frame.body);
  if (tagged?.name === "Ok") return { Ok: tagged.content, secrets: frame.secrets };
  if (tagged?.name === "Err" && isUiError(tagged.content)) return { Err: tagged.content };
  return { Err: internal("an answer is neither Ok nor Err") };
}

/** The error for a fault of the wallet itself. */
export function internal(details: string): UiError {
  return {
    code: "internal",
    message:
      "Something in the wallet went wrong. Nothing was lost; try again, or restart the node under Network.",
    details,
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isUiError(value: unknown): value is UiError {
  return isObject(value) && typeof value["code"] === "string" && typeof value["message"] === "string";
}

/** JSON as a value in which integers beyond 2^53 keep every digit; nothing when it is not JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text, exactly);
  } catch {
    return undefined;
  }
}

/** TypeScript does not know these two yet; Chrome 114 and Firefox 135 do. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function exactly(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return rawJSON(context.source);
}

function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}
