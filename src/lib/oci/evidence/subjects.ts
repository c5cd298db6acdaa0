import type { Digest } from '#base/digest.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { missingBlob } from '../images/blobs.ts';
import type { ContentSource } from '../images/content-source.ts';
import { Integrity } from '../images/integrity.ts';
import type { OpenOptions } from '../images/options.ts';
import { chooseImages } from '../images/roots.ts';
import { PARALLEL } from './attachments.ts';
import { readVerified, type VerifiedDocument } from './documents.ts';
import type { Found } from './found.ts';

/** The manifests that a reference names, and what their indexes list as hanging on them. */
export interface Subjects {
  readonly subjects: readonly EvidenceSubject[];
  /** By the manifest's digest: entries of the index that are attestations of it. */
  readonly entries: ReadonlyMap<Digest, readonly Found[]>;
}

/** From an index of the source down to a manifest. */
type Chain = readonly VerifiedDocument[];

/**
 * Reads and verifies the index that a reference names and the manifests of the platforms asked for, chosen as
 * `openImages` chooses them. A single manifest need not be one of an image: any artifact can be signed.
 */
export async function readSubjects(
  source: ContentSource,
  roots: readonly Descriptor[],
  digest: Digest | null,
  options: OpenOptions,
): Promise<Subjects> {
  const chains =
    (await loneManifest(source, roots, digest, options)) ?? (await chosenChains(source, roots, digest, options));
  const subjects = new Map<Digest, EvidenceSubject>();
  for (const chain of chains) {
    const [outermost, ...below] = narrowed(chain, digest);
    if (outermost !== undefined && below.length > 0) {
      const before = subjects.get(outermost.descriptor.digest)?.children ?? [];
      const children = new Set([...before, ...childrenOf(outermost), ...below.map((each) => each.descriptor.digest)]);
      subjects.set(outermost.descriptor.digest, subjectOf(outermost, [...children]));
    }
  }
  for (const manifest of chains.map((chain) => chain.at(-1))) {
    if (manifest !== undefined) {
      subjects.set(manifest.descriptor.digest, subjectOf(manifest, []));
    }
  }
  return { subjects: [...subjects.values()], entries: attestationEntries(chains.flat()) };
}

/** The usual case of a tag with one platform is one document, and no question of platforms. */
async function loneManifest(
  source: ContentSource,
  roots: readonly Descriptor[],
  digest: Digest | null,
  { platform = 'all', signal }: OpenOptions,
): Promise<readonly Chain[] | null> {
  const [only] = roots;
  const wanted = digest ?? only?.digest;
  if (only === undefined || platform !== 'all' || roots.some((root) => root.digest !== wanted)) {
    return null;
  }
  const root = await readVerified(source, only, signal);
  return root.document.content.kind === 'manifest' ? [[root]] : null;
}

async function chosenChains(
  source: ContentSource,
  roots: readonly Descriptor[],
  digest: Digest | null,
  options: OpenOptions,
): Promise<readonly Chain[]> {
  const integrity = new Integrity('require');
  const { chosen } = await chooseImages(source, roots, digest, { ...options, integrity: 'require' }, integrity);
  return await mapConcurrently(
    chosen,
    PARALLEL,
    async ({ root, chain }, _, signal) => await readChain(source, root, chain, signal),
    options.signal,
  );
}

/** Every document between an entry of the source and a manifest that it leads to. Each is at hand or on disk already, but for the last. */
async function readChain(
  source: ContentSource,
  root: Descriptor,
  digests: readonly Digest[],
  signal: AbortSignal,
): Promise<Chain> {
  const chain: VerifiedDocument[] = [];
  let next: Descriptor | undefined = root;
  for (const digest of digests.slice(1)) {
    const parent: VerifiedDocument = await readVerified(source, next, signal);
    chain.push(parent);
    next = entriesOf(parent).find((entry) => entry.digest === digest);
    if (next === undefined) {
      throw missingBlob(`manifest ${digest}`, source);
    }
  }
  return [...chain, await readVerified(source, next, signal)];
}

/** What lies above the digest that the user named is not what the user named. */
function narrowed(chain: Chain, digest: Digest | null): Chain {
  const start = chain.findIndex(({ descriptor }) => descriptor.digest === digest);
  return chain.slice(Math.max(0, start));
}

function subjectOf({ descriptor, document }: VerifiedDocument, children: readonly Digest[]): EvidenceSubject {
  const { kind } = document.content;
  const { digest, size, platform } = descriptor;
  return { kind, digest, size, mediaType: document.mediaType, platform: kind === 'index' ? null : platform, children };
}

function entriesOf({ document }: VerifiedDocument): readonly Descriptor[] {
  return document.content.kind === 'index' ? document.content.manifests : [];
}

function childrenOf(index: VerifiedDocument): readonly Digest[] {
  return entriesOf(index).map(({ digest }) => digest);
}

/** BuildKit lists a manifest's attestations beside it (docs/attestations/attestation-storage.md). */
function attestationEntries(documents: Chain): ReadonlyMap<Digest, readonly Found[]> {
  const entries = new Map<Digest, Map<Digest, Found>>();
  for (const { digest, size, annotations } of documents.flatMap(entriesOf)) {
    const about = annotations.get('vnd.docker.reference.digest') as Digest | undefined;
    if (about !== undefined && annotations.get('vnd.docker.reference.type') === 'attestation-manifest') {
      const found: Found = { route: 'index-entry', digest, size, bytes: null };
      entries.set(about, (entries.get(about) ?? new Map<Digest, Found>()).set(digest, found));
    }
  }
  return new Map([...entries].map(([about, found]) => [about, [...found.values()]]));
}
