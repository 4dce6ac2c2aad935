// The main job, live: two wallets in two browsers on a local network. Each claims a chain and runs its own node; they
// pay each other, also in the token of an application; one browser is killed and comes back with everything.

import fs from 'node:fs';
import path from 'node:path';

import { Developer, transfer } from './developer.mjs';
import { Session, fill, main, press, says, textOf, theme } from './lib.mjs';
import { Wallet, between, tokens } from './wallet.mjs';

const PASSWORD = 'walnut tree quiet harbour';

// What the benchmark shows beside its own figures, in milliseconds.
const timings = {};

await main(async ({ session, report, options }) => {
  if (!options.faucet) throw new Error('WALNUT_FAUCET is not set: run this through cargo xtask demo');
  const other = await report.step(`start a second ${options.browser}, for the other wallet`, () =>
    Session.open({ ...options, out: `${options.out}/bob` }));
  try {
    await demo(new Wallet('ana', session, report), new Wallet('bob', other, report), report, options);
    fs.writeFileSync(path.join(options.out, 'timings.json'), JSON.stringify(timings));
  } finally {
    await other.close().catch((error) => report.say(`closing: ${error.message}`));
  }
});

async function demo(ana, bob, report, options) {
  const chains = {};
  for (const wallet of [ana, bob]) {
    await wallet.step('opens the wallet', () => wallet.open());
    await wallet.step('creates a wallet and writes down the words', async () => {
      const words = await wallet.create(PASSWORD);
      if (words.length !== 24) throw new Error(`${words.length} words`);
    });
    await wallet.step('enters the faucet of the network', () => wallet.useNetwork(options.faucet));
    chains[wallet.name] = await wallet.step('claims a chain, verified by its own node', () =>
      wallet.claim(`${wallet.name}'s chain`));
    report.say(`      chain ${chains[wallet.name]}, ${await wallet.balance(chains[wallet.name])} tokens`);
    await wallet.picture('home');
  }

  const addresses = {};
  for (const wallet of [ana, bob]) {
    addresses[wallet.name] = await wallet.step('reads the address from Receive', () => wallet.address());
    if (addresses[wallet.name] !== chains[wallet.name]) throw new Error('Receive shows another chain');
  }

  await pay(ana, bob, '2.5', chains, addresses, report);
  await pay(bob, ana, '0.75', chains, addresses, report);

  await trade(ana, bob, chains, report, options);

  await ana.step('shows what happened', async () => {
    await ana.go('activity');
    await says(ana.page, 'Claimed', 'main');
    await says(ana.page, '2.5', 'main');
    await ana.picture('activity');
    await ana.go(`chain/${chains.ana}`);
    await says(ana.page, 'Balance of the chain', 'main');
    await ana.picture('chain');
    await ana.go('network');
    await says(ana.page, 'Validators', 'main');
    await says(ana.page, /agrees|lags|answers/, 'main');
    await ana.picture('network');
    await ana.go('settings');
    await ana.picture('settings');
  });

  const before = await ana.snapshot();
  await ana.step('is killed with its browser, and comes back locked', async () => {
    await ana.killAndRestart();
    await says(ana.page, 'Locked');
    await ana.picture('locked');
  });
  await ana.step('unlocks, and everything is there', async () => {
    await ana.unlock(PASSWORD);
    await ana.go('home');
    await says(ana.page, "ana's chain", 'main');
    const now = await ana.saved('the node to be up to date', (saved) =>
      saved.lock === 'unlocked' && saved.chains[0]?.block_hash && saved);
    const same = (pick) => JSON.stringify(pick(now)) === JSON.stringify(pick(before));
    if (!same((saved) => saved.chains[0].chain_balance)) throw new Error('another balance than before');
    if (!same((saved) => saved.chains[0].block_hash)) throw new Error('another block than before');
    if (!same((saved) => saved.activity.map((item) => item.id))) throw new Error('another activity than before');
    if (!same((saved) => saved.accounts[0].owner)) throw new Error('another key than before');
    await ana.picture('back');
    const ready = await ana.nodeReady();
    if (ready) timings.node_ready_ms = Number(ready.nodeUpMs);
    if (ready) report.say(`      node ready ${ready.nodeReadyMs} ms after its start message, ${ready.nodeUpMs} ms after its worker`);
  });
  await pay(ana, bob, '1', chains, addresses, report);

  await ana.step('looks at everything in the dark', async () => {
    await theme(ana.page, 'dark');
    await ana.go('home');
    await ana.picture('home-dark');
    report.say(`      balance: ${(await textOf(ana.page, 'main .balance')).replace(/\s+/g, ' ')}`);
  });
}

/** Somebody publishes a token; it goes from the first wallet to the second, and both show it. */
async function trade(ana, bob, chains, report, options) {
  const owners = {};
  for (const wallet of [ana, bob]) owners[wallet.name] = (await wallet.snapshot()).accounts[0].owner;
  const developer = new Developer(path.join(options.out, 'developer'));
  const token = await report.step('a developer publishes a token from the terminal, with a supply of 1000', async () => {
    const owner = await developer.join(options.faucet);
    return developer.create('fungible', { ticker_symbol: 'WAL' }, { accounts: { [owner]: '1000.' } });
  });
  report.say(`      application ${token}`);
  await report.step('… and sends 100 WAL to ana', () => developer.call(token, transfer({
    owner: developer.owner, amount: '100.', chain: chains.ana, target: owners.ana })));
  await ana.step('receives 100 WAL: fetches the application and runs it', async () => {
    await ana.holds(chains.ana, token, owners.ana, '100');
    await ana.go(`chain/${chains.ana}`);
    await press(ana.page, 'Balances');
    await says(ana.page, 'WAL', 'main');
    await ana.picture('token');
  });
  const item = await ana.step('sends 12.5 WAL to bob: simulated, approved, certified', async () => {
    await ana.chooseToken();
    await fill(ana.page, '#to', `${owners.bob}@${chains.bob}`);
    await fill(ana.page, '#amount', '12.5');
    await press(ana.page, 'Review');
    await says(ana.page, 'You send 12.5 WAL', 'main');
    await ana.picture('token-review');
    return ana.follow(await ana.approve(), 'certified');
  });
  timings.application_approve_to_certificate_ms = between(item, 'queued', 'certified');
  report.say(`      approve → certificate ${between(item, 'queued', 'certified').toFixed(0)} ms`);
  await ana.step('has 87.5 WAL left', () => ana.holds(chains.ana, token, owners.ana, '87.5'));
  await bob.step('receives 12.5 WAL', async () => {
    await bob.holds(chains.bob, token, owners.bob, '12.5');
    await bob.go(`chain/${chains.bob}`);
    await press(bob.page, 'Balances');
    await says(bob.page, '12.5', 'main');
    await bob.picture('token');
  });
}

/** One pays, the other receives it into a block of their own. */
async function pay(from, to, amount, chains, addresses, report) {
  const before = { from: await from.balance(chains[from.name]), to: await to.balance(chains[to.name]) };
  const item = await from.step(`sends ${amount} to ${to.name}: review, approve, certified`, () =>
    from.send(addresses[to.name], amount));
  // The last payment counts: everything is warm by then.
  timings.approve_to_certificate_ms = between(item, 'queued', 'certified');
  report.say(`      approve → certificate ${between(item, 'queued', 'certified').toFixed(0)} ms, fee ${item.fee.replace(/\.$/, '')}`);
  await to.step(`receives ${amount} from ${from.name}`, () => to.received(chains[from.name], amount));
  await to.go('home');
  await to.picture('received');
  const after = {
    from: await from.saved('the balance to have fallen', (saved) => {
      const now = saved.chains[0].chain_balance.replace(/\.$/, '');
      return tokens(now) <= tokens(before.from) - tokens(amount) && now;
    }),
    to: await to.saved('the balance to have risen', (saved) => {
      const now = saved.chains[0].chain_balance.replace(/\.$/, '');
      return tokens(now) > tokens(before.to) && now;
    }),
  };
  report.say(`      ${from.name} ${before.from} → ${after.from}, ${to.name} ${before.to} → ${after.to}`);
}
