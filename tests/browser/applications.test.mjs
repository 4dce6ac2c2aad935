// Applications in the wallet: tokens that arrive, are shown and are sent on; an application that is asked and called;
// questions that are no questions. Somebody else has published them from a terminal.

import http from 'node:http';
import path from 'node:path';

import { Session, click, fill, main, press, says, textOf, until, visible } from './lib.mjs';
import { Developer, transfer } from './developer.mjs';
import { Wallet, tokens } from './wallet.mjs';

const PASSWORD = 'walnut tree quiet harbour';
/** Bytecode is fetched, compiled and asked on a busy machine. */
const FIRST_QUESTION_MS = 60_000;

await main(async ({ session, report, options }) => {
  if (!options.faucet) throw new Error('no network: run this through cargo xtask test');
  const developer = new Developer(path.join(options.out, 'developer'));
  const other = await Session.open({ ...options, out: `${options.out}/bob` });
  try {
    await test(new Wallet('ana', session, report), new Wallet('bob', other, report), developer, report, options);
  } finally {
    await other.close().catch((error) => report.say(`closing: ${error.message}`));
  }
});

async function test(ana, bob, developer, report, options) {
  const chains = {};
  for (const wallet of [ana, bob]) {
    await wallet.step('is made and claims a chain', async () => {
      await wallet.open();
      await wallet.create(PASSWORD);
      await wallet.useNetwork(options.faucet);
      chains[wallet.name] = await wallet.claim(`${wallet.name}'s chain`);
      await wallet.go(`chain/${chains[wallet.name]}`);
      await press(wallet.page, 'Applications');
      await says(wallet.page, 'No application yet', 'main');
    });
  }
  const owners = {};
  for (const wallet of [ana, bob]) owners[wallet.name] = (await wallet.snapshot()).accounts[0].owner;

  const ids = await report.step('a developer publishes a token and a counter', async () => {
    const owner = await developer.join(options.faucet);
    const token = await developer.create('fungible', { ticker_symbol: 'WAL' }, { accounts: { [owner]: '1000.' } });
    const counter = await developer.create('counter', null, 7);
    return { token, counter };
  });
  await report.step('… and sends 100 of the token to Ana', () => developer.call(ids.token, transfer({
    owner: developer.owner, amount: '100.', chain: chains.ana, target: owners.ana,
  })));

  await ana.step('has received them', async () => {
    await ana.holds(chains.ana, ids.token, owners.ana, '100');
    const item = await ana.saved('the arrival', (saved) =>
      saved.activity.find((one) => one.kind.received?.token?.id === ids.token));
    if (tokens(item.kind.received.amount) !== tokens('100')) throw new Error(item.kind.received.amount);
    await ana.go('activity');
    await says(ana.page, '+100', 'main');
    await ana.picture('arrival');
    await ana.go(`chain/${chains.ana}`);
    await press(ana.page, 'Balances');
    await says(ana.page, 'WAL', 'main');
    await ana.picture('balances');
  });
  await ana.step('finds the token among the applications of her chain', async () => {
    await press(ana.page, 'Applications');
    await says(ana.page, 'Fungible token', 'main', FIRST_QUESTION_MS);
    await ana.picture('applications');
    await click(ana.page, `main a[href="#application/${chains.ana}/${ids.token}"]`);
    await says(ana.page, 'WAL', '#title');
    await says(ana.page, 'transferFrom', 'main');
    await ana.picture('token');
  });
  await ana.step('asks it', async () => {
    await asks(ana, 'query { tickerSymbol accounts { count } }');
    await says(ana.page, '"tickerSymbol": "WAL"', 'main pre');
    await ana.picture('answer');
    await asks(ana, 'query { tickerSymbal }');
    await says(ana.page, 'does not understand', 'main');
    await says(ana.page, 'tickerSymbal', 'main .complaints');
    await ana.picture('complaint');
  });

  await ana.step('cannot send it to a chain of which she does not know the owner', async () => {
    await ana.chooseToken();
    await fill(ana.page, '#to', chains.bob);
    await fill(ana.page, '#amount', '1');
    await says(ana.page, 'belongs to owners', 'main');
    await ana.picture('no-owner');
  });
  const sent = await ana.step('reviews 12.5 to Bob', async () => {
    await ana.chooseToken();
    await fill(ana.page, '#to', `${owners.bob}@${chains.bob}`);
    await says(ana.page, 'an owner', '#to-hint');
    await fill(ana.page, '#amount', '12.5');
    await says(ana.page, /Balance afterwards\s+87\.5/, 'main');
    await ana.picture('send');
    await press(ana.page, 'Review');
    await says(ana.page, 'You send 12.5 WAL', 'main');
    for (const words of [/Fuel used\s+\d/, /100 → 87\.5/, 'brings 12.5 WAL', 'Transfer']) {
      await says(ana.page, words, 'main');
    }
    await ana.picture('review');
    return ana.approve();
  });
  await ana.step('has sent them', async () => {
    const item = await ana.follow(sent, 'certified');
    if (item.kind.sent?.token?.symbol !== 'WAL') throw new Error(JSON.stringify(item.kind));
    await ana.holds(chains.ana, ids.token, owners.ana, '87.5');
    await ana.picture('sent');
  });
  await bob.step('sees them in his wallet', async () => {
    await bob.holds(chains.bob, ids.token, owners.bob, '12.5');
    await bob.go(`chain/${chains.bob}`);
    await press(bob.page, 'Balances');
    await says(bob.page, '12.5', 'main');
    await bob.picture('token');
  });

  await ana.step('has a mutation shown as a block, and changes her mind', async () => {
    await ana.go(`application/${chains.ana}/${ids.token}`);
    await asks(ana, transfer({ owner: owners.ana, amount: '1.', chain: chains.bob, target: owners.bob }));
    await says(ana.page, 'You send 1 WAL', 'main');
    await press(ana.page, 'Change');
    await says(ana.page, 'WAL', '#title');
    await ana.holds(chains.ana, ids.token, owners.ana, '87.5');
  });
  await ana.step('is told when an application refuses', async () => {
    await asks(ana, transfer({ owner: owners.ana, amount: '1000.', chain: chains.bob, target: owners.bob }));
    await says(ana.page, 'The application refuses this', 'main');
    await ana.picture('refused');
  });

  await ana.step('opens an application by its ID', async () => {
    await ana.go(`chain/${chains.ana}`);
    await press(ana.page, 'Applications');
    await fill(ana.page, '#application', 'abc');
    await press(ana.page, 'Open');
    await says(ana.page, 'not an application ID', 'main');
    await fill(ana.page, '#application', ids.counter);
    await press(ana.page, 'Open');
    await says(ana.page, 'Counter', '#title', FIRST_QUESTION_MS);
    await asks(ana, 'query { value }');
    await says(ana.page, '"value": 0', 'main pre');
  });
  await ana.step('calls it', async () => {
    await click(ana.page, 'button[aria-label="Write a question with increment"]');
    await asks(ana, 'mutation { increment(value: 5) }');
    await says(ana.page, 'Adds 5 to the counter', 'main');
    await ana.picture('increment');
    const id = await ana.approve();
    await ana.follow(id, 'certified');
    await ana.go(`application/${chains.ana}/${ids.counter}`);
    await asks(ana, 'query { value }');
    await says(ana.page, '"value": 5', 'main pre');
  });
  const web = await tellPrice(17);
  try {
    await ana.step('asks an application that asks a web server', async () => {
      const price = await developer.create('price', { url: web.url }, null);
      await ana.go(`application/${chains.ana}/${price}`);
      await asks(ana, 'query { value current }');
      await says(ana.page, '"current": 17', 'main pre');
      await says(ana.page, '"value": null', 'main pre');
      web.price = 18;
      await asks(ana, 'mutation { update }');
      await says(ana.page, 'Approve and sign', 'main');
      await ana.picture('oracle');
      await ana.follow(await ana.approve(), 'certified');
      web.price = 19;
      await ana.go(`application/${chains.ana}/${price}`);
      await asks(ana, 'query { value current }');
      await says(ana.page, '"value": 18', 'main pre');
      await says(ana.page, '"current": 19', 'main pre');
    });
    await ana.step('is told when the server does not answer as it should', async () => {
      web.price = 'nothing';
      await asks(ana, 'query { value current }');
      await says(ana.page, 'the server answered with no number', 'main .complaints');
      await ana.picture('no-number');
    });
  } finally {
    web.close();
  }
  await ana.step('is told that there is no such application', async () => {
    await ana.go(`application/${chains.ana}/${'0'.repeat(64)}`);
    await says(ana.page, 'No validator knows', 'main');
  });

  await ana.step('finds tokens and questions again after a kill', async () => {
    await ana.killAndRestart();
    await ana.unlock(PASSWORD);
    await ana.holds(chains.ana, ids.token, owners.ana, '87.5');
    await ana.go(`application/${chains.ana}/${ids.counter}`);
    await visible(ana.page, '.history button');
    await says(ana.page, 'increment(value: 5)', '.history');
    if ((await ana.snapshot()).activity.filter((item) => item.kind.sent?.token).length !== 1) {
      throw new Error('the transfer is not there once');
    }
  });
}

/** Writes a question on the page of an application and asks it; waits until it is answered. */
async function asks(wallet, question) {
  await fill(wallet.page, '#query', question);
  await press(wallet.page, 'Ask');
  await until('the answer', async () => !/Asking…/.test(await textOf(wallet.page, 'main')), FIRST_QUESTION_MS);
}

/** A web server that says a price, and lets pages read it; every answer has other headers. */
async function tellPrice(price) {
  const web = { price };
  const server = http.createServer((_, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.end(`${web.price}\n`);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  web.url = `http://127.0.0.1:${server.address().port}/price`;
  web.close = () => server.close();
  return web;
}
