import type { Artifact, Attached } from '#model/artifact.ts';
import type { EvidenceSource } from './evidence/source.ts';
import type { OpenOptions } from './images/options.ts';

/** Images: what a reference means, and the images behind it, opened and verified; and what is attached to them. */
export { detectReference } from './detect.ts';
export type { EvidenceSource } from './evidence/source.ts';
export { choosePlatform } from './images/choose.ts';
export type { OpenOptions, SourceAccess } from './images/options.ts';
export { openImages } from './open.ts';
export { parsePlatform } from './platform.ts';
export { readDocument } from './read-document.ts';
export type { SbomReference } from './reference.ts';

/** See `attach` of what is attached: loaded when it is asked for, since scans do not pay for it. */
export async function attach(
  artifacts: readonly Artifact[],
  reference: string,
  options: OpenOptions,
): Promise<readonly Attached[]> {
  const { attach: run } = await import('./attach/attach.ts');
  return await run(artifacts, reference, options);
}

/** See `openEvidence` of the evidence: loaded when it is asked for as well. */
export async function openEvidence(reference: string, options: OpenOptions): Promise<EvidenceSource> {
  const { openEvidence: open } = await import('./evidence/open-evidence.ts');
  return await open(reference, options);
}
