import { resolve } from 'node:path';
import { type KeyDescription, showKey } from '#assess/index.ts';
import { quote } from '#base/error.ts';
import { generateKeyFile, KEY_ALGORITHMS, type KeyAlgorithm, keyFilePaths, writeKeyPair } from '#store/keys/index.ts';
import type { Command, CommandInput } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { keyAccess, newPassphrase, PASSPHRASE_OPTIONS } from '../key-source.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { renderKeyJson, renderKeyTable } from '../render/signing.ts';
import { withTimeout } from '../timeout.ts';
import { outputOption } from './image-options.ts';

const FORMATS = ['table', 'json'] as const;

export const key: Command = {
  name: 'key',
  usage: 'generate [--algorithm A] [--output-prefix PREFIX] | show KEY',
  summary: 'make a key that signs, and show one',
  description: [
    "generate writes PREFIX.key, the private half, encrypted by a passphrase in cosign's own form and readable by its owner alone, and PREFIX.pub, the public half, which others verify with. No file is overwritten without --force.",
    'show says which key it is: its algorithm, its fingerprint (SHA-256 of the SubjectPublicKeyInfo), and the public half as PEM. KEY is a file, private or public, or a URI as --key of sign takes it.',
  ],
  options: {
    output: outputOption(FORMATS),
    algorithm: {
      type: 'string',
      value: 'ALGORITHM',
      help: `generate: ${KEY_ALGORITHMS.join(', ')} (default ecdsa-p256)`,
    },
    'output-prefix': { type: 'string', value: 'PREFIX', help: 'generate: where to write (default plimsoll)' },
    force: { type: 'boolean', help: 'generate: overwrite files that are there' },
    ...PASSPHRASE_OPTIONS,
  },
  examples: [
    'plimsoll key generate --output-prefix release',
    'plimsoll key show release.key',
    'plimsoll key show release.pub -o json',
    'plimsoll key show hashivault://release',
  ],
  run: async (input, io) => {
    const [action, ...words] = input.positionals;
    const config = readConfig();
    const outputs = parseOutputs(input.options.texts('output'), FORMATS);
    await assertWritable(outputs);
    return await withTimeout(input.options.text('timeout'), io, async (signal) => {
      const description = await describe(action, words, { input, config, io, signal });
      for (const output of outputs) {
        await writeOutput(
          output,
          output.format === 'json' ? renderKeyJson(description) : renderKeyTable(description),
          io,
        );
      }
      return 0;
    });
  },
};

interface Run {
  readonly input: CommandInput;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
}

async function describe(action: string | undefined, words: readonly string[], run: Run): Promise<KeyDescription> {
  const [word, ...more] = words;
  if (action === 'generate' && word === undefined) {
    return await generate(run);
  }
  const { options } = run.input;
  if (action === 'show' && word !== undefined && more.length === 0) {
    if (options.flag('force') || ['algorithm', 'output-prefix'].some((name) => options.text(name) !== undefined)) {
      throw new Failure('USAGE', 'an option of generate does not go with show', {
        object: 'key',
        expected: key.usage,
      });
    }
    return await showKey(word, keyAccess(options, run.config, run.io, run.signal));
  }
  throw new Failure('USAGE', 'wrong arguments', {
    object: 'key',
    expected: key.usage,
    found: action === undefined ? 'nothing' : quote([action, ...words].join(' ')),
  });
}

async function generate({ input: { options }, config, io, signal }: Run): Promise<KeyDescription> {
  const algorithm = parseAlgorithm(options.text('algorithm') ?? 'ecdsa-p256');
  const prefix = resolve(options.text('output-prefix') ?? 'plimsoll');
  const passphrase = await newPassphrase(options, config, io, signal);
  try {
    const pair = await generateKeyFile({ algorithm, passphrase });
    await writeKeyPair(pair, prefix, { overwrite: options.flag('force') });
    const paths = keyFilePaths(prefix);
    const shown = await showKey(paths.publicKey, keyAccess(options, config, io, signal));
    return { ...shown, name: paths.privateKey, private: true };
  } finally {
    passphrase.fill(0);
  }
}

function parseAlgorithm(text: string): KeyAlgorithm {
  const algorithm = KEY_ALGORITHMS.find((candidate) => candidate === text);
  if (algorithm === undefined) {
    throw new Failure('USAGE', 'not an algorithm for keys', {
      object: '--algorithm',
      expected: `one of ${KEY_ALGORITHMS.join(', ')}`,
      found: quote(text),
    });
  }
  return algorithm;
}
