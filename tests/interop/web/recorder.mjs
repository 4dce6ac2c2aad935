// Writes down what the browser and the validators say to each other: a proxy, because a page cannot see what its
// workers and its browser (preflights) send.
//
// One file for each exchange, numbered in the order of the requests:
// `{method, path, request: {headers, body}, status, response: {headers, body, ended}}`, bodies in base64, headers as
// pairs in the order and spelling received. A subscription that the client hung up on has `ended: false`.

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

/** Headers between browser and proxy only. */
const HOP = new Set(['proxy-connection', 'proxy-authorization']);

export class Recorder {
  #folder;
  #server;
  #count = 0;
  /** Hosts whose exchanges are passed on and not written down. */
  #silent;

  constructor(folder, silent) {
    this.#folder = folder;
    this.#silent = new Set(silent);
  }

  /** Starts; gives the proxy's `host:port`. */
  async start() {
    fs.mkdirSync(this.#folder, { recursive: true });
    this.#server = http.createServer((request, response) => this.#pass(request, response));
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #pass(request, response) {
    const url = new URL(request.url);
    const number = this.#silent.has(url.host) ? null : (this.#count += 1);
    const sent = [];
    const received = [];
    const headers = pairs(request.rawHeaders).filter(([name]) => !HOP.has(name.toLowerCase()));
    const options = {
      host: url.hostname,
      port: url.port,
      method: request.method,
      path: url.pathname + url.search,
      headers: headers.flat(),
      setHost: false,
    };
    let answer = null;
    let written = false;
    const finish = (ended) => {
      if (number === null || written || !answer) return;
      written = true;
      this.#write(number, {
        method: request.method,
        path: options.path,
        request: { headers, body: Buffer.concat(sent).toString('base64') },
        status: answer.statusCode,
        response: {
          headers: pairs(answer.rawHeaders),
          body: Buffer.concat(received).toString('base64'),
          ended,
        },
      });
    };
    const onward = http.request(options, (incoming) => {
      answer = incoming;
      response.writeHead(incoming.statusCode, incoming.rawHeaders);
      response.flushHeaders();
      incoming.on('data', (piece) => received.push(piece));
      incoming.on('end', () => finish(true));
      incoming.on('error', () => finish(false));
      incoming.pipe(response);
    });
    onward.on('error', () => {
      finish(false);
      response.destroy();
    });
    response.on('close', () => {
      finish(response.writableFinished);
      onward.destroy();
    });
    request.on('data', (piece) => sent.push(piece));
    request.pipe(onward);
  }

  #write(number, exchange) {
    const name = exchange.path.split('/').pop() || 'faucet';
    const file = `${String(number).padStart(5, '0')}-${exchange.method.toLowerCase()}-${name}.json`;
    fs.writeFileSync(path.join(this.#folder, file), `${JSON.stringify(exchange, null, 2)}\n`);
  }
}

function pairs(raw) {
  const result = [];
  for (let index = 0; index < raw.length; index += 2) result.push([raw[index], raw[index + 1]]);
  return result;
}
