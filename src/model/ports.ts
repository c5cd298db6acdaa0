import type { Digest } from '#base/digest.ts';
import type { Advisory, Affected } from './advisory.ts';
import type { LifecycleRelease } from './lifecycle.ts';
import type { Signal } from './signal.ts';

/** What identifies a stored fact: one analyser's result for one layer. */
export interface FactsKey {
  readonly diffId: Digest;
  readonly analyser: string;
  readonly version: number;
  /** What the analyser was set to, as canonical JSON; the same bytes may give another result with other settings. */
  readonly configuration: string;
}

/** Layer facts at rest. Written by many processes at once; a damaged or foreign entry reads as absent. */
export interface FactsStore {
  get(key: FactsKey): Promise<Uint8Array | null>;
  put(key: FactsKey, bytes: Uint8Array): Promise<void>;
}

/** Manifests, indexes and configs at rest, by digest; bytes that do not have their digest read as absent. */
export interface DocumentStore {
  get(digest: Digest): Promise<Uint8Array | null>;
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
}

/**
 * Judgements at rest, by what they depend on. Written by many processes at once; a damaged or foreign entry reads as
 * absent. Whoever may write here decides what is accepted.
 */
export interface VerificationStore {
  get(key: string): Promise<Uint8Array | null>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** What a shard says of itself. */
export interface ShardInfo {
  /** `Alpine`, `npm`; with its release where a provider publishes each by itself; `KEV`, `EPSS`, `NVD`, `Lifecycle` for what has no packages. */
  readonly ecosystem: string;
  /** The id of the provider that read the feed. */
  readonly provider: string;
  /** The folder or URL it was read from. */
  readonly source: string;
  /** The digest of the feed's archive; of what was applied to another revision, over that one and the changes. */
  readonly revision: Digest;
  /** Advisories held, withdrawn ones included; of other shards signals or releases. */
  readonly count: number;
  /** Records of the archive that could not be read, with up to ten named. */
  readonly rejected: number;
  readonly rejectedNames: readonly string[];
  /** `modified` of the newest advisory, milliseconds UTC; 0 for an empty shard. */
  readonly newest: number;
  /** When the archive was last fetched or a server last said that it is unchanged; for a folder, when it was read. Milliseconds UTC. */
  readonly checked: number;
}

/** Advisories of one ecosystem. Reads are synchronous: a shard is a local file. */
export interface ShardReader {
  readonly info: ShardInfo;
  /** How many (advisory, package) rows name exactly this ecosystem, suffix included: 0 means the shard knows nothing of it. */
  rows(ecosystem: string): number;
  /** Every ecosystem with rows, suffix included, sorted. */
  ecosystems(): readonly string[];
  /** What is known of a package, withdrawn advisories included; `name` in the ecosystem's normal form. */
  affected(ecosystem: string, name: string): readonly Affected[];
  /** By id, alias or upstream id. */
  find(id: string): readonly AdvisoryRecord[];
  close(): void;
}

/** What is known of vulnerabilities besides advisories, by CVE id. */
export interface SignalReader {
  readonly info: ShardInfo;
  signals(id: string): readonly Signal[];
}

/** Dates of support. */
export interface LifecycleReader {
  readonly info: ShardInfo;
  /** Every release of a product, in the order of the source. */
  releases(product: string): readonly LifecycleRelease[];
}

/** An advisory with all packages it names in this shard. */
export interface AdvisoryRecord {
  readonly advisory: Advisory;
  readonly affected: readonly Affected[];
}

/** What reading a feed gives, one by one; `rejected` has the name of what could not be read, and why. */
export type FeedEntry =
  | { readonly kind: 'record'; readonly record: AdvisoryRecord }
  | { readonly kind: 'signal'; readonly id: string; readonly signal: Signal }
  | { readonly kind: 'lifecycle'; readonly release: LifecycleRelease }
  | { readonly kind: 'rejected'; readonly name: string; readonly reason: string };
