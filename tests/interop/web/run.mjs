// The published web client in Chromium, on whatever network a faucet speaks for. README.md tells the arguments.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { Developer } from '../../browser/developer.mjs';
import { runAll } from './cases.mjs';
import { Cases, TOKEN } from './checks.mjs';
import { Recorder } from './recorder.mjs';
import { serve } from './server.mjs';
import { open } from './users.mjs';

// One browser driver is enough for all tests.
const puppeteer = createRequire(new URL('../../browser/package.json', import.meta.url))('puppeteer-core');

/** Longest single call of the client, in ms: it may fetch and compile an application first. */
const CALL_MS = 300_000;
/** Quiet: no first-run pages, no updates, no hosts of its own. */
const CHROMIUM_ARGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update',
  '--disable-default-apps', '--disable-sync', '--no-default-browser-check', '--no-first-run'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    cli: { type: 'string' },
    examples: { type: 'string' },
    fees: { type: 'boolean', default: false },
    record: { type: 'string' },
  },
});
if (positionals.length !== 1 || Boolean(options.cli) !== Boolean(options.examples)) {
  console.error('usage: node run.mjs FAUCET [--chromium FILE] [--cli FILE --examples DIR] [--fees] [--record DIR]');
  process.exit(2);
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-web-'));
const cases = new Cases();
const { server, address } = await serve();
const recorder = options.record ? new Recorder(options.record, [new URL(address).host]) : null;
let browser = null;
try {
  // Without the last word a browser never asks a proxy about this machine.
  const proxy = recorder ? [`--proxy-server=http://${await recorder.start()}`, '--proxy-bypass-list=<-loopback>'] : [];
  browser = await puppeteer.launch({
    executablePath: options.chromium,
    args: [...CHROMIUM_ARGS, ...proxy],
    userDataDir: path.join(scratch, 'profile'),
    protocolTimeout: CALL_MS,
    pipe: true,
  });
  const developer = options.cli && new Developer(path.join(scratch, 'developer'), {
    WALNUT_CLI: options.cli,
    WALNUT_EXAMPLES: options.examples,
  });
  await runAll({
    cases,
    newUser: (name) => open(browser, address, name),
    faucet: positionals[0],
    developer,
    fees: options.fees ? TOKEN : 0n,
  });
} catch (error) {
  console.error(error.stack ?? String(error));
  cases.failed += 1;
} finally {
  await browser?.close();
  recorder?.stop();
  server.closeAllConnections();
  server.close();
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
process.exitCode = cases.failed === 0 ? 0 : 1;
