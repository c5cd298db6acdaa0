import type { Artifact, Attached } from '#model/artifact.ts';
import type { Image } from '#model/image.ts';
import type { AcquisitionProgress } from '#model/platform/acquisition.ts';
import type { Intake } from '#model/platform/intake.ts';
import type { FileArtifact, StoredArtifact } from './artifacts/artifact.ts';
import type { OpenedArtifact } from './artifacts/open.ts';
import type { BeforeNaming } from './artifacts/push.ts';
import type { ClosurePlan } from './closure/closure.ts';
import type { CopyOptions } from './closure/copy.ts';
import type { CopiedFrom } from './closure/copy-blob.ts';
import type { PlanOptions } from './closure/plan.ts';
import type { Upstream, UpstreamOptions } from './closure/upstream.ts';
import type { EvidenceSource } from './evidence/source.ts';
import type { ContentSource } from './images/content-source.ts';
import type { OpenedImages, OpenOptions } from './images/options.ts';
import type { StoredManifest } from './images/stored.ts';
import type { ImageReference } from './reference.ts';

/** Images: what a reference means, and the images behind it, opened and verified; and what is attached to them. */
export type { ArtifactFile, FileArtifact, StoredArtifact } from './artifacts/artifact.ts';
export type { OpenedArtifact } from './artifacts/open.ts';
export { accessOfSource } from './closure/access.ts';
export type { ClosurePlan, ClosureProblem } from './closure/closure.ts';
export type { CopyOptions } from './closure/copy.ts';
export type { CopiedFrom } from './closure/copy-blob.ts';
export type { PlanOptions } from './closure/plan.ts';
export { missingPlatforms } from './closure/platforms.ts';
export type { Upstream, UpstreamOptions } from './closure/upstream.ts';
export { isIndexType } from './documents/media-types.ts';
export type { EvidenceSource } from './evidence/source.ts';
export { isEvidenceTag } from './evidence/tags.ts';
export { choosePlatform } from './images/choose.ts';
export type { ContentSource } from './images/content-source.ts';
export type { OpenOptions, SourceAccess } from './images/options.ts';
export { parsePlatform } from './platform.ts';
export { type PushedManifest, parsePushedManifest } from './pushed-manifest/pushed-manifest.ts';
export { readDocument } from './read-document.ts';
export { type ImageReference, parseReference, type SbomReference } from './reference.ts';

/** See `detectReference`: loaded when it is asked for, since what reads images is large, and a registry has no need of it. */
export async function detectReference(text: string, signal?: AbortSignal): Promise<ImageReference> {
  const { detectReference: detect } = await import('./detect.ts');
  return await detect(text, signal);
}

/** See `openImages`: loaded as well when it is asked for. */
export async function openImages(reference: ImageReference, options: OpenOptions): Promise<OpenedImages> {
  const { openImages: open } = await import('./open.ts');
  return await open(reference, options);
}

/** See `openStoredImage` of images: loaded when it is asked for. */
export async function openStoredImage(
  source: ContentSource,
  manifest: StoredManifest,
  signal: AbortSignal,
): Promise<Image> {
  const { openStoredImage: open } = await import('./images/stored.ts');
  return await open(source, manifest, signal);
}

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

/** See `pushArtifact` of artifacts: loaded when it is asked for. */
export async function pushArtifact(
  artifact: FileArtifact,
  reference: string,
  options: OpenOptions,
  before: BeforeNaming,
): Promise<StoredArtifact> {
  const { pushArtifact: run } = await import('./artifacts/push.ts');
  return await run(artifact, reference, options, before);
}

/** See `openArtifact` of artifacts: loaded when it is asked for. */
export async function openArtifact(reference: string, options: OpenOptions): Promise<OpenedArtifact> {
  const { openArtifact: run } = await import('./artifacts/open.ts');
  return await run(reference, options);
}

/** See `openUpstream` of closures: loaded when it is asked for. */
export async function openUpstream(
  name: { readonly domain: string; readonly path: string },
  options: UpstreamOptions,
): Promise<Upstream> {
  const { openUpstream: run } = await import('./closure/upstream.ts');
  return await run(name, options);
}

/** See `planClosure` of closures: loaded when it is asked for. */
export async function planClosure(upstream: Upstream, reference: string, options: PlanOptions): Promise<ClosurePlan> {
  const { planClosure: run } = await import('./closure/plan.ts');
  return await run(upstream, reference, options);
}

/** See `copyClosure` of closures: loaded when it is asked for. */
export async function copyClosure(
  plan: ClosurePlan,
  upstream: CopiedFrom,
  intake: Intake,
  options: CopyOptions,
): Promise<AcquisitionProgress> {
  const { copyClosure: run } = await import('./closure/copy.ts');
  return await run(plan, upstream, intake, options);
}
