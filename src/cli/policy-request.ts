import { relative, resolve } from 'node:path';
import { type ActivePolicies, isBundleReference, loadPolicies, type PolicySource } from '#assess/index.ts';
import { quote } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { EXPOSURES, type PolicyContext, STAGES } from '#model/policy.ts';
import type { OptionSpec, OptionValues } from './command.ts';
import { hostPlatform } from './commands/image-options.ts';
import type { Config } from './config.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { policyPlace } from './policy-source.ts';
import { readSourceAccess } from './source-access.ts';
import { trustSource } from './trust-source.ts';
import { version } from './version.ts';

/** Options of what asks whether an image passes by policy. */
export const POLICY_OPTIONS = {
  environment: {
    type: 'string',
    value: 'NAME',
    help: 'judge by the policies of this environment, and keep a record: exits with 1 when the image is refused, with 3 when only what is not known stands in its way',
  },
  policy: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'judge by the policies of a file or folder, besides those of --environment where that is there',
  },
  policies: {
    type: 'string',
    value: 'FOLDER|REF',
    help: 'the documents that decide: a folder, or a signed bundle (default: PLIMSOLL_POLICIES, else policies in the configuration folder, else those that ship)',
  },
  stage: { type: 'string', value: 'STAGE', help: `where in the chain is asked: ${STAGES.join(', ')} (default deploy)` },
  exposure: { type: 'string', value: 'WHO', help: `who can get at what runs: ${EXPOSURES.join(', ')}` },
  project: { type: 'string', value: 'NAME', help: 'the project, for rules that ask' },
  cluster: { type: 'string', value: 'NAME', help: 'the cluster, for rules that ask' },
  namespace: { type: 'string', value: 'NAME', help: 'the namespace, for rules that ask' },
  actor: { type: 'string', value: 'NAME', help: 'who asks, for rules that ask' },
  'no-record': { type: 'boolean', help: 'keep nothing of what was decided' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** What is asked of policy, in words of the command line. */
export interface PolicyRequest {
  /** Null for the files alone. */
  readonly environment: string | null;
  /** Absolute. */
  readonly files: readonly string[];
  readonly context: Omit<PolicyContext, 'environment' | 'time'>;
  readonly keep: boolean;
}

/** Null when policy is not asked. Throws `USAGE`. */
export function parsePolicyRequest(options: OptionValues): PolicyRequest | null {
  const environment = options.text('environment') ?? null;
  const files = options.texts('policy').map((path) => resolve(path));
  if (environment === null && files.length === 0) {
    const alone = Object.keys(POLICY_OPTIONS).find((name) => options.text(name) !== undefined || options.flag(name));
    if (alone !== undefined) {
      throw new Failure('USAGE', `--${alone} needs an environment`, { expected: '--environment NAME beside it' });
    }
    return null;
  }
  return {
    environment,
    files,
    context: {
      stage: oneOf(options, 'stage', STAGES) ?? 'deploy',
      exposure: oneOf(options, 'exposure', EXPOSURES),
      project: options.text('project') ?? null,
      actor: options.text('actor') ?? null,
      cluster: options.text('cluster') ?? null,
      namespace: options.text('namespace') ?? null,
    },
    keep: !options.flag('no-record'),
  };
}

function oneOf<T extends string>(options: OptionValues, name: string, values: readonly T[]): T | null {
  const text = options.text(name);
  if (text === undefined) {
    return null;
  }
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) {
    throw new Failure('USAGE', `no such ${name}`, {
      object: `--${name}`,
      expected: `one of ${values.join(', ')}`,
      found: quote(text),
    });
  }
  return value;
}

export interface PolicyRun {
  readonly options: OptionValues;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Reads the documents that decide. Throws what `loadPolicies` throws. */
export async function openPolicies(request: PolicyRequest, run: PolicyRun): Promise<ActivePolicies> {
  const { files, environment } = request;
  const source = await policySource(run);
  return await loadPolicies({ source, files, environment, named: (path) => relative('', path) });
}

async function policySource({ options, config, io, signal, log }: PolicyRun): Promise<PolicySource> {
  const place = options.text('policies') ?? (await policyPlace(config));
  if (place === null) {
    return { kind: 'shipped' };
  }
  if (!isBundleReference(place)) {
    return { kind: 'folder', path: resolve(place) };
  }
  const verifying = {
    tool: { name: 'plimsoll', version } as const,
    host: hostPlatform(),
    home: config.home,
    cacheBytes: config.cacheBytes,
    access: await readSourceAccess(config.environment, io.clock),
    offline: options.flag('offline'),
    trust: await trustSource(options, config),
    clock: io.clock,
    signal,
    log,
  };
  return { kind: 'bundle', reference: place, verifying };
}
