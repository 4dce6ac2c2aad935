// A browser with the extension in it: start, open its pages, wait, take pictures, kill, start again.
//
// `Session.open()` starts the browser that the environment names, with a profile folder of its own. `kill()` ends it
// as a power cut would; `restart()` starts it again on the same profile, so whatever the wallet had stored is there.
// Steps run through a `Report`, which prints progress, takes a picture when one fails and ends with the counts.
//
// Environment, set by `cargo xtask`:
//   WALNUT_BROWSER          chromium | firefox
//   WALNUT_BROWSER_PROGRAM  the browser's program
//   WALNUT_EXTENSION        folder of the unpacked extension
//   WALNUT_FAUCET           base address of the faucet
//   WALNUT_NETWORK          the network's ready line (JSON)
//   WALNUT_NETWORK_PROCESS  number of the network's process
//   WALNUT_OUT              folder for pictures, logs and the transcript
//   WALNUT_HEADED           set to show the browser
//   WALNUT_KEEP             set to leave everything running at the end

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import puppeteer from 'puppeteer-core';

/** Longest wait for anything on a page, in ms. */
const WAIT_MS = 30_000;
/** Pause between two looks, in ms. */
const POLL_MS = 50;
/** Size of the popup, in CSS pixels. */
const VIEWPORT = { width: 400, height: 600 };
/** Fixed host of the extension's pages in Firefox. */
const FIREFOX_HOST = '5a1d8e0c-7b3f-4a52-9c61-2f0e4d9b7a10';

/** Quiet browsers: no first-run pages, no updates, no hosts of their own. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
];
const FIREFOX_PREFS = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  // A temporary add-on's data would otherwise go with it.
  'extensions.webextensions.keepStorageOnUninstall': true,
  'extensions.webextensions.keepUuidOnUninstall': true,
};

/** What `cargo xtask` said; throws when a required value is missing. */
export function settings(env = process.env) {
  const required = (name) => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: run this through cargo xtask`);
    return value;
  };
  const browser = required('WALNUT_BROWSER');
  if (browser !== 'chromium' && browser !== 'firefox') throw new Error(`unknown browser ${browser}`);
  return {
    browser,
    program: required('WALNUT_BROWSER_PROGRAM'),
    extension: required('WALNUT_EXTENSION'),
    faucet: env.WALNUT_FAUCET ?? null,
    network: env.WALNUT_NETWORK ? JSON.parse(env.WALNUT_NETWORK) : null,
    networkProcess: env.WALNUT_NETWORK_PROCESS ? Number(env.WALNUT_NETWORK_PROCESS) : null,
    out: required('WALNUT_OUT'),
    headed: Boolean(env.WALNUT_HEADED),
    keep: Boolean(env.WALNUT_KEEP),
  };
}

/** One browser with one profile and the extension. */
export class Session {
  #settings;
  #profile;
  #ownsProfile;
  #browser = null;
  #origin = null;
  #pages = [];
  #log;

  constructor(options, profile) {
    this.#settings = options;
    this.#ownsProfile = !profile;
    this.#profile = profile ?? fs.mkdtempSync(path.join(os.tmpdir(), `walnut-${options.browser}-`));
    fs.mkdirSync(options.out, { recursive: true });
    this.#log = path.join(options.out, 'console.log');
    fs.writeFileSync(this.#log, '');
  }

  /** Starts the browser; `profile` is a folder to use instead of a fresh one. */
  static async open(options = settings(), profile = undefined) {
    const session = new Session(options, profile);
    await session.start();
    return session;
  }

  /** The browser of puppeteer, for what this class does not offer. */
  get browser() {
    if (!this.#browser) throw new Error('the browser is not running');
    return this.#browser;
  }

  /** `chrome-extension://<id>` or `moz-extension://<uuid>`. */
  get origin() {
    return this.#origin;
  }

  get profile() {
    return this.#profile;
  }

  async start() {
    if (this.#browser) throw new Error('the browser is running already');
    const { browser, program, extension, headed } = this.#settings;
    const common = {
      browser: browser === 'firefox' ? 'firefox' : 'chrome',
      executablePath: program,
      headless: !headed,
      userDataDir: this.#profile,
      defaultViewport: headed ? null : VIEWPORT,
      protocolTimeout: 120_000,
    };
    if (browser === 'firefox') {
      const id = geckoId(extension);
      this.#browser = await puppeteer.launch({
        ...common,
        args: ['-remote-allow-system-access'],
        extraPrefsFirefox: {
          ...FIREFOX_PREFS,
          'extensions.webextensions.uuids': JSON.stringify({ [id]: FIREFOX_HOST }),
        },
      });
      await this.#browser.installExtension(extension);
      this.#origin = `moz-extension://${FIREFOX_HOST}`;
    } else {
      this.#browser = await puppeteer.launch({ ...common, pipe: true, enableExtensions: true, args: CHROMIUM_ARGS });
      const id = await this.#browser.installExtension(extension);
      this.#origin = `chrome-extension://${id}`;
    }
  }

  /** Opens a page of the extension (`popup.html`, `popup.html#/send`) in a tab of its own. */
  async page(file) {
    const url = `${this.#origin}/${file}`;
    let page = await this.browser.newPage();
    if (this.#settings.browser === 'firefox') {
      // The navigation never settles, may move the page to a new browsing context, and `url()` keeps its old value:
      // ask every page where it is.
      page.goto(url, { timeout: WAIT_MS }).catch(() => null);
      const known = new Set(this.#pages);
      page = await until(`${url} to open`, async () => {
        for (const candidate of await this.browser.pages()) {
          if (!known.has(candidate) && (await place(candidate)).startsWith(url)) return candidate;
        }
        return null;
      });
    } else {
      await page.goto(url, { waitUntil: 'domcontentloaded', timeout: WAIT_MS });
    }
    await until(`${url} to load`, () => page.evaluate(() => document.readyState !== 'loading').catch(() => false));
    this.#listen(page, file);
    this.#pages.push(page);
    return page;
  }

  /** The extension's pages that this session has opened and nobody has closed. */
  get pages() {
    return this.#pages.filter((page) => !page.isClosed());
  }

  #listen(page, file) {
    const write = (kind, text) => fs.appendFileSync(this.#log, `${file} ${kind}: ${text}\n`);
    page.on('console', (message) => write(message.type(), message.text()));
    page.on('pageerror', (error) => write('error', error.stack ?? String(error)));
  }

  /** Ends the browser at once, as a power cut would: nothing is flushed, nobody is told. */
  async kill() {
    const browser = this.browser;
    const child = browser.process();
    this.#browser = null;
    this.#pages = [];
    const gone = new Promise((resolve) => child.once('exit', resolve));
    try {
      process.kill(-child.pid, 'SIGKILL'); // the whole group: the program may be a script that started the browser
    } catch {
      child.kill('SIGKILL');
    }
    await gone;
    await browser.disconnect().catch(() => null);
    // Once Firefox is gone, puppeteer puts the profile's own preferences back; a start meanwhile would not find them.
    const isSettled = () => !fs.readdirSync(this.#profile).some((file) => file.endsWith('.puppeteer'));
    await until('the profile to be settled', isSettled);
  }

  /** `kill()`, then the same profile again. */
  async restart() {
    await this.kill();
    await this.start();
  }

  /** Ends the browser in good order and removes the profile, unless it was given. */
  async close() {
    if (this.#browser) {
      const browser = this.#browser;
      this.#browser = null;
      this.#pages = [];
      await browser.close();
    }
    if (this.#ownsProfile) fs.rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Where a page is, by its own word; nothing when it does not answer. */
async function place(page) {
  const silence = new Promise((resolve) => setTimeout(resolve, 2_000, ''));
  const answer = page.evaluate(() => window.location.href).catch(() => '');
  return Promise.race([answer, silence]);
}

function geckoId(extension) {
  const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'manifest.json'), 'utf8'));
  const id = manifest.browser_specific_settings?.gecko?.id;
  if (!id) throw new Error('the manifest names no gecko id');
  return id;
}

/** Looks until `probe` gives something true, and returns that; throws with `what` in the message. */
export async function until(what, probe, timeout = WAIT_MS) {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${timeout / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Waits until an element is on the page and shown. */
export async function visible(page, selector, timeout = WAIT_MS) {
  return until(`${selector} to be visible`, () => page.evaluate((query) => {
    const element = document.querySelector(query);
    return Boolean(element && element.getClientRects().length > 0);
  }, selector), timeout);
}

/** Waits until an element (by default the page) says `text`, a string or a regular expression; what it says. */
export async function says(page, text, selector = 'body', timeout = WAIT_MS) {
  let last = '';
  const matches = (said) => (text instanceof RegExp ? text.test(said) : said.includes(text));
  try {
    return await until(`${selector} to say ${text}`, async () => {
      last = await textOf(page, selector);
      return matches(last) ? last : null;
    }, timeout);
  } catch (error) {
    throw new Error(`${error.message}; it says: ${last.replace(/\s+/g, ' ').slice(0, 400)}`);
  }
}

/** What an element says, or nothing when it is not there. */
export async function textOf(page, selector) {
  return page.evaluate((query) => document.querySelector(query)?.innerText ?? '', selector);
}

/** Clicks an element once it is visible and not disabled. */
export async function click(page, selector, timeout = WAIT_MS) {
  await visible(page, selector, timeout);
  await until(`${selector} to be enabled`, () => page.evaluate((query) => {
    const element = document.querySelector(query);
    return Boolean(element && !element.disabled && element.getAttribute('aria-disabled') !== 'true');
  }, selector), timeout);
  await page.evaluate((query) => {
    const element = document.querySelector(query);
    element.scrollIntoView({ block: 'center' });
    element.click();
  }, selector);
}

/** Clicks the button or link that says exactly `label`. */
export async function press(page, label, timeout = WAIT_MS) {
  await until(`a button that says ${label}`, () => page.evaluate((wanted) => {
    const buttons = [...document.querySelectorAll('button, a, [role=button], [role=tab]')];
    const button = buttons.find((one) => one.innerText.trim() === wanted && one.getClientRects().length > 0);
    if (!button || button.disabled || button.getAttribute('aria-disabled') === 'true') return false;
    button.scrollIntoView({ block: 'center' });
    button.click();
    return true;
  }, label), timeout);
}

/** Replaces what a field holds, the way a person's typing tells the page. */
export async function fill(page, selector, value) {
  await visible(page, selector);
  await page.evaluate((query, text) => {
    const field = document.querySelector(query);
    field.focus();
    const shape = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(shape.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }, selector, value);
}

/** Shows a page in the dark or the light theme. */
export async function theme(page, name) {
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: name }]).catch(() => null);
}

/** Steps with names: progress, timing, a picture of every open page when one fails, counts at the end. */
export class Report {
  #out;
  #passed = 0;
  #failed = 0;
  #pictures = 0;
  #start = Date.now();
  #transcript;

  constructor(out) {
    this.#out = out;
    fs.mkdirSync(out, { recursive: true });
    this.#transcript = path.join(out, 'transcript.txt');
    fs.writeFileSync(this.#transcript, '');
  }

  /** A line for the person and the transcript. */
  say(text) {
    const line = `${((Date.now() - this.#start) / 1000).toFixed(1).padStart(6)} s  ${text}`;
    console.log(line);
    fs.appendFileSync(this.#transcript, `${line}\n`);
  }

  /** Runs one step. Its error ends the script, after a picture of each page of `session`. */
  async step(name, work, session = undefined) {
    const begin = Date.now();
    try {
      const value = await work();
      this.#passed += 1;
      this.say(`ok    ${name} (${Date.now() - begin} ms)`);
      return value;
    } catch (error) {
      this.#failed += 1;
      this.say(`FAIL  ${name}: ${error.message}`);
      if (session) await this.#failure(session);
      throw error;
    }
  }

  async #failure(session) {
    for (const page of session.pages) await this.picture(page, 'failure');
  }

  /** Saves a picture of a page, numbered in the order taken. */
  async picture(page, name) {
    this.#pictures += 1;
    const file = path.join(this.#out, `${String(this.#pictures).padStart(2, '0')}-${name}.png`);
    try {
      await page.screenshot({ path: file });
      this.say(`      picture ${path.basename(file)}`);
    } catch (error) {
      this.say(`      no picture ${name}: ${error.message}`);
    }
    return file;
  }

  /** Prints the counts; the exit code is for the caller to set. */
  finish() {
    const line = `${this.#passed} passed, ${this.#failed} failed`;
    console.log(line);
    fs.appendFileSync(this.#transcript, `${line}\n`);
    return this.#failed === 0;
  }
}

/** Runs a script's steps with a session and a report, cleans up and sets the exit code. */
export async function main(steps, options = settings()) {
  const report = new Report(options.out);
  let session = null;
  try {
    session = await report.step(`start ${options.browser} with the extension`, () => Session.open(options));
    await steps({ session, report, options });
    if (options.keep) {
      report.say(`everything stays open: ${session.origin}/popup.html, faucet ${options.faucet}`);
      await new Promise((resolve) => process.once('SIGINT', resolve));
    }
  } catch (error) {
    console.error(error.stack ?? String(error));
    process.exitCode = 1;
  } finally {
    if (session) await session.close().catch((error) => report.say(`closing: ${error.message}`));
  }
  if (!report.finish()) process.exitCode = 1;
}
