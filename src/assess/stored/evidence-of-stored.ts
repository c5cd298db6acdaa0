import type { Clock } from '#base/clock.ts';
import type { Digest } from '#base/digest.ts';
import { isAppError, messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { parsePlatform, type SourceAccess } from '#lib/oci/index.ts';
import type { TrustConfiguration } from '#lib/trust/index.ts';
import type { LocalRepository } from '#model/platform/local-repository.ts';
import type { ReportTool } from '#model/report.ts';
import { type AttestedSbom, reportEvidence } from '../evidence.ts';
import { notLookedAt, scanEvidence } from '../report-evidence.ts';
import type { AttestedVex } from '../vex/attested.ts';
import type { StoredEvidence } from './report-of-stored.ts';

/** An image in a repository of ours, by what hangs on it. */
export interface StoredEvidenceRequest {
  /** `registry/path`, as trust configurations name it: it is asked of `local`, whatever registry that is. */
  readonly repository: string;
  readonly local: LocalRepository;
  readonly digest: Digest;
  /** What hangs on it counts for the image too; null for none. */
  readonly index: { readonly digest: Digest; readonly platform: string | null } | null;
  /** Null trusts nobody. */
  readonly trust: TrustConfiguration | null;
}

export interface StoredEvidenceOptions {
  readonly tool: ReportTool;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** What hangs on a stored image and its index, judged by a trust configuration. No network is asked: what cannot be read is said instead. */
export async function evidenceOfStored(
  request: StoredEvidenceRequest,
  { tool, clock, signal, log }: StoredEvidenceOptions,
): Promise<StoredEvidence> {
  const { repository, digest, index, trust } = request;
  const platform = index?.platform ?? null;
  const sboms: AttestedSbom[] = [];
  const vex: AttestedVex[] = [];
  try {
    const report = await reportEvidence(`${repository}@${index?.digest ?? digest}`, {
      kind: trust === null ? 'evidence' : 'verification',
      tool,
      trust,
      verifications: null,
      open: {
        platform: platform === null ? 'all' : parsePlatform(platform),
        // With a platform that is said, or all of them, nothing is chosen for this machine; no archive is unpacked.
        host: { os: 'linux', architecture: 'amd64' },
        temporaryFolder: '',
        integrity: 'require',
        offline: true,
        access: localAccess(request, clock),
        signal,
        log,
      },
      now: clock.now(),
      signal,
      log,
      foundSbom: (found) => sboms.push(found),
      foundVex: (found) => vex.push(found),
    });
    const found = scanEvidence(report, sboms, vex);
    return { ...found.of(digest), sboms: found.sbomsOf(digest), vex: found.vexOf(digest) };
  } catch (error) {
    signal.throwIfAborted();
    if (!isAppError(error)) {
      throw error;
    }
    return { evidence: [], trust: notLookedAt(messageOf(error)), sboms: [], vex: [] };
  }
}

/** Nothing but the one repository. */
export function localAccess(
  { repository, local }: Pick<StoredEvidenceRequest, 'repository' | 'local'>,
  clock: Clock,
): SourceAccess {
  return {
    registries: null,
    credentialFiles: [],
    environment: {},
    dockerSockets: [],
    podmanSockets: [],
    containerd: { socket: '', namespace: '' },
    clock,
    local: (domain, path) => (`${domain}/${path}` === repository ? local : null),
  };
}
