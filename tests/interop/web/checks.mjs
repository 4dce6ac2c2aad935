// Cases and their lines, and what they compare.

/** 10^18: one token in its smallest parts. */
export const TOKEN = 10n ** 18n;

/** Cases that are run one after the other; each prints one line of JSON: `{case, ok, detail, ms}`. */
export class Cases {
  failed = 0;

  /** Runs one; what it gave, or `undefined` when it failed. `work` may say a detail for the line. */
  async run(name, work) {
    const begin = performance.now();
    const line = { case: name, ok: true, detail: '' };
    let result;
    try {
      result = await work((detail) => { line.detail = detail; });
    } catch (error) {
      this.failed += 1;
      line.ok = false;
      line.detail = error.message;
    }
    console.log(JSON.stringify({ ...line, ms: Math.round(performance.now() - begin) }));
    return result;
  }
}

export function expect(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what}: ${found}, not ${wanted}`);
}

/** Waits for `work` to be rejected with words in which `pattern` is found. */
export async function refused(what, work, pattern) {
  const words = await work.then(() => null, (error) => error.message);
  if (words === null) throw new Error(`${what} was accepted`);
  if (!pattern.test(words)) throw new Error(`${what} was refused in other words: ${words}`);
  return words;
}

/** "12.5" tokens in smallest parts. */
export function parts(text) {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole) * TOKEN + BigInt(fraction.padEnd(18, '0'));
}

/** The middle one. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
