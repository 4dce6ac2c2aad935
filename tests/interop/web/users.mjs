// Users of the published client: pages in browser contexts of their own, so that none sees another's storage.

import { until } from '../../browser/lib.mjs';

/** Longest wait for what somebody else's block has to bring about, in ms. */
export const WAIT_MS = 60_000;
/** What a page offers (page/user.mjs). */
const METHODS = ['begin', 'use', 'claim', 'connect', 'heard', 'identity', 'balance', 'refresh', 'transfer', 'addOwner',
  'query', 'stop'];

/** Opens a page; each of its methods is a method of the user. */
export async function open(browser, address, name) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.stack ?? error}`));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) console.error(`${name}: ${message.text()}`);
  });
  await page.goto(address);
  await page.waitForFunction('globalThis.user');
  const user = { name, chain: null, owner: null, close: () => context.close() };
  for (const method of METHODS) {
    user[method] = (...given) => page.evaluate(call, method, given);
  }
  // Waits for a notification of the user's chain, beyond the first `from` of all; what its reason says.
  user.hears = (kind, from = 0) => until(`${name} to hear ${kind}`, async () => {
    const mine = (await user.heard()).slice(from).filter(({ chain_id: chain }) => chain === user.chain);
    return mine.find(({ reason }) => kind in reason)?.reason[kind];
  }, WAIT_MS);
  return user;
}

/** Runs in the page. A rejection keeps its words, and an absent value stays absent. */
async function call(method, given) {
  try {
    return await globalThis.user[method](...given.map((value) => value ?? undefined));
  } catch (error) {
    throw new Error(error?.message ?? String(error));
  }
}
