import { attestOwnEvidence, type OwnEvidenceWork } from '#assess/index.ts';
import { quote } from '#base/error.ts';
import { createLog, silentLog } from '#base/log.ts';
import { parsePlatform } from '#lib/oci/index.ts';
import { FAIL_LEVELS } from '#model/gate.ts';
import { OWN_EVIDENCE, type OwnEvidence, type OwnEvidenceReport } from '#model/own-evidence-report.ts';
import { openFromSource } from '../advisory-source.ts';
import type { Command, CommandInput, OptionSpec, OptionValues } from '../command.ts';
import type { Config } from '../config.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { namedFile } from '../named-file.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import {
  openPolicies,
  POLICY_OPTIONS,
  type PolicyRequest,
  type PolicyRun,
  parsePolicyRequest,
} from '../policy-request.ts';
import { createProgressLine, describeProgress } from '../progress.ts';
import { createStyle } from '../render/index.ts';
import { renderOwnEvidenceJson, renderOwnEvidenceTable } from '../render/own-evidence.ts';
import { SIGNER_OPTIONS, signingOptions } from '../signing-source.ts';
import { readSourceAccess } from '../source-access.ts';
import { withTimeout } from '../timeout.ts';
import { trustSource } from '../trust-source.ts';
import { version } from '../version.ts';
import { parseGateRequest, parseOptionalReason } from './gate-request.ts';
import { hostPlatform, IMAGE_OPTIONS, oneReference } from './image-options.ts';
import { oneOf } from './run-signing-command.ts';

const OUTPUTS = ['table', 'json'] as const;
const PARTS = ['index', 'platforms', 'both'] as const;

/** What is asked of policy: an environment as it is, since what is signed in its name has to be what it says. */
const ENVIRONMENT_OPTIONS = {
  environment: {
    type: 'string',
    value: 'NAME',
    help: 'scan: judge by the policies of this environment in place of --fail-on; the verdict that is attached is the record that is kept',
  },
  policies: inScan(POLICY_OPTIONS.policies),
  stage: inScan(POLICY_OPTIONS.stage),
  exposure: inScan(POLICY_OPTIONS.exposure),
  project: inScan(POLICY_OPTIONS.project),
  cluster: inScan(POLICY_OPTIONS.cluster),
  namespace: inScan(POLICY_OPTIONS.namespace),
  actor: inScan(POLICY_OPTIONS.actor),
  trust: {
    type: 'string',
    value: 'FILE',
    help: 'scan: with --environment, whose statements on the image are seen by policies, and whose bundles of policies are believed (default: PLIMSOLL_TRUST)',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Options of `attest --scan`, beside those of signing. */
export const OWN_EVIDENCE_OPTIONS = {
  scan: {
    type: 'boolean',
    help: 'instead of --predicate: scan every platform, and state what is found of it',
  },
  only: {
    type: 'string',
    value: 'LIST',
    help: `scan: state only these, separated by commas: ${OWN_EVIDENCE.join(', ')}`,
  },
  'fail-on': {
    type: 'string',
    value: 'LEVEL',
    help: `scan: a finding this bad or worse refuses the image: ${FAIL_LEVELS.join(', ')}; without it and --environment there is no verdict`,
  },
  'allow-unknown': {
    type: 'string',
    value: 'REASON',
    help: 'scan: let unknowns pass --fail-on or --environment, for this reason, which the verdict keeps',
  },
  ...ENVIRONMENT_OPTIONS,
  vex: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'scan: a VEX document (OpenVEX, CSAF or CycloneDX); what it says is not affected or fixed does not count',
  },
  files: { type: 'boolean', help: 'scan: list programs and libraries with their SHA-256 in SBOM documents too' },
  isolate: IMAGE_OPTIONS.isolate,
  offline: { type: 'boolean', help: 'scan: no network, only the advisories that earlier runs have kept' },
  platform: { type: 'string', value: 'OS/ARCH[/VARIANT]|all', help: 'scan: which image of an index (default all)' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Throws `USAGE` for options that only go with the other way to say what is stated. */
export function assertOneWay(options: OptionValues): void {
  const scanned = options.flag('scan');
  const foreign = scanned ? ['predicate', 'type'] : Object.keys(OWN_EVIDENCE_OPTIONS);
  const given = foreign.find(
    (name) => options.flag(name) || options.text(name) !== undefined || options.texts(name).length > 0,
  );
  if (given !== undefined) {
    throw new Failure('USAGE', `--${given} does not go with ${scanned ? '--scan' : '--predicate'}`, {
      object: `--${given}`,
      expected: scanned ? '--scan without it' : '--scan with it',
      found: scanned ? 'both' : 'none',
    });
  }
}

/** `attest --scan`: the exit codes are those of `scan`. */
export async function runOwnEvidence(
  command: Command,
  { options, positionals }: CommandInput,
  io: Io,
): Promise<number> {
  assertOneWay(options);
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), OUTPUTS);
  const reference = oneReference(command, positionals);
  const work = await readWork(options);
  await assertWritable(outputs);
  const report = await withTimeout(
    options.text('timeout'),
    io,
    async (signal) => await attestScanned(reference, work, { options, config, io, signal }),
  );
  for (const output of outputs) {
    const colours = output.file === null && io.stdout.isTerminal && config.colours && !options.flag('no-color');
    const style = createStyle(colours);
    const text = output.format === 'json' ? renderOwnEvidenceJson(report) : renderOwnEvidenceTable(report, style);
    await writeOutput(output, text, io);
  }
  const seen = outputs.some((output) => output.format === 'table' && output.file === null);
  if (!seen && !options.flag('quiet')) {
    announce(report, io);
  }
  return exitCode(report);
}

/** For those who do not see the table, where the answer stands too. */
function announce({ outcome, judged }: OwnEvidenceReport, io: Io): void {
  if (outcome === 'refused' || outcome === 'unknown') {
    const decision = outcome === 'refused' ? 'refuse' : 'error';
    const reasons = judged.filter((platform) => platform.decision === decision).flatMap((platform) => platform.reasons);
    io.err(
      `plimsoll: ${outcome === 'refused' ? 'refused' : 'not known, nothing is attached'}: ${reasons.join('; ')}\n`,
    );
  }
}

interface Run {
  readonly options: OptionValues;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
}

async function attestScanned(
  reference: string,
  work: Asked,
  { options, config, io, signal }: Run,
): Promise<OwnEvidenceReport> {
  const signing = await signingOptions(options, config, io, signal);
  const log = options.flag('debug') ? await createLog('debug') : silentLog;
  const line = createProgressLine(io, options.flag('quiet') || options.flag('debug'));
  const platform = options.text('platform') ?? 'all';
  const policy = await policyQuestion(work.policy, { options, config, io, signal, log });
  const advisories = await openFromSource({ options, config, io, signal, log, line });
  try {
    return await attestOwnEvidence(
      reference,
      { ...work, policy },
      {
        ...signing,
        tool: { name: 'plimsoll', version },
        platform: platform === 'all' ? 'all' : parsePlatform(platform),
        host: hostPlatform(),
        home: config.home,
        cacheBytes: config.cacheBytes,
        access: await readSourceAccess(config.environment, io.clock),
        offline: options.flag('offline'),
        isolation: options.flag('isolate') ? 'process' : 'none',
        programs: options.flag('files'),
        advisories,
        log,
        progress: (step) => line.show(describeProgress(step)),
      },
    );
  } finally {
    line.clear();
    advisories.close();
  }
}

/** All but the policies, which are opened when all else is known to be right. */
type Asked = Omit<OwnEvidenceWork, 'policy'> & { readonly policy: PolicyRequest | null };

async function readWork(options: OptionValues): Promise<Asked> {
  const policy = parsePolicyRequest(options);
  const gate = parseGateRequest(options, policy !== null);
  if (policy !== null && gate !== null) {
    throw new Failure('USAGE', 'two answers to what an image is judged by', {
      object: '--fail-on',
      expected: 'either --fail-on or --environment: a verdict has one basis',
      found: 'both',
    });
  }
  if (policy === null && options.text('trust') !== undefined) {
    throw new Failure('USAGE', '--trust needs --environment', { expected: '--environment NAME beside it' });
  }
  const only = options.text('only');
  const kinds = only === undefined ? OWN_EVIDENCE : only.split(',').map(parseKind);
  const judged = kinds.find((kind) => kind === 'verdict' || kind === 'summary');
  if (only !== undefined && gate === null && policy === null && judged !== undefined) {
    throw new Failure('USAGE', `no ${judged} without --fail-on or --environment`, {
      object: '--only',
      expected: '--fail-on LEVEL or --environment NAME, which says what the image is judged by',
      found: 'none',
    });
  }
  const exceptions = await Promise.all(options.texts('vex').map(async (path) => await namedFile(path)));
  return {
    format: oneOf(options.text('format') ?? 'bundle', ['bundle', 'cosign-legacy'], '--format'),
    kinds: new Set(kinds),
    gate,
    policy,
    exceptions,
    on: oneOf(options.text('on') ?? 'both', PARTS, '--on'),
  };
}

async function policyQuestion(request: PolicyRequest | null, run: PolicyRun): Promise<OwnEvidenceWork['policy']> {
  if (request === null) {
    return null;
  }
  const options = withoutSigner(run.options);
  return {
    policies: await openPolicies(request, { ...run, options }),
    context: request.context,
    allowUnknown: parseOptionalReason(options, 'allow-unknown') ?? null,
    keep: true,
    trust: await trustSource(options, run.config),
  };
}

/** `--key` and `--trusted-root` are about who signs here, and not about whom to trust. */
function withoutSigner(options: OptionValues): OptionValues {
  const own = (name: string): boolean => !Object.hasOwn(SIGNER_OPTIONS, name);
  return {
    flag: (name) => own(name) && options.flag(name),
    text: (name) => (own(name) ? options.text(name) : undefined),
    texts: (name) => (own(name) ? options.texts(name) : []),
  };
}

/** The option of a scan, as the help of `attest` tells it. */
function inScan<Spec extends OptionSpec>(spec: Spec): Spec {
  return { ...spec, help: `scan: ${spec.help}` };
}

function parseKind(text: string): OwnEvidence {
  const kind = OWN_EVIDENCE.find((candidate) => candidate === text.trim());
  if (kind === undefined) {
    throw new Failure('USAGE', 'nothing that can be stated', {
      object: '--only',
      expected: `some of ${OWN_EVIDENCE.join(', ')}`,
      found: quote(text),
    });
  }
  return kind;
}

function exitCode({ outcome }: OwnEvidenceReport): number {
  switch (outcome) {
    case 'refused':
      return 1;
    case 'unknown':
      return 3;
    case 'passed':
    case null:
      return 0;
  }
}
