// What the published client has to be able to do: two users with a chain each, a third key, applications.

import crypto from 'node:crypto';
import os from 'node:os';

import { until } from '../../browser/lib.mjs';
import { TOKEN, expect, median, parts, refused } from './checks.mjs';
import { WAIT_MS } from './users.mjs';

/** Transfers whose median is the figure. */
const MEASURED = 20;
/** The account that is the chain itself. */
const CHAIN_ITSELF = '0x00';
/** What the counter begins with on the chain that creates it. */
const BEGINNING = 7;

/** A key that nobody has had before, so that every run begins with new chains. */
const secret = () => `0x${crypto.randomBytes(32).toString('hex')}`;

/**
 * Runs everything. `newUser(name)` opens a page; `developer` publishes applications, or is null; `fees` is the most that
 * one user's blocks may cost in all, in smallest parts: 0 where everything is free.
 */
export async function runAll({ cases, newUser, faucet, developer, fees }) {
  const ledger = new Ledger(fees);
  const keys = { alice: secret(), bob: secret(), carol: secret() };
  const joins = (name) => cases.run(`${name} claims a chain`, async (say) => {
    const user = await newUser(name);
    await user.begin(faucet);
    user.owner = await user.use(keys[name]);
    user.chain = await user.claim(user.owner);
    await user.connect(user.chain);
    expect('who signs', await user.identity(), user.owner);
    const balance = await user.balance();
    ledger.open(user, parts(balance));
    if (parts(balance) < 100n * TOKEN) throw new Error(`the faucet gave only ${balance}`);
    say(`${user.chain} with ${balance}`);
    return user;
  });
  const alice = await joins('alice');
  const bob = await joins('bob');
  if (!alice || !bob) return; // nothing else can work

  await cases.run('versions of all validators', async (say) => say(JSON.stringify(await alice.refresh())));
  await payments({ cases, ledger, alice, bob });
  if (developer) await applications({ cases, alice, bob, faucet, developer });
  await owners({ cases, newUser, ledger, alice, bob, faucet, keys });
}

/** A balance counts what waits in the inbox; in between, the client's listener may have taken it into a block. */
const OVERTAKEN = 'is out of order compared to previous messages';

/** What each chain has to hold. */
class Ledger {
  #fees;
  #wanted = new Map();

  constructor(fees) {
    this.#fees = fees;
  }

  open(user, amount) {
    this.#wanted.set(user.chain, amount);
  }

  moves(from, to, tokens) {
    this.#wanted.set(from.chain, this.#wanted.get(from.chain) - BigInt(tokens) * TOKEN);
    this.#wanted.set(to.chain, this.#wanted.get(to.chain) + BigInt(tokens) * TOKEN);
  }

  /** Waits until the users see what their chains hold: to the last part, unless blocks cost something. */
  async agrees(...users) {
    for (const user of users) {
      const wanted = this.#wanted.get(user.chain);
      let last;
      await until(`${user.name}'s balance`, async () => {
        if (user.isGuest) await user.refresh();
        last = await user.balance().catch((error) => {
          if (!error.message.includes(OVERTAKEN)) throw error;
        });
        if (last === undefined) return false;
        const missing = wanted - parts(last);
        return missing >= 0n && missing <= this.#fees;
      }, WAIT_MS).catch((error) => {
        throw new Error(`${error.message}: ${last} tokens, not ${wanted} parts`);
      });
    }
  }
}

async function payments({ cases, ledger, alice, bob }) {
  await cases.run('alice sends to bob', async () => {
    await alice.transfer(10, bob.chain);
    ledger.moves(alice, bob, 10);
    await ledger.agrees(alice, bob);
  });
  await cases.run('both are notified', async (say) => {
    const sent = await alice.hears('NewBlock');
    const incoming = await bob.hears('NewIncomingBundle');
    expect('where it comes from', incoming.origin, alice.chain);
    expect('its height', incoming.height, sent.height);
    const taken = await bob.hears('NewBlock');
    say(`sent in block ${sent.height}, taken in block ${taken.height}`);
  });
  await cases.run("bob sends to alice's account and she moves it to her chain", async () => {
    await bob.transfer(4, alice.chain, alice.owner);
    await alice.hears('NewIncomingBundle');
    // Her client takes it by itself, in its own time.
    await until('alice to have it', () => alice.transfer(4, alice.chain, CHAIN_ITSELF, alice.owner).then(
      () => true,
      (error) => {
        if (!/balance/i.test(error.message)) throw error;
        return false;
      },
    ), WAIT_MS);
    ledger.moves(bob, alice, 4);
    await ledger.agrees(alice, bob);
  });
  await cases.run('more than there is', async (say) => {
    say(await refused('the transfer', alice.transfer(1_000_000_000, bob.chain), /balance|fund/i));
    await ledger.agrees(alice, bob);
  });
  await cases.run('figures: transfers until they are certified', async (say) => {
    const times = [];
    for (let run = 0; run < MEASURED; run += 1) times.push(await alice.transfer(1, bob.chain));
    const load = os.loadavg()[0];
    say(JSON.stringify({ median_ms: Math.round(median(times)), runs_ms: times.map(Math.round), load_average: load }));
    ledger.moves(alice, bob, MEASURED);
    await ledger.agrees(alice, bob);
  });
}

async function applications({ cases, alice, bob, faucet, developer }) {
  const counter = await cases.run('somebody publishes a counter', async (say) => {
    await developer.join(faucet);
    const application = await developer.create('counter', null, BEGINNING);
    say(application);
    return application;
  });
  if (!counter) return;
  const value = async (user, block) => JSON.parse(await user.query(counter, 'query { value }', block)).data.value;
  await cases.run('alice asks the counter', async () => expect('the counter', await value(alice), 0));
  await cases.run('alice adds to the counter', async (say) => {
    const before = (await alice.heard()).length;
    say(await alice.query(counter, 'mutation { increment(value: 5) }'));
    expect('the counter', await value(alice), 5);
    const { hash } = await alice.hears('BlockExecuted', before);
    // Only of the newest block is it certain that the client has kept the state.
    expect('the counter at that block', await value(alice, hash), 5);
    expect("bob's counter", await value(bob), 0);
  });
  await cases.run('the contract fails', async (say) => {
    const half = 2n ** 63n - 1n;
    await alice.query(counter, `mutation { increment(value: ${half}) }`);
    const again = alice.query(counter, `mutation { increment(value: ${half}) }`);
    say(await refused('the second addition', again, /Execution error/));
    // Too large for a number of JavaScript.
    expect('the counter', await alice.query(counter, 'query { value }'), `{"data":{"value":${half + 5n}}}`);
  });
  await cases.run('an application that is none', async (say) => {
    const nobody = `${counter.slice(0, -8)}00000000`;
    say(await refused('the question', alice.query(nobody, 'query { value }'), /Blobs not found/));
  });
}

async function owners({ cases, newUser, ledger, alice, bob, faucet, keys }) {
  const carol = await cases.run('bob adds an owner, who opens the chain elsewhere', async () => {
    const user = await newUser('carol');
    await user.begin(faucet);
    user.owner = await user.use(keys.carol);
    user.chain = bob.chain;
    user.isGuest = true; // the chain is not in the wallet
    await bob.addOwner(user.owner, 100);
    await user.connect(bob.chain, user.owner);
    expect('who signs', await user.identity(), user.owner);
    await ledger.agrees(bob, user);
    return user;
  });
  if (!carol) return;
  await cases.run('both owners send', async () => {
    await carol.transfer(2, alice.chain);
    ledger.moves(bob, alice, 2);
    await ledger.agrees(bob, carol, alice);
    await bob.transfer(1, alice.chain);
    ledger.moves(bob, alice, 1);
    await ledger.agrees(bob, carol, alice);
  });
  await cases.run('alice begins anew with her key', async () => {
    const again = await newUser('alice again');
    await again.begin(faucet);
    again.owner = await again.use(keys.alice);
    again.chain = await again.claim(again.owner);
    expect('her chain', again.chain, alice.chain);
    await again.connect(again.chain);
    await ledger.agrees(again);
    await alice.stop();
    await again.transfer(3, bob.chain);
    ledger.moves(alice, bob, 3);
    await ledger.agrees(again, bob, carol);
  });
}
