import type { ActivePolicies, StoredAssessor, StoredOrigin, StoredTrust } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import type { Repository } from '#model/platform/records.ts';
import type { SigningKey } from '#model/signing.ts';
import type { CatalogContext } from '../context.ts';
import type { AttestedImage } from './ask-for-attestation.ts';

/** The documents that decide. */
export interface DecidingPolicies extends Pick<ActivePolicies, 'set' | 'compiled'> {
  /** Trust configurations by the names of their documents. */
  readonly trust: ReadonlyMap<string, StoredTrust>;
}

/** What judging works with. */
export interface JudgeContext extends CatalogContext {
  readonly log: Log;
  readonly assessor: StoredAssessor;
  /** Those of now. */
  readonly policies: () => Promise<DecidingPolicies>;
  /** Host, and port if it has one, by which policies and trust configurations name our own repositories. */
  readonly host: string;
  /** By which what we know of images is signed; null, or nothing, where nothing is. */
  readonly key?: SigningKey | null;
  /** Has an image attested, in the transaction at hand; left out, each is asked for by itself. */
  readonly askToAttest?: (repository: Repository, image: AttestedImage) => void;
}

export interface ImageToJudge {
  /** Its name. */
  readonly repository: string;
  readonly digest: Digest;
  /** Why, see `DueImage`. */
  readonly cause: string;
  /** See `DueImage`: nothing is written when it is lost. Null, or nothing, where nobody else can be at it. */
  readonly lease?: string | null;
}

/**
 * What became of it: `gone` when it was deleted meanwhile, `waiting` until it is analysed, `artifact` for what cannot be run and follows what it
 * belongs to, `overtaken` when it was marked again or taken by somebody else meanwhile: what they know counts. `hanging` for what is judged with another
 * manifest, which is due now.
 */
export type JudgedImage = 'judged' | 'gone' | 'waiting' | 'artifact' | 'overtaken' | 'hanging';

/** An image or index that was judged, or is to be derived anew. */
export interface Derived {
  readonly repository: Repository;
  readonly digest: Digest;
  readonly origin: StoredOrigin;
  readonly policies: DecidingPolicies;
}
