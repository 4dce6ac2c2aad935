// One wallet in one browser, driven as a person would: through its screens. What it reads beside the screens is the
// snapshot that the wallet itself keeps for its next first paint.

import { click, fill, press, says, textOf, until, visible } from './lib.mjs';

/** A block on a busy machine: signature, votes, certificate, delivery. */
const BLOCK_MS = 60_000;
/** Genesis, committee and the chain's creating block are fetched and verified. */
const CLAIM_MS = 90_000;

/** A wallet: a session (browser and profile) and the page that shows it. */
export class Wallet {
  constructor(name, session, report) {
    this.name = name;
    this.session = session;
    this.report = report;
    this.page = null;
  }

  /** A step with this wallet's name; its pages are pictured when it fails. */
  step(name, work) {
    return this.report.step(`${this.name}: ${name}`, work, this.session);
  }

  picture(name) {
    return this.report.picture(this.page, `${this.name}-${name}`);
  }

  /** Opens the wallet; in a popup's size, as a tab so that it stays. */
  async open() {
    this.page = await this.session.page('popup.html?surface=tab');
    await visible(this.page, '#app main:not([aria-busy])');
    return this.page;
  }

  /** Goes to a screen by its address. */
  async go(screen) {
    await this.page.bringToFront().catch(() => null);
    await this.page.evaluate((hash) => { window.location.hash = hash; }, screen);
    await until(`the screen ${screen}`, () => this.page.evaluate(
      (hash) => window.location.hash === `#${hash}` && document.querySelector('main') !== null, screen));
  }

  /** What the wallet saved last; nothing before the first time. */
  async snapshot() {
    const text = await this.page.evaluate(async () => {
      const api = globalThis.browser ?? globalThis.chrome;
      return (await api.storage.local.get('snapshot')).snapshot ?? null;
    });
    return text === null ? null : JSON.parse(text);
  }

  /** A request to the node as the screens make them: its answer, and how long that took in ms. */
  async ask(request) {
    return this.page.evaluate(async (payload) => {
      const channel = new BroadcastChannel('walnut/ui');
      const id = Math.floor(Math.random() * 2 ** 50);
      const response = new Promise((resolve) => {
        channel.onmessage = ({ data }) => {
          const envelope = JSON.parse(data.json);
          if (envelope.id === id && envelope.payload.ui_response) resolve(envelope.payload.ui_response);
        };
      });
      const begin = performance.now();
      channel.postMessage({ json: JSON.stringify({ to: 'node', id, payload: { ui_request: payload } }), secrets: [] });
      const { Ok: answer, Err: error } = await response;
      const elapsed = performance.now() - begin;
      channel.close();
      if (error) throw new Error(JSON.stringify(error));
      return { answer, elapsed };
    }, request);
  }

  /** How long the node took to be ready, in ms: since its start message, and since its worker was made. Chromium only. */
  async nodeReady() {
    const host = this.session.browser.targets().find((target) => target.url().endsWith('/host.html'));
    if (!host) return null;
    const { nodeReadyMs, nodeUpMs } = await (await host.asPage()).evaluate(() => ({ ...document.documentElement.dataset }));
    return { nodeReadyMs, nodeUpMs };
  }

  /** Waits until the saved snapshot satisfies `probe`, and returns what that gives. */
  async saved(what, probe, timeout = BLOCK_MS) {
    let last = null;
    try {
      return await until(`${this.name}: ${what}`, async () => {
        last = await this.snapshot();
        return last ? probe(last) : null;
      }, timeout);
    } catch (error) {
      const sync = last ? JSON.stringify({ sync: last.sync, lock: last.lock, chains: last.chains }) : 'nothing saved';
      throw new Error(`${error.message}; saved: ${sync.slice(0, 700)}`);
    }
  }

  /** Welcome → password → recovery words; gives the words. */
  async create(password) {
    await says(this.page, 'Create a wallet');
    await this.picture('welcome');
    await press(this.page, 'Create a wallet');
    await fill(this.page, '#password', password);
    await fill(this.page, '#again', password);
    await says(this.page, 'Guessing it would take');
    await this.picture('password');
    await press(this.page, 'Create a wallet');
    await says(this.page, 'Recovery words');
    await press(this.page, /* the veil says more than its first line */ await this.label('.veil'));
    await visible(this.page, 'ol.words li');
    const words = await this.page.evaluate(() =>
      [...document.querySelectorAll('ol.words li span:last-child')].map((word) => word.innerText));
    await this.picture('words');
    await press(this.page, 'I have written them down');
    await says(this.page, 'Claim a chain', '#title');
    return words;
  }

  async label(selector) {
    await visible(this.page, selector);
    return (await textOf(this.page, selector)).trim();
  }

  /** Settings → Network: the faucet's address. */
  async useNetwork(faucet) {
    await this.go('settings/networks');
    await fill(this.page, '#url', faucet);
    await this.picture('network-settings');
    await press(this.page, 'Use this network');
    await this.saved('the network to be known', async (saved) => {
      await this.#complain();
      return saved.settings.network.faucet_url === faucet && saved.network_name;
    }, CLAIM_MS);
  }

  /** Claims a chain; gives its id. */
  async claim(name) {
    await this.go('claim');
    await fill(this.page, 'main #name', name);
    await click(this.page, 'main form button[type=submit]');
    await says(this.page, 'Asking the faucet', 'main');
    await this.picture('claiming');
    await until('the chain to be verified', async () => {
      await this.#complain();
      return this.page.evaluate(() => document.querySelector('#continue') !== null);
    }, CLAIM_MS);
    await this.picture('claimed');
    await click(this.page, '#continue');
    await says(this.page, name, 'main');
    return this.saved('the claimed chain', (saved) => saved.chains.find((chain) => chain.name === name)?.chain_id);
  }

  /** The address that the Receive screen shows. */
  async address() {
    await this.go('receive');
    const text = await this.label('main .address');
    await this.picture('receive');
    return text;
  }

  /** The chain's balance, in tokens as text. */
  async balance(chain) {
    return this.saved('the balance', (saved) =>
      saved.chains.find((one) => one.chain_id === chain)?.chain_balance.replace(/\.$/, ''));
  }

  /** Writes a transfer and has it staged: ends on the review. */
  async prepare(address, amount) {
    await this.go('send');
    await fill(this.page, '#to', address);
    await says(this.page, /a chain|an owner/, '#to-hint');
    await fill(this.page, '#amount', amount);
    await until('the fee', async () => /Fee\s+[\d.]+/.test(await textOf(this.page, 'main .facts')));
    await this.picture('send');
    await press(this.page, 'Review');
    await says(this.page, 'Approve and sign');
  }

  /** Approves the review; gives the number of the activity item. */
  async approve() {
    await this.page.bringToFront().catch(() => null);
    const warning = await this.#notice();
    await press(this.page, 'Approve and sign');
    return until('the activity item', async () => {
      await this.#complain(warning);
      return this.page.evaluate(() => {
        const match = /^#activity\/(\d+)$/.exec(window.location.hash);
        return match ? Number(match[1]) : null;
      });
    });
  }

  /** An error that the screen shows is ours as well, unless it was there already, as a warning. */
  async #complain(known = null) {
    const problem = await this.#notice();
    if (problem && problem !== known) throw new Error(`the screen says: ${problem}`);
  }

  async #notice() {
    const notice = await this.page.evaluate(() => {
      const shown = document.querySelector('main .notice.bad');
      for (const details of shown?.querySelectorAll('details') ?? []) details.open = true;
      return shown?.innerText ?? null;
    });
    return notice?.replace(/\s+/g, ' ') ?? null;
  }

  /** Waits until an item has got as far as `wanted`, saying each step; gives the item. */
  async follow(id, wanted) {
    let said = 0;
    return this.saved(`item ${id} to be ${wanted}`, (saved) => {
      const item = saved.activity.find((one) => one.id === id);
      if (!item) return null;
      for (const step of item.timeline.slice(said)) {
        const after = (step.at - item.timeline[0].at) / 1000;
        this.report.say(`        +${after.toFixed(0).padStart(5)} ms  ${describe(step.step)}`);
      }
      said = item.timeline.length;
      if (item.status.failed) throw new Error(`item ${id} failed: ${JSON.stringify(item.status.failed.reason)}`);
      const order = ['queued', 'signed', 'certified', 'delivered'];
      return order.indexOf(item.status) >= order.indexOf(wanted) ? item : null;
    });
  }

  /** Send → Review → Approve → certified; gives the item. */
  async send(address, amount, wanted = 'certified') {
    await this.prepare(address, amount);
    await this.picture('review');
    const id = await this.approve();
    const item = await this.follow(id, wanted);
    await this.picture('sent');
    return item;
  }

  /** Waits for a transfer of `amount` from `origin` to be received into a block. */
  async received(origin, amount) {
    return this.saved(`${amount} tokens to arrive`, (saved) => saved.activity.find((item) =>
      item.kind.received?.origin === origin && tokens(item.kind.received.amount) === tokens(amount)));
  }

  /** Waits until an owner has so much of an application's token on a chain. */
  async holds(chain, token, owner, amount) {
    return this.saved(`${amount} of the token`, (saved) => saved.chains.find((one) => one.chain_id === chain)?.tokens
      .find((one) => one.token.id === token && one.owner === owner && tokens(one.balance) === tokens(amount)));
  }

  /** Opens the send screen with the first token of an application chosen. */
  async chooseToken() {
    await this.go('send');
    const value = await until('a token to send', () => this.page.evaluate(() =>
      [...document.querySelectorAll('#from option')].find((option) => option.value.includes('#'))?.value ?? null));
    await this.page.select('#from', value);
    await says(this.page, 'WAL', '#amount-hint');
  }

  /** Types the password on the lock screen. */
  async unlock(password) {
    await says(this.page, 'Locked');
    await fill(this.page, '#password', password);
    await press(this.page, 'Unlock');
    await until('the wallet to be open', async () => !(await textOf(this.page, 'main')).includes('Locked'));
  }

  /** The browser dies and comes back on the same profile. */
  async killAndRestart() {
    await this.session.restart();
    await this.open();
  }
}

/** Milliseconds between two kinds of steps of an item. */
export function between(item, from, to) {
  const at = (name) => item.timeline.find(({ step }) => step === name)?.at;
  return (at(to) - at(from)) / 1000;
}

/** An amount as a whole number of attotokens, exact. */
export function tokens(text) {
  const [whole, rest = ''] = String(text).split('.');
  return BigInt(whole) * 10n ** 18n + BigInt(rest.padEnd(18, '0'));
}

function describe(step) {
  if (typeof step === 'string') return step;
  const [[name, content]] = Object.entries(step);
  return name === 'votes' ? `${content.received} of ${content.total} votes, ${content.needed} needed` : name;
}
