// Somebody who publishes applications from a terminal: the program `walnut`, in a folder of its own.
//
// Environment beside that of lib.mjs, set by `cargo xtask`:
//   WALNUT_CLI        the program
//   WALNUT_EXAMPLES   folder of the examples' modules

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** One command: compression and three blocks on a busy machine. */
const LIMIT_MS = 120_000;

/** A developer with a chain. */
export class Developer {
  #program;
  #examples;
  #folder;

  constructor(folder, env = process.env) {
    for (const name of ['WALNUT_CLI', 'WALNUT_EXAMPLES']) {
      if (!env[name]) throw new Error(`${name} is not set: run this through cargo xtask`);
    }
    this.#program = env.WALNUT_CLI;
    this.#examples = env.WALNUT_EXAMPLES;
    this.#folder = folder;
  }

  /** One command of the program; its answer. */
  async ask(...words) {
    const { stdout } = await run(this.#program, ['--json', '--wallet', this.#folder, ...words], { timeout: LIMIT_MS });
    return JSON.parse(stdout);
  }

  /** Makes the wallet and claims a chain; gives its owner. An earlier run had another network. */
  async join(faucet) {
    fs.rmSync(this.#folder, { recursive: true, force: true });
    await this.ask('init', '--faucet', faucet);
    const { chain, owner } = await this.ask('request-chain');
    this.chain = chain;
    this.owner = owner;
    return owner;
  }

  /** Publishes one of the examples and creates an application of it; gives its id. */
  async create(example, parameters, argument) {
    const file = (part) => path.join(this.#examples, `${example}_${part}.wasm`);
    const { module } = await this.ask('publish-module', file('contract'), file('service'));
    const values = ['--parameters', JSON.stringify(parameters), '--argument', JSON.stringify(argument)];
    const { application } = await this.ask('create-application', module, ...values);
    return application;
  }

  /** Makes a block of what a mutation asks for. */
  call(application, mutation) {
    return this.ask('call', application, '--graphql', mutation);
  }
}

/** A mutation that sends a token of the standard form. */
export function transfer({ owner, amount, chain, target }) {
  return `mutation { transfer(owner: "${owner}", amount: "${amount}", targetAccount: { chainId: "${chain}", owner: "${target}" }) }`;
}
