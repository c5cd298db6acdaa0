import { resolve } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { KeyAccess } from '#store/keys/index.ts';
import type { OptionSpec, OptionValues } from './command.ts';
import type { Config } from './config.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { visible } from './render/text.ts';

/** Options of every command that opens a private key. */
export const PASSPHRASE_OPTIONS = {
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    help: 'holds the passphrase of the key (default: PLIMSOLL_KEY_PASSPHRASE, COSIGN_PASSWORD, or asked on the terminal)',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** What keys may ask of this run: a passphrase from file, environment or terminal, in this order, and notes on standard error. */
export function keyAccess(options: OptionValues, config: Config, io: Io, signal: AbortSignal): KeyAccess {
  return {
    passphrase: async (name) =>
      (await givenPassphrase(options, config)) ??
      (await io.secret(`Passphrase of ${visible(name)}: `, signal)) ??
      missing(name),
    warn: (text) => {
      if (!options.flag('quiet')) {
        io.err(`plimsoll: ${visible(text)}\n`);
      }
    },
    environment: config.environment,
    clock: io.clock,
    signal,
  };
}

/** The passphrase for a new key: asked for twice where it is typed. */
export async function newPassphrase(
  options: OptionValues,
  config: Config,
  io: Io,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const given = await givenPassphrase(options, config);
  if (given !== null) {
    return given;
  }
  const first = (await io.secret('Passphrase for the new key: ', signal)) ?? missing('the new key');
  const second = (await io.secret('The same again: ', signal)) ?? missing('the new key');
  const same = Buffer.compare(first, second) === 0;
  second.fill(0);
  if (!same) {
    first.fill(0);
    throw new Failure('USAGE', 'the passphrases differ', {
      object: 'key generate',
      expected: 'the same one twice',
      found: 'two',
    });
  }
  return first;
}

async function givenPassphrase(options: OptionValues, config: Config): Promise<Uint8Array | null> {
  const file = options.text('passphrase-file');
  if (file === undefined) {
    return config.keyPassphrase === null ? null : Buffer.from(config.keyPassphrase);
  }
  const bytes = await readFileBounded(resolve(file), LIMITS.passphraseBytes);
  // The end of the line belongs to the editor that wrote the file.
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
  return bytes.subarray(0, end);
}

function missing(name: string): never {
  throw new Failure('USAGE', 'a passphrase is needed', {
    object: name,
    expected: '--passphrase-file FILE, PLIMSOLL_KEY_PASSPHRASE, COSIGN_PASSWORD, or a terminal to ask on',
    found: 'none of them',
  });
}
