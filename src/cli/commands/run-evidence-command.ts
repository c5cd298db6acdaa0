import { assessEvidence } from '#assess/index.ts';
import { createLog, silentLog } from '#base/log.ts';
import { parsePlatform } from '#lib/oci/index.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import type { Command, CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { renderEvidenceJson, renderEvidenceTable } from '../render/evidence/index.ts';
import { createStyle } from '../render/index.ts';
import { readSourceAccess } from '../source-access.ts';
import { withTimeout } from '../timeout.ts';
import { trustSource } from '../trust-source.ts';
import { version } from '../version.ts';
import { hostPlatform, oneReference } from './image-options.ts';

export const EVIDENCE_FORMATS = ['table', 'json'] as const;

/** `verify` and `evidence`: the same way through; only the first needs to be told whom to trust. */
export async function runEvidenceCommand(
  command: Command,
  kind: EvidenceReport['kind'],
  { options, positionals }: CommandInput,
  io: Io,
): Promise<number> {
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), EVIDENCE_FORMATS);
  const reference = oneReference(command, positionals);
  const trust = await trustSource(options, config);
  if (trust === null && kind === 'verification') {
    throw new Failure('USAGE', 'whom to trust?', {
      object: command.name,
      expected: '--trust FILE, PLIMSOLL_TRUST, --key FILE or --certificate-identity with its issuer',
      found: 'none of them, and nothing is trusted without',
      hint: 'docs/guides/trust.md shows a configuration.',
    });
  }
  const platform = options.text('platform');
  const log = options.flag('debug') ? await createLog('debug') : silentLog;
  await assertWritable(outputs);
  const report = await withTimeout(
    options.text('timeout'),
    io,
    async (signal) =>
      await assessEvidence(reference, {
        kind,
        tool: { name: 'plimsoll', version },
        ...(platform === undefined ? {} : { platform: platform === 'all' ? 'all' : parsePlatform(platform) }),
        host: hostPlatform(),
        home: config.home,
        cacheBytes: config.cacheBytes,
        access: await readSourceAccess(config.environment, io.clock),
        offline: options.flag('offline'),
        trust,
        clock: io.clock,
        signal,
        log,
      }),
  );
  for (const output of outputs) {
    const toTerminal = output.file === null && io.stdout.isTerminal;
    const screen = {
      width: toTerminal ? io.stdout.columns : 80,
      style: createStyle(toTerminal && config.colours && !options.flag('no-color')),
      now: io.clock.now(),
    };
    const text = output.format === 'json' ? renderEvidenceJson(report) : renderEvidenceTable(report, screen);
    await writeOutput(output, text, io);
  }
  return exitCode(report);
}

/** `verify` answers; `evidence` shows, and fails only where it could not look. */
function exitCode({ kind, verification, problems }: EvidenceReport): number {
  if (kind === 'evidence') {
    return problems.some(({ attachment }) => attachment === null) ? 3 : 0;
  }
  return verification?.outcome === 'accepted' ? 0 : verification?.outcome === 'unknown' ? 3 : 1;
}
