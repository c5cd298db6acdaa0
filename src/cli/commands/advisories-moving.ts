import { exportAdvisories, importAdvisories } from '#assess/index.ts';
import type { Log } from '#base/log.ts';
import { advisorySources } from '../advisory-source.ts';
import type { OptionSpec, OptionValues } from '../command.ts';
import type { Config } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import type { ProgressLine } from '../progress.ts';
import { renderExport, renderImport } from '../render/moved-advisories.ts';
import { SIGNER_OPTIONS, signingOptions } from '../signing-source.ts';
import { readSourceAccess } from '../source-access.ts';
import { TRUST_OPTIONS, trustSource } from '../trust-source.ts';
import { version } from '../version.ts';
import { hostPlatform } from './image-options.ts';

/** Options of `advisories export`, `import` and `update --from`. */
export const MOVING_OPTIONS = {
  to: { type: 'string', value: 'REF', help: 'export: where the artifact is put' },
  from: { type: 'string', value: 'REF', help: 'update: take them from an artifact in place of the sources' },
  'allow-unverified': {
    type: 'string',
    value: 'REASON',
    help: 'import: take an artifact that nobody trusted has signed; the reason is kept',
  },
  force: { type: 'boolean', help: 'import: put older advisories in place of newer ones' },
  ...TRUST_OPTIONS,
  trust: { ...TRUST_OPTIONS.trust, help: `import: ${TRUST_OPTIONS.trust.help}` },
  ...SIGNER_OPTIONS,
  'trusted-root': {
    type: 'string',
    value: 'FILE',
    help: "Sigstore's trusted_root.json, under which the signature has to verify",
  },
  key: {
    type: 'string',
    value: 'KEY',
    help: 'export: the private key that signs, as sign takes it; import: a public key that may have signed',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** What signs, for `export`. */
export const EXPORT_NAMES: readonly string[] = ['to', ...Object.keys(SIGNER_OPTIONS)];
/** Whom to trust, for `import` and `update --from`. */
export const IMPORT_NAMES: readonly string[] = ['from', 'allow-unverified', 'force', ...Object.keys(TRUST_OPTIONS)];

export interface Moving {
  readonly options: OptionValues;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly line: ProgressLine;
}

/** Without a key the artifact is not signed, and nobody takes it without saying why. */
export async function runExport(reference: string, ecosystems: readonly string[], moving: Moving): Promise<number> {
  const { options, config, io, signal } = moving;
  const isSigned = options.flag('keyless') || options.text('key') !== undefined;
  const foreign = Object.keys(SIGNER_OPTIONS).find((name) => isGiven(options, name));
  if (!isSigned && foreign !== undefined) {
    throw new Failure('USAGE', 'who is to sign?', {
      object: `--${foreign}`,
      expected: '--key or --keyless with it',
      found: 'neither',
    });
  }
  const report = await exportAdvisories(reference, ecosystems, {
    ...(await contextOf(moving)),
    signing: isSigned ? await signingOptions(options, config, io, signal) : null,
  });
  moving.line.clear();
  io.out(renderExport(report, { json: options.flag('json'), now: io.clock.now() }));
  return 0;
}

export async function runImport(reference: string, ecosystems: readonly string[], moving: Moving): Promise<number> {
  const { options, config, io } = moving;
  const reason = options.text('allow-unverified') ?? null;
  if (reason?.trim() === '') {
    throw new Failure('USAGE', 'no reason', { object: '--allow-unverified', expected: 'a reason', found: 'nothing' });
  }
  // One key is enough to try it; several are for a trust configuration.
  const texts = (name: string): readonly string[] =>
    name === 'key' ? listOf(options.text(name)) : options.texts(name);
  const report = await importAdvisories(reference, ecosystems, {
    ...(await contextOf(moving)),
    offline: options.flag('offline'),
    trust: await trustSource({ flag: (name) => options.flag(name), text: (name) => options.text(name), texts }, config),
    unverified: reason,
    force: options.flag('force'),
  });
  moving.line.clear();
  io.out(renderImport(report, { json: options.flag('json'), now: io.clock.now() }));
  return 0;
}

export function isGiven(options: OptionValues, name: string): boolean {
  return options.flag(name) || options.text(name) !== undefined || options.texts(name).length > 0;
}

async function contextOf({ config, io, signal, log, line }: Moving) {
  const { sources } = await advisorySources(config);
  return {
    tool: { name: 'plimsoll', version } as const,
    sources,
    host: hostPlatform(),
    home: config.home,
    cacheBytes: config.cacheBytes,
    access: await readSourceAccess(config.environment, io.clock),
    clock: io.clock,
    signal,
    log,
    progress: (text: string) => line.show(text),
  };
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}
