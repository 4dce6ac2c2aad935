// The wallet end to end, where things go wrong: bad input, wrong password, locking by hand and by time, a second
// instance, a restarted node, a network that stops answering, a browser killed between signature and certificate.

import { Session, click, fill, main, press, says, textOf, until } from './lib.mjs';
import { Wallet, tokens } from './wallet.mjs';

/** Two chains are fetched from every validator, verified and executed. */
const AUDIT_MS = 60_000;
const PASSWORD = 'walnut tree quiet harbour';
/** Auto-lock after a minute is seen at the next tick of the host. */
const AUTO_LOCK_MS = 100_000;
/** Calls to validators give up, then the streams. */
const OFFLINE_MS = 60_000;

await main(async ({ session, report, options }) => {
  if (!options.faucet || !options.networkProcess) throw new Error('no network: run this through cargo xtask test');
  const other = await Session.open({ ...options, out: `${options.out}/bob` });
  try {
    await test(new Wallet('ana', session, report), new Wallet('bob', other, report), options);
  } finally {
    // A stopped network could not be ended in good order.
    process.kill(options.networkProcess, 'SIGCONT');
    await other.close().catch((error) => report.say(`closing: ${error.message}`));
  }
});

async function test(ana, bob, options) {
  const chains = {};
  const words = {};
  for (const wallet of [bob, ana]) {
    await wallet.step('is made and claims a chain', async () => {
      await wallet.open();
      words[wallet.name] = await wallet.create(PASSWORD);
      await wallet.useNetwork(options.faucet);
      chains[wallet.name] = await wallet.claim(`${wallet.name}'s chain`);
    });
  }
  await bob.step('shall lock itself after a minute', async () => {
    await bob.go('settings/lock');
    await bob.page.select('#minutes', '1');
    await bob.saved('the setting', (saved) => saved.settings.auto_lock_minutes === 1);
  });

  await ana.step('is told that the faucet gives one chain to an account', async () => {
    await ana.go('claim');
    await click(ana.page, 'main form button[type=submit]');
    await says(ana.page, 'gives each account one chain', 'main');
    if ((await ana.snapshot()).chains.length !== 1) throw new Error('a chain was added');
  });
  await ana.step('cannot send amounts that are none', async () => {
    await ana.go('send');
    await fill(ana.page, '#to', chains.bob);
    await says(ana.page, 'a chain', '#to-hint');
    for (const [amount, problem] of [
      ['0', 'more than zero'],
      ['0.0000000000000000001', 'at most 18 decimals'],
      ['-1', 'cannot be negative'],
      ['1,5', 'decimals with a point'],
      ['1.2.3', 'one decimal point'],
      ['12e3', 'not part of a number'],
      ['1000.000000000000000001', 'more than there is'],
      ['999999999999999999999999', 'more than'],
    ]) {
      await fill(ana.page, '#amount', amount);
      await says(ana.page, problem, '#amount-hint');
      await refused(ana.page, amount);
    }
    await ana.picture('bad-amount');
    await fill(ana.page, '#amount', '1');
    await until('the review to be offered', async () => !(await isDisabled(ana.page, 'Review')));
  });
  await ana.step('cannot send to what is no address', async () => {
    for (const [address, problem] of [
      ['nobody', 'neither an address nor a name'],
      [chains.bob.slice(1), '64 digits'],
      [`${chains.bob}0`, '64 digits'],
      [`${chains.bob.slice(0, 20)}@${chains.bob}`, 'Before the @'],
      [`0x${'11'.repeat(20)}@${chains.bob.slice(2)}`, 'After the @'],
      ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeE', 'capital letters'],
    ]) {
      await fill(ana.page, '#to', address);
      await says(ana.page, problem, '#to-hint');
      await refused(ana.page, address);
    }
    await ana.picture('bad-address');
  });

  await ana.step('changes a review without signing', async () => {
    await ana.prepare(chains.bob, '1');
    await press(ana.page, 'Change');
    await says(ana.page, 'Send', '#title');
    const saved = await ana.snapshot();
    if (saved.activity.some((item) => item.kind.sent)) throw new Error('something was sent');
  });

  await ana.step('locks, refuses a wrong password, opens with the right one', async () => {
    await click(ana.page, 'button[aria-label="Lock the wallet"]');
    await says(ana.page, 'Locked');
    await ana.saved('the lock', (saved) => saved.lock === 'locked');
    await fill(ana.page, '#password', `${PASSWORD}s`);
    await press(ana.page, 'Unlock');
    await says(ana.page, 'not the password of this wallet');
    await ana.picture('wrong-password');
    await ana.unlock(PASSWORD);
    await ana.saved('the lock', (saved) => saved.lock === 'unlocked');
  });

  await ana.step('lets no second instance in', async () => {
    const second = await ana.session.page('host.html');
    await says(second, 'already runs in another page');
    await ana.go('network');
    await says(ana.page, 'answer', 'main');
    await second.close();
  });

  await ana.step('restarts its node', async () => {
    await ana.go('network');
    await press(ana.page, 'Restart the node');
    await ana.saved('the new node', (saved) => saved.sequence < 20 && saved.sync.phase === 'up_to_date');
    await ana.send(chains.bob, '1', 'delivered');
  });

  if (options.browser === 'chromium') {
    await ana.step('survives the death of its node', async () => {
      const host = ana.session.browser.targets().find((target) => target.url().endsWith('/host.html'));
      const node = (await host.asPage()).workers().find((worker) => worker.url().endsWith('/node-worker.js'));
      const run = await ana.snapshot();
      await node.evaluate(() => { setTimeout(() => { throw new Error('a test'); }); });
      await ana.saved('the new node', (saved) => saved.sequence < run.sequence && saved.sync.phase === 'up_to_date');
      if ((await ana.snapshot()).lock !== 'unlocked') throw new Error('the vault went with it');
      await ana.send(chains.bob, '0.25');
    });
  }
  await ana.step('has its whole background restarted', async () => {
    await ana.page.evaluate(() => {
      const { runtime } = globalThis.browser ?? globalThis.chrome;
      runtime.connect({ name: 'walnut/ui' }).postMessage('restart');
    });
    await ana.unlock(PASSWORD);
    await ana.saved('the new node', (saved) => saved.lock === 'unlocked' && saved.sync.phase === 'up_to_date');
    await ana.send(chains.bob, '0.25');
  });

  const before = await ana.snapshot();
  await ana.step('is killed after signing, before any vote', async () => {
    await ana.prepare(chains.bob, '3');
    process.kill(options.networkProcess, 'SIGSTOP');
    const id = await ana.approve();
    await ana.follow(id, 'signed');
    await ana.picture('signed');
    await ana.session.kill();
  });
  const id = await ana.step('comes back while the network is silent, and says so', async () => {
    await ana.session.start();
    await ana.open();
    await ana.unlock(PASSWORD);
    await ana.saved('offline', (saved) => saved.sync.phase === 'offline', OFFLINE_MS);
    await ana.go('home');
    await says(ana.page, 'Offline');
    await ana.picture('offline');
    const saved = await ana.snapshot();
    if (saved.chains[0].chain_balance !== before.chains[0].chain_balance) throw new Error('the balance has changed');
    const sent = saved.activity.filter((item) => item.kind.sent);
    const known = before.activity.filter((item) => item.kind.sent).length;
    if (sent.length !== known + 1) throw new Error(`${sent.length} transfers instead of ${known + 1}`);
    if (['certified', 'delivered'].includes(sent[0].status)) throw new Error('it claims to have sent');
    return sent[0].id;
  });
  await ana.step('sends it once when the network is back', async () => {
    process.kill(options.networkProcess, 'SIGCONT');
    await ana.saved('the certificate', (saved) =>
      ['certified', 'delivered'].includes(saved.activity.find((item) => item.id === id)?.status), 120_000);
    const now = await ana.saved('the balance', (saved) =>
      tokens(saved.chains[0].chain_balance) <= tokens(before.chains[0].chain_balance) - tokens('3') && saved);
    const blocks = now.chains[0].next_block_height - before.chains[0].next_block_height;
    if (blocks !== 1) throw new Error(`${blocks} blocks instead of one`);
    const sent = (saved) => saved.activity.filter((item) => item.kind.sent).length;
    if (sent(now) !== sent(before) + 1) throw new Error('another transfer appeared');
    await ana.go(`activity/${id}`);
    await ana.picture('resumed');
  });

  await bob.step('has locked itself', async () => {
    await bob.saved('the lock', (saved) => saved.lock === 'locked', AUTO_LOCK_MS);
    await says(bob.page, 'Locked');
    await bob.picture('auto-locked');
  });
  await bob.step('unlocks and finds what came, once', async () => {
    await bob.unlock(PASSWORD);
    await bob.received(chains.ana, '3');
    const saved = await bob.snapshot();
    const threes = saved.activity.filter((item) => item.kind.received && tokens(item.kind.received.amount) === tokens('3'));
    if (threes.length !== 1) throw new Error(`received ${threes.length} times`);
  });
  const { accounts: [{ owner }], chains: [{ chain_balance: full }] } = await bob.snapshot();
  await bob.step('forgets the wallet, keys and databases included', async () => {
    await bob.go('settings/erase');
    await press(bob.page, 'Forget this wallet');
    await fill(bob.page, '[role=dialog] #password', `${PASSWORD}s`);
    await click(bob.page, '[role=dialog] button[type=submit]');
    await says(bob.page, 'not the password of this wallet', '[role=dialog]');
    await fill(bob.page, '[role=dialog] #password', PASSWORD);
    await click(bob.page, '[role=dialog] button[type=submit]');
    await says(bob.page, 'Your own node');
    await bob.saved('an empty wallet', (saved) => saved.lock === 'no_wallet' && saved.chains.length === 0);
    const kept = await bob.page.evaluate(async () => {
      const api = globalThis.browser ?? globalThis.chrome;
      return (await api.storage.local.get('vault')).vault ?? null;
    });
    if (kept !== null) throw new Error('the keys are still stored');
  });
  await bob.step('has everything again from the recovery words', async () => {
    await press(bob.page, 'I have a wallet already');
    await bob.page.evaluate(() => document.querySelector('main input[value="24"]').click());
    for (const [place, word] of words.bob.entries()) await fill(bob.page, `#word-${place + 1}`, word);
    await fill(bob.page, '#password', PASSWORD);
    await fill(bob.page, '#again', PASSWORD);
    await click(bob.page, 'main form button[type=submit]');
    await says(bob.page, 'Claim a chain', '#title');
    const saved = await bob.saved('the account', (now) => now.lock === 'unlocked' && now);
    if (saved.accounts[0].owner !== owner) throw new Error('the words lead to another owner');
    await bob.useNetwork(options.faucet);
    await bob.go('add-chain');
    await fill(bob.page, 'main #chain', chains.bob);
    await click(bob.page, 'main form button[type=submit]');
    await bob.saved('the chain', (now) => now.chains[0]?.chain_balance === full);
    await bob.go(`chain/${chains.bob}`);
    await says(bob.page, 'Balance of the chain', 'main');
    await bob.picture('imported');
  });
  await bob.step('checks the chain from its first block', async () => {
    await press(bob.page, 'Check from the first block');
    await says(bob.page, "All of it is as the network's rules say.", '#audit', AUDIT_MS);
    const { next_block_height: blocks } = (await bob.snapshot()).chains[0];
    await says(bob.page, `Checked: ${blocks} blocks`, '#audit');
    await bob.picture('audited');
  });
}

async function isDisabled(page, label) {
  return page.evaluate((wanted) => {
    const button = [...document.querySelectorAll('main button')].find((one) => one.innerText.trim() === wanted);
    return !button || button.disabled || button.getAttribute('aria-disabled') === 'true';
  }, label);
}

async function refused(page, what) {
  if (!(await isDisabled(page, 'Review'))) {
    throw new Error(`a review is offered for ${what}: ${await textOf(page, 'main')}`);
  }
}
