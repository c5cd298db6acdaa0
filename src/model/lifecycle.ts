/** How long one release of a distribution, runtime or program is supported, as a source of such dates says. */
export interface LifecycleRelease {
  /** The name by which the source goes, lower case: `debian`, `nodejs`. */
  readonly product: string;
  /** As the product's versions begin: `12`, `3.9`, `20`. */
  readonly release: string;
  /** `bookworm`; null when it has none. */
  readonly codename: string | null;
  /** Days, `YYYY-MM-DD`; null when the source does not say. */
  readonly released: string | null;
  /** The last day of support by who makes it; null: none is set. */
  readonly endOfLife: string | null;
  /** The last day of support that is bought or given by others; null: there is none, or it is not said. */
  readonly extendedUntil: string | null;
  /** The source says that support has ended and not when. */
  readonly ended: boolean;
  /** The newest version of this release; null when the source does not say. */
  readonly latest: string | null;
}

/** What the distribution of an image, or a runtime in it, has left. */
export interface LifecycleEntry extends LifecycleRelease {
  /** The purl of the runtime's package; null for the distribution. */
  readonly package: string | null;
  /** At the time of the scan: `ending` within 90 days. */
  readonly status: (typeof LIFECYCLE_STATUSES)[number];
}

export const LIFECYCLE_STATUSES = ['supported', 'ending', 'extended', 'ended'] as const;
