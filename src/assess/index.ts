import type { RefreshedTrustRoot, TrustDescription } from '#lib/trust/index.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import type { OwnEvidenceReport } from '#model/own-evidence-report.ts';
import type { SigningReport } from '#model/signing-report.ts';
import type { KeyAccess } from '#store/keys/index.ts';
import type { Advisories, AdvisoriesOptions } from './advisories.ts';
import type { AssessEvidenceOptions } from './assess-evidence.ts';
import type { OwnEvidenceOptions, OwnEvidenceWork } from './own-evidence/attest.ts';
import type { KeyDescription } from './show-key.ts';
import type { SignImageOptions, SigningWork } from './sign.ts';
import type { UpdateTrustRootOptions } from './trust-root.ts';

export type { Advisories, ShardStatus, ShownAdvisory, UpdateResult } from './advisories.ts';
export type { AssessProgress } from './assess.ts';
export { assess } from './assess.ts';
export { judge } from './gate.ts';
export type { OwnEvidenceWork } from './own-evidence/attest.ts';
export { showSeverities } from './report.ts';
export type { KeyDescription } from './show-key.ts';
export type { SignedPart, SigningWork } from './sign.ts';
export type { ServiceSource, SignerSource, SigningOptions } from './signing.ts';
export type { TrustSource } from './trust.ts';

/** What hangs on an image, judged by a trust configuration. What that takes is loaded when it is asked for. */
export async function assessEvidence(reference: string, options: AssessEvidenceOptions): Promise<EvidenceReport> {
  const { assessEvidence: run } = await import('./assess-evidence.ts');
  return await run(reference, options);
}

/** The advisories of one source. What that takes is loaded when they are asked for. */
export async function openAdvisories(options: AdvisoriesOptions): Promise<Advisories> {
  const { openAdvisories: open } = await import('./advisories.ts');
  return open(options);
}

/** The trust configuration of a file in words. Throws what loading it throws. `now` in milliseconds since 1970. */
export async function showTrust(path: string, now: number): Promise<TrustDescription> {
  const { showTrust: show } = await import('./trust.ts');
  return await show(path, now);
}

/** The trust root that a TUF repository has now. What that takes is loaded when it is asked for. */
export async function updateTrustRoot(options: UpdateTrustRootOptions): Promise<RefreshedTrustRoot> {
  const { updateTrustRoot: update } = await import('./trust-root.ts');
  return await update(options);
}

/** Signs or attests an image. What that takes is loaded when it is asked for. */
export async function signImage(
  reference: string,
  work: SigningWork,
  options: SignImageOptions,
): Promise<SigningReport> {
  const { signImage: run } = await import('./sign.ts');
  return await run(reference, work, options);
}

/** Scans an image and attaches what is known of it. What that takes is loaded when it is asked for. */
export async function attestOwnEvidence(
  reference: string,
  work: OwnEvidenceWork,
  options: OwnEvidenceOptions,
): Promise<OwnEvidenceReport> {
  const { attestOwnEvidence: run } = await import('./own-evidence/attest.ts');
  return await run(reference, work, options);
}

/** What may be told of a key. What that takes is loaded when it is asked for. */
export async function showKey(reference: string, access: KeyAccess): Promise<KeyDescription> {
  const { showKey: run } = await import('./show-key.ts');
  return await run(reference, access);
}
