import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { OpenedArtifact } from '#lib/oci/index.ts';
import type { PolicyDocument } from '#lib/policy/index.ts';
import { Annotations } from '../signed-artifact/annotations.ts';
import { PolicyArtifactError } from './error.ts';

/** Of the manifest, and of its layers: a document each, in canonical JSON, so that the digest of the layer is the document's own. */
export const BUNDLE_TYPE = 'application/vnd.plimsoll.policies.v1+json';
export const DOCUMENT_TYPE = 'application/vnd.plimsoll.policies.document.v1+json';

/** What precedes the names of all annotations. */
const PREFIX = 'dev.plimsoll.policies.';

export type Layer = OpenedArtifact['layers'][number];

/** Kinds that decide together. Whom to trust is not said by what has to be trusted first. */
const KINDS: readonly string[] = ['Policy', 'Environment', 'Exception', 'Source'] satisfies PolicyDocument['kind'][];

/** A bundle, as its manifest describes it. */
export interface BundleManifest {
  readonly object: string;
  readonly revision: Digest;
  /** When it was packed, milliseconds UTC. */
  readonly packed: number;
  readonly documents: readonly DescribedDocument[];
}

export interface DescribedDocument {
  readonly kind: string;
  readonly name: string;
  readonly layer: Layer;
}

export function annotationsOfBundle(revision: Digest, packed: number): ReadonlyMap<string, string> {
  return named({ revision, packed });
}

export function annotationsOfDocument({
  kind,
  name,
}: Pick<PolicyDocument, 'kind' | 'name'>): ReadonlyMap<string, string> {
  return named({ kind, name });
}

function named(values: Readonly<Record<string, string | number>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(values).map(([name, value]) => [`${PREFIX}${name}`, String(value)]));
}

const DAY_MS = 86_400_000;

/**
 * What an artifact says to hold. `now` in milliseconds UTC. Throws `POLICY_BUNDLE_INVALID` and `LIMIT_EXCEEDED`; that the documents
 * are those is seen when they are read.
 */
export function readManifest(
  artifact: Pick<OpenedArtifact, 'artifactType' | 'annotations' | 'layers' | 'reference'>,
  now: number,
): BundleManifest {
  const { artifactType, layers, reference } = artifact;
  if (artifactType !== BUNDLE_TYPE) {
    const found = artifactType === null ? 'none' : quote(artifactType);
    throw invalid(reference, `the artifact type ${BUNDLE_TYPE}`, found);
  }
  if (layers.length === 0) {
    throw invalid(reference, 'a layer for each document', 'none');
  }
  assertBounded(layers, reference);
  const read = new Annotations(artifact.annotations, PREFIX, reference, invalid);
  const packed = read.count('packed');
  // Nothing that comes later would ever be newer.
  if (packed > now + DAY_MS) {
    throw invalid(reference, 'a time that is not ahead of the clock of this machine', new Date(packed).toISOString());
  }
  return { object: reference, revision: read.digest('revision'), packed, documents: layers.map(describer(reference)) };
}

/** Throws `LIMIT_EXCEEDED` for more than one bundle may hold. */
export function assertBounded(documents: readonly { readonly size: number }[], object: string): void {
  if (documents.length > LIMITS.policyBundleDocuments) {
    throw limitExceeded(object, LIMITS.policyBundleDocuments, 'documents', documents.length);
  }
  const largest = Math.max(...documents.map(({ size }) => size));
  if (largest > LIMITS.policyFileBytes) {
    throw limitExceeded(object, LIMITS.policyFileBytes, 'bytes of a document', largest);
  }
  const bytes = documents.reduce((sum, { size }) => sum + size, 0);
  if (bytes > LIMITS.policyBundleBytes) {
    throw limitExceeded(object, LIMITS.policyBundleBytes, 'bytes of documents', bytes);
  }
}

function describer(reference: string): (layer: Layer) => DescribedDocument {
  const seen = new Set<string>();
  return (layer) => {
    const object = `${reference}, layer ${layer.digest}`;
    if (layer.mediaType !== DOCUMENT_TYPE) {
      const found = layer.mediaType === null ? 'none' : quote(layer.mediaType);
      throw invalid(object, `the media type ${DOCUMENT_TYPE}`, found);
    }
    const read = new Annotations(layer.annotations, PREFIX, object, invalid);
    const kind = read.text('kind', (text) => KINDS.includes(text), `one of ${KINDS.join(', ')}`);
    const name = read.text('name', (text) => text !== '' && text.length <= MAX_NAME_CHARS, 'the name of a document');
    const key = `${kind} ${name}`;
    if (seen.has(key)) {
      throw invalid(object, 'every document once', `${quote(key)} again`);
    }
    seen.add(key);
    return { kind, name, layer };
  };
}

const MAX_NAME_CHARS = 256;

export function invalid(object: string, expected: string, found: string): PolicyArtifactError {
  return new PolicyArtifactError('POLICY_BUNDLE_INVALID', 'not a bundle of policies', { object, expected, found });
}
