import { quote } from '#base/error.ts';
import { LIMITS, readBounded } from '#base/limits.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { OpenedArtifact } from '#lib/oci/index.ts';
import { type PolicyDocument, parseDocuments, policySet } from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';
import { type BundleManifest, type DescribedDocument, invalid } from './manifest.ts';

/** A registry is asked for so many at once; together they are small. */
const AT_ONCE = 8;

/**
 * Reads the documents that a manifest describes, and looks whether each is the one that it names and all together are its revision.
 * Throws what reading the layers and the documents throws, and `POLICY_BUNDLE_INVALID`.
 */
export async function unpackSet(
  { object, revision, documents }: BundleManifest,
  artifact: Pick<OpenedArtifact, 'read'>,
  signal: AbortSignal,
): Promise<PolicySet> {
  const read = await mapConcurrently(
    documents,
    AT_ONCE,
    async (described, _, either) => await unpack(described, artifact, object, either),
    signal,
  );
  const set = policySet(read);
  if (set.revision !== revision) {
    throw invalid(object, `documents of revision ${revision}`, set.revision);
  }
  return set;
}

async function unpack(
  { kind, name, layer }: DescribedDocument,
  artifact: Pick<OpenedArtifact, 'read'>,
  bundle: string,
  signal: AbortSignal,
): Promise<PolicyDocument> {
  const object = `${bundle}, layer ${layer.digest}`;
  const bytes = await readBounded(copied(artifact.read(layer, signal)), LIMITS.policyFileBytes, object);
  const [document, ...others] = parseDocuments(decoded(bytes, object), `${bundle} ${kind}/${name}`);
  if (document === undefined || others.length > 0) {
    throw invalid(object, 'one document', document === undefined ? 'none' : `${others.length + 1}`);
  }
  if (document.kind !== kind || document.name !== name) {
    throw invalid(object, quote(`${kind} ${name}`), quote(`${document.kind} ${document.name}`));
  }
  // Another layout of the same would have another digest in the registry than in a verdict.
  if (document.digest !== layer.digest) {
    throw invalid(object, 'a document in canonical JSON', `another form of ${document.digest}`);
  }
  return document;
}

/** A chunk is that chunk only until the next is asked for. */
async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield Buffer.from(chunk);
  }
}

function decoded(bytes: Uint8Array, object: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(object, 'UTF-8', 'other bytes');
  }
}
