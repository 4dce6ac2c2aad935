// One chain, two owners, two browsers: both approve at the same moment, again and again. At each height there is one
// block; whoever was second is told, and sends again. One browser is killed in the middle. Then owners take turns, and
// one of them is away.

import { Session, click, fill, main, press, says, textOf, until, visible } from './lib.mjs';
import { Wallet, tokens } from './wallet.mjs';

const PASSWORD = 'walnut tree quiet harbour';
const ROUNDS = 10;
/** Both blocks of a round, with rounds of consensus that are lost in between. */
const RACE_MS = 90_000;
/** Turns of five seconds, drawn by lot: the one who is away may be drawn several times. */
const TURNS_MS = 120_000;
const ARRIVAL_MS = 60_000;

await main(async ({ session, report, options }) => {
  if (!options.faucet) throw new Error('no network: run this through cargo xtask test');
  const other = await Session.open({ ...options, out: `${options.out}/bob` });
  try {
    await test(new Wallet('ana', session, report), new Wallet('bob', other, report), report, options);
  } finally {
    await other.close().catch((error) => report.say(`closing: ${error.message}`));
  }
});

async function test(ana, bob, report, options) {
  const both = [ana, bob];
  const chains = {};
  const owners = {};
  for (const wallet of both) {
    await wallet.step('is made and claims a chain', async () => {
      await wallet.open();
      await wallet.create(PASSWORD);
      await wallet.useNetwork(options.faucet);
      chains[wallet.name] = await wallet.claim(`${wallet.name}'s chain`);
      owners[wallet.name] = (await wallet.snapshot()).accounts[0].owner;
    });
  }
  const shared = chains.ana;
  const race = { shared, to: chains.bob, sent: [] };

  await ana.step('shares her chain', async () => {
    await ownersOf(ana, shared);
    await says(ana.page, 'Any owner may make the next block', 'main');
    await press(ana.page, 'Share this chain');
    await fill(ana.page, '[role=dialog] #owner', owners.bob);
    await fill(ana.page, '[role=dialog] #password', `${PASSWORD}s`);
    await click(ana.page, '[role=dialog] button[type=submit]');
    await says(ana.page, 'not the password of this wallet', '[role=dialog]');
    await fill(ana.page, '[role=dialog] #password', PASSWORD);
    await ana.picture('share');
    await click(ana.page, '[role=dialog] button[type=submit]');
    await says(ana.page, 'Approve and sign');
    await says(ana.page, 'Changes who owns this chain', 'main');
    await ana.picture('share-review');
    race.sent.push(await ana.follow(await ana.approve(), 'certified'));
    await ownersOf(ana, shared);
    await says(ana.page, owners.bob.slice(0, 8), 'main');
    await ana.picture('owners');
  });
  await bob.step('adds it by its id, and owns it', async () => {
    await bob.go('add-chain');
    await fill(bob.page, 'main #chain', shared);
    await click(bob.page, 'main form button[type=submit]');
    await bob.saved('the chain', (saved) => saved.chains.find((one) => one.chain_id === shared)?.account);
  });
  const before = await together(both, shared);

  const counts = { overtaken: 0, anew: 0 };
  for (let round = 1; round <= ROUNDS; round += 1) {
    await report.step(`race ${round}: both approve at once, and both are sent in the end`, async () => {
      const { height } = await together(both, shared);
      // The same amount to the same recipient: only the block itself tells one from the other.
      await Promise.all(both.map((wallet) => write(wallet, race, `0.0${round % 9 + 1}`)));
      const started = await Promise.all(both.map((wallet) => approve(wallet, counts)));
      await Promise.all(both.map((wallet, place) => carry(wallet, started[place], race, counts)));
      const after = await together(both, shared);
      if (after.height !== height + both.length) throw new Error(`${after.height - height} blocks instead of two`);
    });
  }
  report.say(`        ${counts.overtaken} were overtaken and sent again, ${counts.anew} looked at new numbers first`);
  if (counts.overtaken === 0) throw new Error('nobody was ever second: this was no race');

  await report.step('a race in which Ana is killed: nothing is lost, nothing is sent twice', async () => {
    const { height } = await together(both, shared);
    await Promise.all(both.map((wallet) => write(wallet, race, '0.5')));
    const [id, theirs] = await Promise.all(both.map((wallet) => approve(wallet, counts)));
    await ana.session.kill();
    await carry(bob, theirs, race, counts);
    await ana.session.start();
    await ana.open();
    await ana.unlock(PASSWORD);
    await ana.saved('the item', (saved) => saved.activity.some((item) => item.id === id));
    await ana.go(`activity/${id}`);
    await carry(ana, id, race, counts);
    await ana.picture('after-the-kill');
    const after = await together(both, shared);
    if (after.height !== height + both.length) throw new Error(`${after.height - height} blocks instead of two`);
  }, ana.session);

  await ana.step('lets the owners take turns', async () => {
    await ownersOf(ana, shared);
    await press(ana.page, 'Change the turns');
    await fill(ana.page, '[role=dialog] #rounds', '0');
    await fill(ana.page, '[role=dialog] #seconds', '5');
    await fill(ana.page, '[role=dialog] #password', PASSWORD);
    await ana.picture('turns');
    await click(ana.page, '[role=dialog] button[type=submit]');
    await says(ana.page, 'Approve and sign');
    race.sent.push(await ana.follow(await ana.approve(), 'certified'));
    await together(both, shared);
    await ownersOf(ana, shared);
    await says(ana.page, 'Owners take turns of 5 s', 'main');
    await ana.picture('owners-in-turns');
  });
  await ana.step('waits for Bob, who is away, is killed, and goes on until the validators end his turn', async () => {
    await bob.session.kill();
    for (let tries = 0; ; tries += 1) {
      if (tries === 20) throw new Error('Bob was never drawn');
      const rounds = await roundsOf(ana, shared);
      await write(ana, race, '0.001');
      const id = await approve(ana, counts);
      if (rounds.leader === owners.bob) {
        await says(ana.page, /It is the turn of|The turn is over/, 'main');
        await ana.picture('waiting');
        // Not signed, only kept: that survives as well.
        await ana.session.kill();
        await ana.session.start();
        await ana.open();
        await ana.unlock(PASSWORD);
      }
      const item = await carry(ana, id, race, counts, TURNS_MS);
      const steps = item.timeline.map(({ step }) => step);
      const turn = steps.find((step) => step.waiting)?.waiting;
      if (!turn) continue;
      if (turn.leader !== owners.bob) throw new Error(`waited for ${turn.leader}`);
      const answers = steps.find((step) => step.time_out)?.time_out;
      if (!answers || answers.received < answers.needed) throw new Error(`no time-out: ${JSON.stringify(steps)}`);
      await ana.go(`activity/${id}`);
      await says(ana.page, 'Time-out, ', 'main');
      await ana.picture('after-the-time-out');
      return;
    }
  });
  await bob.step('comes back and has his turn as well', async () => {
    await bob.session.start();
    await bob.open();
    await bob.unlock(PASSWORD);
    await together(both, shared);
    await write(bob, race, '0.002');
    await carry(bob, await approve(bob, counts), race, counts, TURNS_MS);
  });

  await report.step('every token is where it belongs', async () => {
    const after = await together(both, shared);
    if (after.height !== before.height + race.sent.length - 1) throw new Error('a block that nobody sent');
    const [sharing, ...sent] = race.sent;
    const hashes = new Set(sent.map((item) => item.block_hash));
    if (hashes.size !== sent.length) throw new Error('two items claim one block');
    if (hashes.has(sharing.block_hash)) throw new Error('an item claims the block that shared the chain');
    const moved = sent.reduce((sum, item) => sum + tokens(item.kind.sent?.amount ?? '0'), 0n);
    const fees = sent.reduce((sum, item) => sum + tokens(item.fee), 0n);
    if (before.balance - after.balance !== moved + fees) {
      throw new Error(`${before.balance - after.balance} left the chain, ${moved} were sent and ${fees} paid`);
    }
    let arrived = 0n;
    try {
      await until('everything to arrive', async () => {
        const { answer } = await bob.ask({ activity: { chain_id: chains.bob, before: null, limit: 100 } });
        const items = answer.activity.items.filter((item) => item.kind.received?.origin === shared);
        arrived = items.reduce((total, item) => total + tokens(item.kind.received.amount), 0n);
        if (arrived > moved) throw new Error('something arrived twice');
        return arrived === moved;
      }, ARRIVAL_MS);
    } catch (error) {
      const chain = (await bob.snapshot()).chains.find((one) => one.chain_id === chains.bob);
      throw new Error(`${error.message}: ${arrived} of ${moved}; ${JSON.stringify(chain)}`);
    }
  }, bob.session);

  await ana.step('removes Bob, who sees that the chain is not his any more', async () => {
    await ownersOf(ana, shared);
    await ana.page.evaluate((owner) => {
      const row = [...document.querySelectorAll('main .row')].find((one) => one.innerHTML.includes(owner));
      [...row.querySelectorAll('button')].find((button) => button.innerText.trim() === 'Remove').click();
    }, owners.bob);
    await says(ana.page, 'They can make no more blocks here', '[role=dialog]');
    await fill(ana.page, '[role=dialog] #password', PASSWORD);
    await click(ana.page, '[role=dialog] button[type=submit]');
    await says(ana.page, 'Approve and sign');
    await carry(ana, await approve(ana, counts), race, counts, TURNS_MS);
    await bob.saved('the chain to be watched only', (saved) =>
      saved.chains.find((one) => one.chain_id === shared)?.account === null);
  });
}

/** The owners of a chain. */
async function ownersOf(wallet, chain) {
  await wallet.go('home');
  await wallet.go(`chain/${chain}`);
  await press(wallet.page, 'Owners');
  await says(wallet.page, 'Whose turn it is', 'main');
}

async function roundsOf(wallet, chain_id) {
  return (await wallet.ask({ chain: { chain_id } })).answer.chain.rounds;
}

/** Waits until both know the same last block; all blocks that both list must be the same. */
async function together(wallets, chain) {
  return until('both to know the same chain', async () => {
    const known = await Promise.all(wallets.map(async (wallet) =>
      (await wallet.ask({ chain: { chain_id: chain } })).answer.chain));
    const [mine, theirs] = known.map(({ blocks }) => new Map(blocks.map(({ height, hash }) => [height, hash])));
    for (const [height, hash] of mine) {
      if (theirs.has(height) && theirs.get(height) !== hash) throw new Error(`two blocks at height ${height}`);
    }
    const [first, second] = known.map(({ summary }) => summary);
    return first.block_hash === second.block_hash
      && { height: first.next_block_height, balance: tokens(first.chain_balance) };
  }, RACE_MS);
}

/** Writes a transfer from the shared chain; ends on its review. */
async function write(wallet, { shared, to }, amount) {
  await wallet.go('send');
  await visible(wallet.page, '#from');
  await wallet.page.select('#from', shared);
  await fill(wallet.page, '#to', to);
  await says(wallet.page, /a chain|an owner|mine|yours/i, '#to-hint');
  await fill(wallet.page, '#amount', amount);
  await until('the fee', async () => /Fee\s+[\d.]+/.test(await textOf(wallet.page, 'main .facts')));
  await press(wallet.page, 'Review');
  await says(wallet.page, 'Approve and sign');
}

/** Approves, if need be once more with the new numbers; gives the number of the item. */
async function approve(wallet, counts) {
  const from = await wallet.page.evaluate(() => window.location.hash);
  if (from !== '#review') throw new Error(`${from} is no review`);
  await press(wallet.page, 'Approve and sign');
  return until(`${wallet.name}'s item`, async () => {
    const { hash, main: text } = await wallet.page.evaluate(() => ({
      hash: window.location.hash, main: document.querySelector('main')?.innerText ?? '',
    }));
    const match = /^#activity\/(\d+)$/.exec(hash);
    if (match) return Number(match[1]);
    if (text.includes('newer block than what you looked at')) {
      counts.anew += 1;
      await press(wallet.page, 'Approve and sign');
      await until('an answer', async () => !(await textOf(wallet.page, 'main')).includes('newer block than'));
    }
    return null;
  }, RACE_MS);
}

/** Follows an item to its end; when another block was first, it says so and is sent again. Gives what was certified. */
async function carry(wallet, id, race, counts, timeout = RACE_MS) {
  for (let current = id; ;) {
    const item = await wallet.saved(`item ${current} to be decided`, (saved) => {
      const one = saved.activity.find((known) => known.id === current);
      return one && (['certified', 'delivered'].includes(one.status) || one.status.overtaken) && one;
    }, timeout);
    if (!item.status.overtaken) {
      race.sent.push(item);
      if (timeout === TURNS_MS) wallet.report.say(`        ${item.timeline.map(told(item)).join(', ')}`);
      return item;
    }
    counts.overtaken += 1;
    if (item.status.overtaken.block_hash === item.block_hash) throw new Error('overtaken by itself');
    await wallet.go(`activity/${current}`);
    await says(wallet.page, 'took this place', 'main');
    await says(wallet.page, 'Nothing of yours was sent. Send again?', 'main');
    if (counts.overtaken === 1) await wallet.picture('overtaken');
    await press(wallet.page, 'Send again');
    await says(wallet.page, 'Approve and sign');
    const again = await approve(wallet, counts);
    const saved = await wallet.saved('the link to the new item', (now) =>
      now.activity.find((known) => known.id === current && known.again === again));
    if (saved.operations) throw new Error('it could be sent a third time');
    current = again;
  }
}

/** A step of an item with its time, for the transcript. */
function told(item) {
  return ({ step, at }) => {
    const name = typeof step === 'string' ? step : Object.keys(step)[0];
    return `${name} +${Math.round((at - item.timeline[0].at) / 1000)} ms`;
  };
}
