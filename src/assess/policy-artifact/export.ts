import type { Digest } from '#base/digest.ts';
import type { ArtifactFile } from '#lib/oci/index.ts';
import type { PolicyDocument } from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';
import type { ArtifactContext } from '../signed-artifact/context.ts';
import { type PushedArtifact, pushSigned } from '../signed-artifact/push.ts';
import type { SigningOptions } from '../signing.ts';
import { PolicyArtifactError } from './error.ts';
import { annotationsOfBundle, annotationsOfDocument, assertBounded, BUNDLE_TYPE, DOCUMENT_TYPE } from './manifest.ts';

export interface ExportBundleOptions extends ArtifactContext {
  /** Null leaves the bundle unsigned: nobody takes it before somebody has signed it. */
  readonly signing: SigningOptions | null;
}

export interface ExportedBundle extends PushedArtifact {
  readonly revision: Digest;
  readonly documents: number;
}

/**
 * Packs the documents of a set, each as a layer of its own, puts them where the reference says and signs them there before they have
 * their name. Throws `POLICY_BUNDLE_EMPTY`, `LIMIT_EXCEEDED` for what nobody would read, and what putting them there and signing throw.
 */
export async function exportBundle(
  set: PolicySet,
  reference: string,
  options: ExportBundleOptions,
): Promise<ExportedBundle> {
  const documents = sorted([...set.policies, ...set.environments, ...set.exceptions, ...set.sources]);
  if (documents.length === 0) {
    throw new PolicyArtifactError('POLICY_BUNDLE_EMPTY', 'no policies to pack', {
      expected: 'a folder with documents of kind Policy, Environment, Exception or Source',
      found: 'none',
    });
  }
  const artifact = {
    artifactType: BUNDLE_TYPE,
    annotations: annotationsOfBundle(set.revision, options.clock.now()),
    layers: documents.map(layerOf),
  };
  assertBounded(artifact.layers, reference);
  const pushed = await pushSigned(artifact, reference, options);
  return { ...pushed, revision: set.revision, documents: documents.length };
}

function layerOf(document: PolicyDocument): ArtifactFile {
  const bytes = Buffer.from(document.canonical);
  return {
    mediaType: DOCUMENT_TYPE,
    digest: document.digest,
    size: bytes.length,
    annotations: annotationsOfDocument(document),
    read: () => Promise.resolve(bytes),
  };
}

function sorted(documents: readonly PolicyDocument[]): readonly PolicyDocument[] {
  const key = ({ kind, name }: PolicyDocument): string => `${kind} ${name}`;
  return documents.toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
}
