import { type SignedPart, type SigningWork, signImage } from '#assess/index.ts';
import { quote } from '#base/error.ts';
import { createLog, silentLog } from '#base/log.ts';
import type { Command, CommandInput, OptionSpec, OptionValues } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { createStyle } from '../render/index.ts';
import { renderSigningJson, renderSigningTable } from '../render/signing.ts';
import { SIGNER_OPTIONS, signingOptions } from '../signing-source.ts';
import { readSourceAccess } from '../source-access.ts';
import { withTimeout } from '../timeout.ts';
import { version } from '../version.ts';
import { hostPlatform, oneReference, outputOption } from './image-options.ts';

const OUTPUTS = ['table', 'json'] as const;
const PARTS: readonly SignedPart[] = ['index', 'platforms', 'both'];

/** Options that `sign` and `attest` share. */
export const SIGNING_OPTIONS = {
  output: outputOption(OUTPUTS),
  ...SIGNER_OPTIONS,
  on: {
    type: 'string',
    value: 'PART',
    help: 'of an image for several platforms: index, platforms, or both (default index)',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Where signatures can be put. */
export const SIGNING_FORMS: NonNullable<Command['forms']> = [
  ['NAME[:TAG][@DIGEST]', 'in a registry; a name without a host is on Docker Hub'],
  ['oci:DIR[:TAG|@DIGEST]', 'a folder in the OCI image layout'],
];

/** `sign` and `attest`: the same way through. `work` says what is signed; it may read files, and nothing else. */
export async function runSigningCommand(
  command: Command,
  work: (options: OptionValues) => Promise<SigningWork>,
  { options, positionals }: CommandInput,
  io: Io,
): Promise<number> {
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), OUTPUTS);
  const reference = oneReference(command, positionals);
  const on = parsePart(options.text('on') ?? 'index');
  const wanted = await work(options);
  const log = options.flag('debug') ? await createLog('debug') : silentLog;
  await assertWritable(outputs);
  const report = await withTimeout(
    options.text('timeout'),
    io,
    async (signal) =>
      await signImage(reference, wanted, {
        ...(await signingOptions(options, config, io, signal)),
        tool: { name: 'plimsoll', version },
        on,
        host: hostPlatform(),
        home: config.home,
        cacheBytes: config.cacheBytes,
        access: await readSourceAccess(config.environment, io.clock),
        log,
      }),
  );
  for (const output of outputs) {
    const colours = output.file === null && io.stdout.isTerminal && config.colours && !options.flag('no-color');
    const style = createStyle(colours);
    const text = output.format === 'json' ? renderSigningJson(report) : renderSigningTable(report, style);
    await writeOutput(output, text, io);
  }
  return 0;
}

/** The value of an option that there is no doing without; throws `USAGE`. */
export function required(command: Command, options: OptionValues, name: string, meaning: string): string {
  const value = options.text(name);
  if (value === undefined || value === '') {
    throw new Failure('USAGE', `--${name} is needed`, { object: command.name, expected: meaning, found: 'none' });
  }
  return value;
}

/** One of a few words; throws `USAGE`. */
export function oneOf<Word extends string>(text: string, words: readonly Word[], option: string): Word {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) {
    throw new Failure('USAGE', `not a value of ${option}`, {
      object: option,
      expected: `one of ${words.join(', ')}`,
      found: quote(text),
    });
  }
  return word;
}

function parsePart(text: string): SignedPart {
  return oneOf(text, PARTS, '--on');
}
