import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { SourceAccess } from '#lib/oci/index.ts';
import type { TrustConfiguration } from '#lib/trust/index.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import type { Platform } from '#model/platform.ts';
import type { ReportTool } from '#model/report.ts';
import { openCache } from '#store/cache/index.ts';
import { type EvidenceOptions, reportEvidence } from './evidence.ts';
import { folderForArchives } from './folders.ts';
import { loadTrust, type TrustSource } from './trust.ts';

export interface AssessEvidenceOptions {
  readonly kind: EvidenceReport['kind'];
  readonly tool: ReportTool;
  /** Absent: the machine's own platform, or the only one there is. */
  readonly platform?: Platform | 'all';
  readonly host: Platform;
  /** The data folder, absolute. */
  readonly home: string;
  readonly cacheBytes: number;
  /** Registries; without it images come from files alone. */
  readonly access: SourceAccess | undefined;
  readonly offline: boolean;
  /** Null trusts nobody. */
  readonly trust: TrustSource | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** See `EvidenceOptions`. */
  readonly foundSbom?: EvidenceOptions['foundSbom'];
  readonly foundVex?: EvidenceOptions['foundVex'];
}

/** `verify` and `evidence`. Throws what reading the configuration and opening the image throw. */
export async function assessEvidence(reference: string, options: AssessEvidenceOptions): Promise<EvidenceReport> {
  return await assessTrusting(options.trust === null ? null : await loadTrust(options.trust), reference, options);
}

/** With the configuration at hand: throws what opening the image throws. */
export async function assessTrusting(
  trust: TrustConfiguration | null,
  reference: string,
  options: Omit<AssessEvidenceOptions, 'trust'>,
): Promise<EvidenceReport> {
  const { access, clock, signal, log, home, platform } = options;
  const cache = openCache(join(home, 'cache'), { maxBytes: options.cacheBytes, clock });
  return await reportEvidence(reference, {
    kind: options.kind,
    tool: options.tool,
    trust,
    // `evidence` shows what is there now.
    verifications: options.kind === 'verification' ? cache.verifications : null,
    open: {
      ...(platform === undefined ? {} : { platform }),
      host: options.host,
      integrity: 'require',
      temporaryFolder: await folderForArchives(home, log),
      documents: cache.documents,
      offline: options.offline,
      ...(access && { access }),
      signal,
      log,
    },
    now: clock.now(),
    signal,
    log,
    ...(options.foundSbom && { foundSbom: options.foundSbom }),
    ...(options.foundVex && { foundVex: options.foundVex }),
  });
}
