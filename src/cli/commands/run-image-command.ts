import { type ActivePolicies, assess, explain, judge, judgeReport, showSeverities } from '#assess/index.ts';
import { createLog, silentLog } from '#base/log.ts';
import { parsePlatform } from '#lib/oci/index.ts';
import { exceptionsByFinding } from '#model/exception.ts';
import type { Explanation } from '#model/explanation.ts';
import type { Gate } from '#model/gate.ts';
import type { Report } from '#model/report.ts';
import type { Verdict } from '#model/verdict.ts';
import { openFromSource } from '../advisory-source.ts';
import type { Command, CommandInput, OptionValues } from '../command.ts';
import type { Config } from '../config.ts';
import { readConfig } from '../config.ts';
import type { Io } from '../io.ts';
import { type NamedFile, namedFile } from '../named-file.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { openPolicies, type PolicyRequest, parsePolicyRequest } from '../policy-request.ts';
import { createProgressLine, describeProgress } from '../progress.ts';
import type { Format } from '../render/index.ts';
import { createStyle, render } from '../render/index.ts';
import { visible } from '../render/text.ts';
import { readSourceAccess } from '../source-access.ts';
import { withTimeout } from '../timeout.ts';
import { trustSource } from '../trust-source.ts';
import { version } from '../version.ts';
import { assertExplainable, writeExplanations } from './explain-output.ts';
import { type GateRequest, parseGateRequest, parseOptionalReason } from './gate-request.ts';
import { hostPlatform, oneReference, parseLockFiles, parseSeverities } from './image-options.ts';

/** `scan` and `sbom`: the same way through, the second one without advisories. */
export async function runImageCommand(
  command: Command,
  formats: readonly Format[],
  input: CommandInput,
  io: Io,
): Promise<number> {
  const { options } = input;
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), formats);
  const reference = oneReference(command, input.positionals);
  const policyRequest = parsePolicyRequest(options);
  const gateRequest = parseGateRequest(options, policyRequest !== null);
  const allowUnknown = parseOptionalReason(options, 'allow-unknown') ?? null;
  const allowUnverified = parseOptionalReason(options, 'allow-unverified');
  const severities = options.text('severity');
  const shown = severities === undefined ? null : parseSeverities(severities);
  const lockFiles = parseLockFiles(options);
  const vex = await Promise.all(options.texts('vex').map(async (path) => await namedFile(path)));

  const id = command.name === 'scan' ? options.text('explain') : undefined;
  if (id !== undefined) {
    assertExplainable(id, outputs);
  }

  await assertWritable(outputs);
  const {
    reports: assessed,
    explanations,
    policies,
  } = await withTimeout(
    options.text('timeout'),
    io,
    async (signal) =>
      await assessImage(command, reference, {
        options,
        config,
        io,
        signal,
        allowUnverified,
        lockFiles,
        vex,
        explain: id,
        policy: policyRequest,
      }),
  );
  if (id !== undefined) {
    await writeExplanations(explanations, outputs, {
      io,
      colours: config.colours && !options.flag('no-color'),
      list: options.text('platform') === 'all',
    });
    return 0;
  }
  const gated = gateRequest === null ? assessed : assessed.map((report) => judged(report, gateRequest));
  const reports: Report[] = [];
  for (const report of gated) {
    reports.push(
      policies === null || policyRequest === null
        ? report
        : await withVerdict(report, policies, policyRequest, { home: config.home, now: io.clock.now(), allowUnknown }),
    );
  }
  const filtered = shown === null ? reports : reports.map((report) => showSeverities(report, shown));
  for (const output of outputs) {
    const toTerminal = output.file === null && io.stdout.isTerminal;
    const text = await render(output.format, filtered, {
      width: toTerminal ? io.stdout.columns : 80,
      style: createStyle(toTerminal && config.colours && !options.flag('no-color')),
      now: io.clock.now(),
      list: options.text('platform') === 'all',
    });
    await writeOutput(output, text, io);
  }
  const gates = reports.flatMap((report) => report.gate ?? []);
  const verdicts = reports.flatMap((report) => report.verdict ?? []);
  const seen = outputs.some((output) => output.format === 'table' && output.file === null);
  if (!seen && !options.flag('quiet')) {
    announce(gates, io);
    announceVerdicts(verdicts, io);
  }
  return exitCode([...gates.map(({ outcome }) => outcome), ...verdicts.map(outcomeOf)]);
}

interface Run {
  readonly options: OptionValues;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly allowUnverified: string | undefined;
  readonly lockFiles: boolean | undefined;
  readonly vex: readonly NamedFile[];
  readonly explain: string | undefined;
  readonly policy: PolicyRequest | null;
}

interface Assessed {
  readonly reports: readonly Report[];
  readonly explanations: readonly Explanation[];
  /** Null when policy is not asked. */
  readonly policies: ActivePolicies | null;
}

async function assessImage(command: Command, reference: string, run: Run): Promise<Assessed> {
  const { options, config, io, signal, allowUnverified, lockFiles, vex } = run;
  const platform = options.text('platform');
  const log = options.flag('debug') ? await createLog('debug') : silentLog;
  const line = createProgressLine(io, options.flag('quiet'));
  const trust = command.name === 'sbom' ? null : await trustSource(options, config);
  const looks = options.flag('evidence') || trust !== null;
  // Before anything is read: what is wrong with policies is not said after minutes.
  const policies = run.policy === null ? null : await openPolicies(run.policy, { options, config, io, signal, log });
  const advisories = command.name === 'sbom' ? null : await openFromSource({ options, config, io, signal, log, line });
  try {
    const reports = await assess(reference, {
      tool: { name: 'plimsoll', version },
      ...(platform === undefined ? {} : { platform: platform === 'all' ? 'all' : parsePlatform(platform) }),
      host: hostPlatform(),
      integrity: allowUnverified === undefined ? 'require' : 'report',
      home: config.home,
      cacheBytes: config.cacheBytes,
      access: await readSourceAccess(config.environment, io.clock),
      offline: options.flag('offline'),
      programs: options.flag('files'),
      ...(lockFiles === undefined ? {} : { lockFiles }),
      isolation: options.flag('isolate') ? 'process' : 'none',
      advisories,
      ...(looks && { evidence: { trust } }),
      vex,
      clock: io.clock,
      signal,
      log,
      progress: (step) => line.show(describeProgress(step)),
    });
    const explanations: Explanation[] = [];
    if (run.explain !== undefined && advisories !== null) {
      for (const report of reports) {
        explanations.push(await explain(run.explain, report, advisories));
      }
    }
    const allowed = allowUnverified === undefined ? {} : { allowUnverified };
    return { reports: reports.map((report) => ({ ...report, ...allowed })), explanations, policies };
  } finally {
    line.clear();
    advisories?.close();
  }
}

function judged(report: Report, { failOn, allowUnknown }: GateRequest): Report {
  const exceptionOf = exceptionsByFinding(report.exceptions);
  const counting = report.findings.filter((finding) => exceptionOf(finding) === null);
  return { ...report, gate: judge(counting, report.unknowns, failOn, allowUnknown) };
}

/** For those who do not see the table, where the answer stands too. */
function announce(gates: readonly Gate[], io: Io): void {
  for (const gate of gates.filter((candidate) => candidate.outcome !== 'passed')) {
    io.err(`plimsoll: ${gate.outcome === 'refused' ? 'refused' : 'not known'}: ${gate.reasons.join('; ')}\n`);
  }
}

async function withVerdict(
  report: Report,
  policies: ActivePolicies,
  { context, keep }: PolicyRequest,
  asked: { readonly home: string; readonly now: number; readonly allowUnknown: string | null },
): Promise<Report> {
  const { verdict } = await judgeReport(report, { policies, context, keep, ...asked });
  return { ...report, verdict };
}

function announceVerdicts(verdicts: readonly Verdict[], io: Io): void {
  for (const { decision, context, reasons } of verdicts.filter((verdict) => verdict.decision !== 'admit')) {
    const word = decision === 'refuse' ? 'refused' : 'admitted with a warning';
    io.err(`plimsoll: ${word} in ${visible(context.environment)}: ${reasons.map(visible).join('; ')}\n`);
  }
}

function outcomeOf({ decision, because }: Verdict): Gate['outcome'] {
  if (decision !== 'refuse') {
    return 'passed';
  }
  return because === 'unknowns' ? 'unknown' : 'refused';
}

/** The worst of the answers: refused is certain, unknown is not. */
function exitCode(outcomes: readonly Gate['outcome'][]): number {
  if (outcomes.includes('refused')) {
    return 1;
  }
  return outcomes.includes('unknown') ? 3 : 0;
}
