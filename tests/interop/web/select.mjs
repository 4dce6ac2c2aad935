// Picks vectors from a recording: one exchange of each kind, the smallest; of subscriptions the one that heard most.
//
//   node select.mjs RECORDING VECTORS
//
// Two exchanges are of a kind when they have the same path and statuses, and the same fields are present in request and
// answer, one level deep; errors inside answers differ by their variant, too. Preflights of all methods are one kind.

import fs from 'node:fs';
import path from 'node:path';

const [recording, vectors] = process.argv.slice(2);
if (!vectors) {
  console.error('usage: node select.mjs RECORDING VECTORS');
  process.exit(2);
}

/** Numbers of the fields in a protobuf message; null when it is none. */
function fields(bytes) {
  const found = new Set();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at];
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    if ((tag & 7) === 2) {
      const length = varint();
      at += length;
    } else if ((tag & 7) === 0) varint();
    else return null;
    if (!(at <= bytes.length)) return null;
    found.add(Math.floor(tag / 8));
  }
  return [...found].join(',');
}

/** Kinds of the frames of a gRPC-web body. */
function frames(body) {
  const kinds = new Set();
  for (let at = 0; at + 5 <= body.length;) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    const message = body.subarray(at + 5, end);
    kinds.add(body[at] === 0 ? fields(message) : `end ${message.toString().replace(/grpc-message.*/s, '')}`);
    at = end;
  }
  return [...kinds].join('|');
}

/** The variant of an error that travels inside an answer about a chain. */
function variant(body) {
  const isError = body.length > 5 && body[0] === 0 && body[5] === 0x12;
  if (!isError) return '';
  const start = body[6] < 0x80 ? 7 : 8; // a length of one or two bytes
  return body.readUInt32LE(start);
}

const chosen = new Map();
for (const name of fs.readdirSync(recording).sort()) {
  const exchange = JSON.parse(fs.readFileSync(path.join(recording, name), 'utf8'));
  const [request, answer] = [exchange.request, exchange.response].map(({ body }) => Buffer.from(body, 'base64'));
  const status = exchange.response.headers.find(([header]) => header === 'grpc-status')?.[1];
  const rpc = exchange.path.startsWith('/rpc.');
  const isPreflight = exchange.method === 'OPTIONS';
  if (!rpc && !isPreflight) continue; // a faucet speaks JSON, which has tests of its own
  const method = exchange.path.split('/').pop();
  const stem = isPreflight ? `preflight-${rpc ? 'validator' : 'faucet'}` : method;
  const isStream = stem === 'Subscribe';
  const kind = [stem, exchange.status, status, ...(isPreflight || isStream ? [] : [frames(request), frames(answer),
    method.startsWith('Handle') && variant(answer)])].join(' ');
  const size = isStream ? -answer.length : request.length + answer.length;
  const best = chosen.get(kind);
  if (!best || size < best.size) chosen.set(kind, { size, stem, exchange });
}
fs.mkdirSync(vectors, { recursive: true });
const counts = new Map();
for (const { stem, exchange } of chosen.values()) {
  const count = (counts.get(stem) ?? 0) + 1;
  counts.set(stem, count);
  fs.writeFileSync(path.join(vectors, `${stem}-${count}.json`), `${JSON.stringify(exchange, null, 1)}\n`);
}
