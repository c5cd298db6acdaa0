import { algorithmOf, type Digest, hexOf } from '#base/digest.ts';
import { nameOfOwner } from '#lib/access/index.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';

/** Documented in `docs/guides/acquisition.md`. What is in it is never given another meaning: what changes gets the next version. */
export const ACQUISITION_TYPE = 'https://plimsoll.dev/attestation/acquisition/v1';

/** An in-toto statement (v1) of how an image came to be here. */
export interface AcquisitionStatement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  /** The manifest or index that was asked for, under the name of our repository. */
  readonly subject: readonly [{ readonly name: string; readonly digest: Readonly<Record<string, string>> }];
  readonly predicateType: typeof ACQUISITION_TYPE;
  readonly predicate: AcquisitionPredicate;
}

export interface AcquisitionPredicate {
  readonly acquisition: string;
  readonly source: {
    /** The document of kind Source that allowed it. */
    readonly name: string;
    /** `docker.io/library/alpine`. */
    readonly repository: string;
    /** As it was asked for: a tag or a digest. */
    readonly reference: string;
    readonly digest: Digest;
  };
  readonly requestedBy: string;
  /** ISO 8601 UTC, of the request and of when all of it was here. */
  readonly requestedAt: string;
  readonly acquiredAt: string;
  /** Every manifest and index that was copied, the subject among them, sorted. */
  readonly manifests: readonly Digest[];
  /** Those of them that hang on another, sorted by digest. */
  readonly referrers: readonly CopiedReferrer[];
  /** What was listed upstream as hanging on one of them, and was not there any more, sorted by digest. */
  readonly gone: readonly Pick<CopiedReferrer, 'digest' | 'subject'>[];
  readonly program: { readonly name: 'plimsoll'; readonly version: string };
}

export interface CopiedReferrer {
  readonly digest: Digest;
  /** Null for what has none: cosign's tags, lists of referrers. */
  readonly artifactType: string | null;
  /** What it hangs on. */
  readonly subject: Digest | null;
}

export interface AcquiredImage {
  readonly acquisition: Acquisition;
  readonly digest: Digest;
  /** When all of it was here, milliseconds UTC. */
  readonly acquiredAt: number;
  readonly manifests: readonly Digest[];
  readonly referrers: readonly CopiedReferrer[];
  readonly gone: AcquisitionPredicate['gone'];
  readonly version: string;
}

/** The same bytes for the same acquisition: whoever goes on with it states the same again. */
export function statementOf(image: AcquiredImage): AcquisitionStatement {
  const { acquisition, digest } = image;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: acquisition.repository.name, digest: { [algorithmOf(digest)]: hexOf(digest) } }],
    predicateType: ACQUISITION_TYPE,
    predicate: {
      acquisition: acquisition.id,
      source: {
        name: acquisition.source,
        repository: acquisition.upstream,
        reference: acquisition.reference,
        digest,
      },
      requestedBy: nameOfOwner(acquisition.requestedBy),
      requestedAt: new Date(acquisition.requestedAt).toISOString(),
      acquiredAt: new Date(image.acquiredAt).toISOString(),
      manifests: [...new Set(image.manifests)].toSorted(),
      referrers: image.referrers.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
      gone: image.gone.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
      program: { name: 'plimsoll', version: image.version },
    },
  };
}
