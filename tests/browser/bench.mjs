// What a browser takes: a payment, the start of the node, the first paint, and the sync of a chain; beside them what the
// browser itself allows. Started by the benchmark, which has a network running and prints the figures.
//
// Environment beside that of lib.mjs:
//   WALNUT_BENCH_RECIPIENT  a chain to pay to
//   WALNUT_BENCH_COUNTER    an application: a counter
//   WALNUT_BENCH_LOOP       an application: turns in a loop as often as it is told
//   WALNUT_BENCH_CHAIN      a chain to read, of WALNUT_BENCH_BLOCKS blocks
//
// The figures go to browser.json in WALNUT_OUT: medians, with the single runs beside them.

import fs from 'node:fs';
import path from 'node:path';

import { Session, fill, main, press, says, settings, until } from './lib.mjs';
import { Wallet, between } from './wallet.mjs';

const PASSWORD = 'walnut tree quiet harbour';
/** Payments that warm up, and payments that count. */
const WARM_UP = 3;
const PAYMENTS = 15;
/** Other things are measured this often. */
const STARTS = 3;
const PAINTS = 7;
const SYNCS = 3;
const COMMITS = 100;
/** Turns of the long loop and of the short one, and how often both are measured. */
const TURNS = { long: 8_000_000, short: 1_000_000 };
const LOOPS = 5;

const figures = {};

await main(async ({ session, report, options }) => {
  const wallet = new Wallet('ana', session, report);
  // Pictures take time from whatever comes next.
  wallet.picture = async () => null;
  let chain;
  await report.step('make a wallet and claim a chain', async () => {
    await wallet.open();
    await wallet.create(PASSWORD);
    await wallet.useNetwork(options.faucet);
    chain = await wallet.claim('bench');
  }, session);
  await report.step('ask the browser what it allows', () => allowed(wallet, options), session);
  await report.step('pay', () => payments(wallet), session);
  await report.step('call an application', () => operations(wallet, chain), session);
  await report.step('use fuel', () => fuel(wallet, chain), session);
  await report.step('paint', () => paints(wallet), session);
  await report.step('start again', () => starts(wallet), session);
  for (let run = 0; run < SYNCS; run += 1) {
    await report.step('sync a chain into a new wallet', () => sync(report, options, run));
  }
  figures.runs.sync_ms = figures.runs.sync_ms.map(Math.round);
  fs.writeFileSync(path.join(options.out, 'browser.json'), JSON.stringify(figures));
}, settings());

/** Notes single runs under a name, and their median. */
function note(name, values) {
  figures.runs = { ...figures.runs, [name]: values };
  figures[name] = median(values);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Strict commits of 4 KiB, and requests to a server on this machine. */
async function allowed(wallet, options) {
  const [commits, fetches] = await wallet.page.evaluate(async (count, url) => {
    const open = indexedDB.open('walnut-bench', 1);
    open.onupgradeneeded = () => open.result.createObjectStore('records');
    await new Promise((resolve, reject) => { open.onsuccess = resolve; open.onerror = reject; });
    const timed = async (work) => {
      const times = [];
      for (let run = 0; run < count; run += 1) {
        const begin = performance.now();
        await work(run);
        times.push(performance.now() - begin);
      }
      return times;
    };
    const commit = (run) => new Promise((resolve, reject) => {
      const transaction = open.result.transaction('records', 'readwrite', { durability: 'strict' });
      transaction.objectStore('records').put(new Uint8Array(4096), run);
      transaction.oncomplete = resolve;
      transaction.onabort = reject;
    });
    const request = async () => (await fetch(url, { cache: 'no-store' })).arrayBuffer();
    const result = [await timed(commit), await timed(request)];
    open.result.close();
    indexedDB.deleteDatabase('walnut-bench');
    return result;
  }, COMMITS, options.faucet);
  figures.strict_commit_ms = median(commits);
  figures.loopback_fetch_ms = median(fetches);
}

/** From the click on the button to the verified certificate. */
async function payments(wallet) {
  const recipient = process.env.WALNUT_BENCH_RECIPIENT;
  const fromClick = [];
  const fromWorker = [];
  for (let run = 0; run < WARM_UP + PAYMENTS; run += 1) {
    await wallet.prepare(recipient, '0.001');
    const { item, took } = await approved(wallet);
    if (run < WARM_UP) continue;
    fromClick.push(took);
    fromWorker.push(between(item, 'queued', 'certified'));
  }
  note('approve_to_certificate_ms', fromClick);
  note('queued_to_certificate_ms', fromWorker);
}

/** Approves the review on the screen: the item, and the time from the click to the certificate. */
async function approved(wallet) {
  await wallet.page.evaluate(() => {
    addEventListener('click', () => { globalThis.clickedAt = Date.now(); }, { capture: true, once: true });
  });
  const item = await wallet.follow(await wallet.approve(), 'delivered');
  const certified = item.timeline.find(({ step }) => step === 'certified').at / 1000;
  return { item, took: certified - await wallet.page.evaluate(() => globalThis.clickedAt) };
}

/** The same for operations of an application that the wallet has not seen before. */
async function operations(wallet, chain) {
  const id = process.env.WALNUT_BENCH_COUNTER;
  const question = { chain_id: chain, id, query: 'query { value }' };
  const { elapsed } = await wallet.ask({ query_application: question });
  figures.first_question_ms = elapsed;
  const times = [];
  for (let run = 0; run < WARM_UP + PAYMENTS; run += 1) {
    await wallet.go('home');
    await wallet.go(`application/${chain}/${id}`);
    await fill(wallet.page, '#query', 'mutation { increment(value: 1) }');
    await press(wallet.page, 'Ask');
    await says(wallet.page, 'Approve and sign');
    const { took } = await approved(wallet);
    if (run >= WARM_UP) times.push(took);
  }
  note('operation_to_certificate_ms', times);
}

/** What a long loop takes more than a short one, when a block with it is staged; nothing is signed. */
async function fuel(wallet, chain) {
  const staged = async (turns) => {
    const question = { chain_id: chain, id: process.env.WALNUT_BENCH_LOOP, query: String(turns) };
    const { answer, elapsed } = await wallet.ask({ query_application: question });
    await wallet.ask({ cancel: { review_id: answer.review.id } });
    return { elapsed, fuel: answer.review.fuel };
  };
  await staged(TURNS.short);
  const times = [];
  let used;
  for (let run = 0; run < LOOPS; run += 1) {
    const [long, short] = [await staged(TURNS.long), await staged(TURNS.short)];
    times.push(long.elapsed - short.elapsed);
    used = long.fuel - short.fuel;
  }
  note('loop_ms', times);
  figures.fuel_per_second = used * 1000 / figures.loop_ms;
}

/** The popup with a saved snapshot: until its tree is in the page, or pixels are there if that is later. */
async function paints(wallet) {
  const times = [];
  for (let run = 0; run < PAINTS; run += 1) {
    const page = await wallet.session.page('popup.html?surface=popup');
    times.push(await until('the first paint', () => page.evaluate(() => {
      const drawn = Number(document.documentElement.dataset.painted);
      const [pixels] = performance.getEntriesByName('first-contentful-paint');
      return drawn && pixels ? Math.max(drawn, pixels.startTime) : null;
    })));
    await page.close();
  }
  note('popup_first_paint_ms', times);
}

/** The node after the browser was killed: from the making of its worker until it answers. */
async function starts(wallet) {
  const times = [];
  for (let run = 0; run < STARTS; run += 1) {
    await wallet.killAndRestart();
    await says(wallet.page, 'Locked');
    times.push(Number(await until('the node', async () => (await wallet.nodeReady())?.nodeUpMs)));
  }
  note('node_ready_ms', times);
}

/** A wallet that has only its network reads a chain: verified, executed and stored. */
async function sync(report, options, run) {
  const session = await Session.open({ ...options, out: path.join(options.out, `sync-${run}`) });
  try {
    const wallet = new Wallet('new', session, report);
    wallet.picture = async () => null;
    await wallet.open();
    await wallet.create(PASSWORD);
    await wallet.useNetwork(options.faucet);
    await wallet.saved('the network to be read', (saved) => saved.sync.phase === 'up_to_date');
    const chain_id = process.env.WALNUT_BENCH_CHAIN;
    const { elapsed } = await wallet.ask({ add_chain: { chain_id, name: 'long' } });
    const blocks = Number(process.env.WALNUT_BENCH_BLOCKS);
    await wallet.saved('the whole chain', (saved) =>
      saved.chains.find((one) => one.chain_id === chain_id)?.next_block_height === blocks);
    figures.runs.sync_ms = [...figures.runs.sync_ms ?? [], elapsed];
    figures.sync_blocks_per_second = blocks * 1000 / median(figures.runs.sync_ms);
  } finally {
    await session.close().catch((error) => report.say(`closing: ${error.message}`));
  }
}
