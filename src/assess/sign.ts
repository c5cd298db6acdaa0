import { join } from 'node:path';
import type { Log } from '#base/log.ts';
import { attach, type OpenOptions, openEvidence, type SourceAccess } from '#lib/oci/index.ts';
import {
  attestBundle,
  attestLegacy,
  type CertificateChainFile,
  type PredicateText,
  predicateFromFile,
  signBundle,
  signLegacy,
  signNotation,
} from '#lib/trust/index.ts';
import type { Artifact } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { EvidenceTarget } from '#model/evidence.ts';
import { formatPlatform, type Platform } from '#model/platform.ts';
import type { ReportTool } from '#model/report.ts';
import type { SigningReport } from '#model/signing-report.ts';
import { openCache } from '#store/cache/index.ts';
import { folderForArchives } from './folders.ts';
import { type Signing, type SigningOptions, withSigning } from './signing.ts';

/** What to sign, and how. Files are read already: `name` is what they are called in messages. */
export type SigningWork =
  | { readonly kind: 'signature'; readonly format: 'bundle' | 'cosign-legacy' }
  | {
      readonly kind: 'signature';
      readonly format: 'notation-jws' | 'notation-cose';
      readonly chain: CertificateChainFile;
      /** Milliseconds from now; null for a signature that does not end by itself. */
      readonly expiresAfter: number | null;
    }
  | {
      readonly kind: 'attestation';
      readonly format: 'bundle' | 'cosign-legacy';
      /** A URI, or a short name of cosign's. */
      readonly type: string;
      readonly predicate: { readonly name: string; readonly bytes: Uint8Array };
    };

/** Which manifests of an image for several platforms; an image for one has only itself. */
export type SignedPart = 'index' | 'platforms' | 'both';

export interface SignImageOptions extends SigningOptions {
  readonly tool: ReportTool;
  readonly on: SignedPart;
  readonly host: Platform;
  /** The data folder, absolute. */
  readonly home: string;
  readonly cacheBytes: number;
  readonly access: SourceAccess;
  readonly log: Log;
}

/**
 * Signs the manifests that a reference names, or attests something of them, and attaches the result where they are. All is
 * signed before anything is written. Throws what opening the key and the image, signing and attaching throw.
 */
export async function signImage(
  reference: string,
  work: SigningWork,
  options: SignImageOptions,
): Promise<SigningReport> {
  const predicate =
    work.kind === 'attestation' ? predicateFromFile(work.type, work.predicate, options.clock.now()) : null;
  const open = await openOptions(options);
  return await withSigning(options, async (signing) => {
    const image = await subjectsOf(reference, open, options.on);
    const artifacts: Artifact[] = [];
    for (const subject of image.subjects) {
      artifacts.push(await signOne(subject, work, predicate, image.repository, signing));
    }
    options.log.debug('signed', { manifests: artifacts.length });
    const attached = await attach(artifacts, reference, open);
    return {
      schemaVersion: '1.0',
      kind: work.kind,
      tool: options.tool,
      image: { reference: image.reference, repository: image.repository },
      by: signing.by,
      format: work.format,
      predicateType: predicate?.type ?? null,
      attached: attached.flatMap(({ subject, manifest, route }) =>
        image.subjects
          .filter(({ digest }) => digest === subject)
          .map((signed) => ({ subject: describeSubject(signed), manifest, route })),
      ),
    };
  });
}

/** A signed statement to hang on a manifest. Cosign's older form has a name for the image and no way to leave it out. */
export async function attestOne(
  subject: EvidenceSubject,
  { format, predicate, repository }: Stated,
  signing: Signing,
): Promise<Artifact> {
  return format === 'bundle'
    ? await attestBundle(subject, predicate, signing.key, { ...signing, name: repository })
    : await attestLegacy(subject, predicate, signing.key, { ...signing, repository: repository ?? '' });
}

export interface Stated {
  readonly format: 'bundle' | 'cosign-legacy';
  readonly predicate: PredicateText;
  /** `registry/path`; null for files of this machine. */
  readonly repository: string | null;
}

async function signOne(
  subject: EvidenceSubject,
  work: SigningWork,
  predicate: PredicateText | null,
  repository: string | null,
  signing: Signing,
): Promise<Artifact> {
  const { key } = signing;
  if (work.kind === 'attestation' && predicate !== null) {
    return await attestOne(subject, { format: work.format, predicate, repository }, signing);
  }
  if ('chain' in work) {
    const envelope = work.format === 'notation-jws' ? 'jws' : 'cose';
    const expiry = work.expiresAfter === null ? null : signing.now + work.expiresAfter;
    return await signNotation(subject, key, work.chain, { ...signing, envelope, expiry });
  }
  return work.format === 'bundle'
    ? await signBundle(subject, key, signing)
    : await signLegacy(subject, key, { ...signing, repository: repository ?? '' });
}

interface SignedImage {
  readonly reference: string;
  readonly repository: string | null;
  readonly subjects: readonly EvidenceSubject[];
}

async function subjectsOf(reference: string, open: OpenOptions, on: SignedPart): Promise<SignedImage> {
  const source = await openEvidence(reference, open);
  try {
    const { subjects, repository } = source;
    return { reference: source.reference, repository, subjects: partsOf(subjects, on) };
  } finally {
    await source.close();
  }
}

function partsOf(subjects: readonly EvidenceSubject[], on: SignedPart): readonly EvidenceSubject[] {
  const indexes = subjects.filter(({ kind }) => kind === 'index');
  if (on === 'both' || indexes.length === 0) {
    return subjects;
  }
  return on === 'index' ? indexes : subjects.filter(({ kind }) => kind === 'manifest');
}

/** How the image is opened: all of its platforms, every byte verified. */
export async function openOptions(
  options: Pick<SignImageOptions, 'home' | 'cacheBytes' | 'clock' | 'log' | 'signal' | 'host' | 'access'>,
): Promise<OpenOptions> {
  const { home, clock, log, signal, host, access } = options;
  return {
    platform: 'all',
    host,
    integrity: 'require',
    temporaryFolder: await folderForArchives(home, log),
    documents: openCache(join(home, 'cache'), { maxBytes: options.cacheBytes, clock }).documents,
    access,
    signal,
    log,
  };
}

export function describeSubject({ kind, digest, platform }: EvidenceSubject): EvidenceTarget {
  return { kind, digest, platform: platform === null ? null : formatPlatform(platform) };
}
