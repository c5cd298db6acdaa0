import type { Digest } from '#base/digest.ts';
import type { Severity } from '../advisory.ts';
import type { Page, Repository } from './repository.ts';
import type { Lifecycle } from './state.ts';

/** What policy says of a platform's image in one environment, as it was last asked. */
export interface Judgement {
  readonly repositoryId: string;
  readonly digest: Digest;
  readonly environment: string;
  readonly outcome: 'admitted' | 'warned' | 'refused' | 'unknown';
  /** A sentence part with the first reasons; empty for what is admitted. */
  readonly reason: string;
  /** Of the verdict's record. */
  readonly verdict: Digest;
  /** When it is asked again: the first instant at which time alone could change it, or ends its approval; of what is not known some time later. Null for never. */
  readonly validUntil: number | null;
  readonly judgedAt: number;
}

/** Which images are judged again first. */
export const JUDGEMENT_PRIORITIES = ['running', 'promoted', 'rest'] as const;
export type JudgementPriority = (typeof JUDGEMENT_PRIORITIES)[number];

/** Whom a change is about. */
export type Affected =
  /** Images that hold one of these package versions, by postings. */
  | { readonly kind: 'packages'; readonly purls: readonly string[] }
  /** All images of repositories of these names, and below those that end with a slash; of all of them for null. */
  | { readonly kind: 'repositories'; readonly prefixes: readonly string[] | null }
  /** Images that were judged as `unknown` in some environment. */
  | { readonly kind: 'unknown' }
  /** An image; of an index those of its platforms that the repository has. */
  | { readonly kind: 'image'; readonly repositoryId: string; readonly digest: Digest };

/** An image that is to be judged again. */
export interface DueImage {
  readonly repository: Repository;
  readonly digest: Digest;
  /** Why: `advisories`, `policy`, `exception`, `trust`, `time`, `new`. */
  readonly cause: string;
  readonly since: number;
  readonly priority: JudgementPriority;
  /** Of whoever took it, and of no other time that it is taken: lost when it is marked again. */
  readonly lease: string;
}

export interface DueCounts {
  readonly running: number;
  readonly promoted: number;
  readonly rest: number;
}

export interface JudgementRecords {
  /** Replaces what was known for that environment, and what of its findings is searched by. */
  set(repository: Repository, judgement: Judgement): Promise<void>;
  /** Forgets environments that are no more. */
  keepOnly(environments: readonly string[]): Promise<number>;
  ofImage(repositoryId: string, digest: Digest): Promise<readonly Judgement[]>;
  /** The instant of the newest mark of an image that is to be judged again; null for one that is not. */
  dueSince(repositoryId: string, digest: Digest): Promise<number | null>;
  /** Marks images to be judged again, in statements over sets. How many. One that is marked already gets the later instant, is nobody's any more, and keeps its first cause unless more follows from the later one (`new`, then `advisories` and `evidence`). */
  mark(affected: Affected, cause: string, now: number): Promise<number>;
  /** Marks those whose judgement time alone may have changed since. How many. */
  markExpired(now: number): Promise<number>;
  /** Images in the order of their priority, leased to the caller until then: nobody else gets them meanwhile. */
  take(limit: number, now: number, leasedUntil: number): Promise<readonly DueImage[]>;
  /** Whether it was neither marked again nor taken by somebody else since. In a transaction it stays so until that ends. */
  holds(repositoryId: string, digest: Digest, lease: string): Promise<boolean>;
  /** What was taken with this lease, and is not done, may be taken by others at once. */
  giveBack(lease: string): Promise<void>;
  /** Judged, unless it was marked again, or taken by somebody else, since. */
  done(images: readonly { readonly repositoryId: string; readonly digest: Digest }[], lease: string): Promise<void>;
  due(): Promise<DueCounts>;
}

/** What advisories say of a package version, as it is searched by and shown; verdicts are made of more. */
export interface PackageFinding {
  readonly purl: string;
  /** The id of the group of advisories, and its aliases. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly fixedIn: string | null;
}

export interface FindingRecords {
  /** Replaces all findings of these package versions: those that are not in the list have none. */
  replace(purls: readonly string[], findings: readonly PackageFinding[], now: number): Promise<void>;
  ofPackages(purls: readonly string[]): Promise<readonly PackageFinding[]>;
  /** By an id or an alias, sorted by package version and id; `after` is `purl id`. */
  withId(id: string, page: Page): Promise<readonly PackageFinding[]>;
  /** Package versions of the dictionary with these names: `pkg:deb/debian/openssl`, without version and qualifiers. */
  versionsOf(names: readonly string[], page: Page): Promise<readonly string[]>;
}

/** Where something runs, or did until lately, as those say who run it. */
export interface ImageUse {
  /** The name of a cluster or a node. */
  readonly place: string;
  readonly environment: string | null;
  readonly seenAt: number;
}

/** What people say of a repository, and the rules for what is in it. */
export interface RepositoryDetails {
  readonly owner: string | null;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** RE2 patterns of tags that are never moved or deleted. */
  readonly immutableTags: readonly string[];
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** What is to be said of a repository; what is left out stays. */
export type DetailsChange = Partial<Pick<RepositoryDetails, 'owner' | 'description' | 'labels' | 'immutableTags'>>;

/** What is asked for; what is null is not. */
export interface CatalogQuery extends Page {
  /** Names of repositories, or what is below one of these: `team/app`, `team/`. */
  readonly prefixes: readonly string[] | null;
  /** A part of the name. */
  readonly text: string | null;
  readonly state: Lifecycle | null;
  readonly environment: string | null;
  readonly outcome: Judgement['outcome'] | null;
  /** A package URL, with a version or without. */
  readonly package: string | null;
  /** An id or alias. */
  readonly finding: string | null;
  /** At least one finding of exactly this one. */
  readonly severity: Severity | null;
  /** At least, and at most; those without a score are not found then. */
  readonly minScore: number | null;
  readonly maxScore: number | null;
  /** A digest of the base image's top layer, or its name. */
  readonly base: string | null;
  readonly owner: string | null;
  /** Built before or after then. */
  readonly createdBefore: number | null;
  readonly createdAfter: number | null;
  /** In use somewhere, or nowhere. */
  readonly inUse: boolean | null;
  /** By repository; by when it was built, the latest first; by how many findings are critical, then high, medium and low, most first. What is not known comes last. */
  readonly order: 'name' | 'newest' | 'worst';
}

/** One image of one platform, as the catalogue lists it. */
export interface CatalogEntry {
  /** For `after` of the page that follows. */
  readonly cursor: string;
  readonly repository: Repository;
  readonly digest: Digest;
  /** Of the index that it is in; null where there is none. */
  readonly index: Digest | null;
  /** Its own and those of indexes that it is in; the first hundred. */
  readonly tags: readonly string[];
  readonly platform: string | null;
  readonly state: Lifecycle;
  readonly reason: string;
  readonly since: number;
  readonly createdAt: number | null;
  readonly base: string | null;
  readonly owner: string | null;
  readonly packages: number | null;
  readonly unknowns: number;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly score: number | null;
  readonly inUse: boolean;
  readonly judgements: readonly Pick<Judgement, 'environment' | 'outcome' | 'reason' | 'validUntil'>[];
  /** Waits to be judged again. */
  readonly isDue: boolean;
}

/** What of an image is searched and sorted by. */
export interface ImageSummary {
  readonly platform: string | null;
  readonly createdAt: number | null;
  readonly base: string | null;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly score: number | null;
}

export interface CatalogRecords {
  search(query: CatalogQuery): Promise<readonly CatalogEntry[]>;
  summarise(repository: Repository, digest: Digest, summary: ImageSummary): Promise<void>;
  details(repositoryId: string): Promise<RepositoryDetails | null>;
  /** Says what is to be said from now on, and leaves the rest as it is, also what others say at this moment. All that is said then. */
  setDetails(repository: Repository, change: DetailsChange, by: string, now: number): Promise<RepositoryDetails>;
  /** Replaces all that a place says. */
  setUses(
    place: string,
    uses: readonly { readonly repositoryId: string; readonly digest: Digest; readonly environment: string | null }[],
    now: number,
  ): Promise<void>;
  uses(repositoryId: string, digest: Digest): Promise<readonly ImageUse[]>;
}
