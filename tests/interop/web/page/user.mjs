// One user of the published web client, as `globalThis.user`: what a page would do, with answers that are plain values.
//
// Wallets live in memory, so a page is a user: who opens it again begins with an empty wallet and the same keys.

import * as linera from '@linera/client';

/** The account that is the chain itself. */
const CHAIN_ITSELF = '0x00';

class User {
  #keys = [];
  #faucet;
  #wallet;
  #client;
  #chain;
  #applications = new Map();
  #heard = [];

  /** Compiles the client and takes an empty wallet from the faucet. */
  async begin(faucet) {
    if (!globalThis.crossOriginIsolated) throw new Error('the page is not isolated: no shared memory');
    await linera.initialize({ log: 'warn' });
    this.#faucet = new linera.Faucet(faucet);
    this.#wallet = await this.#faucet.createWallet();
  }

  /** Signs with a key from now on, too; its address. */
  use(secret) {
    const key = new linera.signer.PrivateKey(secret);
    this.#keys.push(key);
    return key.address().toLowerCase();
  }

  /** Claims the chain of an owner from the faucet; the chain's id. */
  claim(owner) {
    return this.#faucet.claimChain(this.#wallet, owner);
  }

  /** Opens a chain, with `owner` to sign where the wallet does not know who does, and listens to the network. */
  async connect(chain, owner = undefined) {
    this.#client = await new linera.Client(this.#wallet, new linera.signer.Composite(...this.#keys));
    this.#chain = await this.#client.chain(chain, owner && { owner });
    this.#chain.onNotification((notification) => this.#heard.push(notification));
    await this.#client.start();
    await this.refresh();
  }

  /**
   * Fetches what is new on the chain; answers what the validators said of themselves, by their keys, numbers as texts.
   *
   * Needed after `connect`, because `chain` and `start` answer before the chain is known here and most calls fail until
   * it is; and on chains that the wallet does not hold, because nothing listens to those.
   */
  async refresh() {
    const versions = await this.#chain.validatorVersionInfo();
    return JSON.parse(JSON.stringify(versions, (_, value) => (typeof value === 'bigint' ? `${value}` : value)));
  }

  /** What arrived since the page was opened, oldest first: `{chain_id, reason}`. */
  heard() {
    return this.#heard;
  }

  async identity() {
    return (await this.#chain.identity()).toLowerCase();
  }

  balance() {
    return this.#chain.balance();
  }

  /** Sends whole tokens to an account, by default from the chain itself; how long that took, in ms. */
  async transfer(amount, chain, owner = CHAIN_ITSELF, donor = undefined) {
    const begin = performance.now();
    await this.#chain.transfer({ donor, amount, recipient: { chain_id: chain, owner } });
    return performance.now() - begin;
  }

  /** Adds an owner to the chain, beside those that are. */
  addOwner(owner, weight) {
    return this.#chain.addOwner(owner, { weight });
  }

  /** Asks an application's service, on the newest block or on one that is named; its answer's text. */
  async query(application, text, blockHash = undefined) {
    let handle = this.#applications.get(application);
    if (!handle) {
      handle = await this.#chain.application(application);
      this.#applications.set(application, handle);
    }
    return handle.query(JSON.stringify({ query: text }), { blockHash });
  }

  /** Listens no longer. */
  stop() {
    return this.#client.stop();
  }
}

globalThis.user = new User();
