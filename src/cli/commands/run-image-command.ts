import { assess, judge, showSeverities } from '#assess/index.ts';
import { createLog, silentLog } from '#base/log.ts';
import { parsePlatform } from '#lib/oci/index.ts';
import type { Gate } from '#model/gate.ts';
import type { Report } from '#model/report.ts';
import { openFromSource } from '../advisory-source.ts';
import type { Command, CommandInput, OptionValues } from '../command.ts';
import type { Config } from '../config.ts';
import { readConfig } from '../config.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { createProgressLine, describeProgress } from '../progress.ts';
import type { Format } from '../render/index.ts';
import { createStyle, render } from '../render/index.ts';
import { readSourceAccess } from '../source-access.ts';
import { withTimeout } from '../timeout.ts';
import { trustSource } from '../trust-source.ts';
import { version } from '../version.ts';
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
  const gateRequest = parseGateRequest(options);
  const allowUnverified = parseOptionalReason(options, 'allow-unverified');
  const severities = options.text('severity');
  const shown = severities === undefined ? null : parseSeverities(severities);
  const lockFiles = parseLockFiles(options);

  await assertWritable(outputs);
  const assessed = await withTimeout(
    options.text('timeout'),
    io,
    async (signal) =>
      await assessImage(command, reference, { options, config, io, signal, allowUnverified, lockFiles }),
  );
  const reports = gateRequest === null ? assessed : assessed.map((report) => judged(report, gateRequest));
  const visible = shown === null ? reports : reports.map((report) => showSeverities(report, shown));
  for (const output of outputs) {
    const toTerminal = output.file === null && io.stdout.isTerminal;
    const text = await render(output.format, visible, {
      width: toTerminal ? io.stdout.columns : 80,
      style: createStyle(toTerminal && config.colours && !options.flag('no-color')),
      now: io.clock.now(),
      list: options.text('platform') === 'all',
    });
    await writeOutput(output, text, io);
  }
  const gates = reports.flatMap((report) => report.gate ?? []);
  const seen = outputs.some((output) => output.format === 'table' && output.file === null);
  if (!seen && !options.flag('quiet')) {
    announce(gates, io);
  }
  return exitCode(gates);
}

interface Run {
  readonly options: OptionValues;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly allowUnverified: string | undefined;
  readonly lockFiles: boolean | undefined;
}

async function assessImage(command: Command, reference: string, run: Run): Promise<readonly Report[]> {
  const { options, config, io, signal, allowUnverified, lockFiles } = run;
  const platform = options.text('platform');
  const log = options.flag('debug') ? await createLog('debug') : silentLog;
  const line = createProgressLine(io, options.flag('quiet'));
  const trust = command.name === 'sbom' ? null : await trustSource(options, config);
  const looks = options.flag('evidence') || trust !== null;
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
      clock: io.clock,
      signal,
      log,
      progress: (step) => line.show(describeProgress(step)),
    });
    return allowUnverified === undefined ? reports : reports.map((report) => ({ ...report, allowUnverified }));
  } finally {
    line.clear();
    advisories?.close();
  }
}

function judged(report: Report, { failOn, allowUnknown }: GateRequest): Report {
  return { ...report, gate: judge(report.findings, report.unknowns, failOn, allowUnknown) };
}

/** For those who do not see the table, where the answer stands too. */
function announce(gates: readonly Gate[], io: Io): void {
  for (const gate of gates.filter((candidate) => candidate.outcome !== 'passed')) {
    io.err(`plimsoll: ${gate.outcome === 'refused' ? 'refused' : 'not known'}: ${gate.reasons.join('; ')}\n`);
  }
}

/** The worst of the answers: refused is certain, unknown is not. */
function exitCode(gates: readonly Gate[]): number {
  if (gates.some((gate) => gate.outcome === 'refused')) {
    return 1;
  }
  return gates.some((gate) => gate.outcome === 'unknown') ? 3 : 0;
}
