import type { Target } from './connection.ts';
import { load } from './index.ts';
import type { LoadResult } from './job.ts';
import type { Seeded } from './seed.ts';

/** A registry to load, with what was pushed to it. */
export interface Loaded {
  readonly name: string;
  /** Good for as long as one case takes. */
  readonly target: () => Promise<Target>;
  readonly seeded: Seeded;
}

/** One thing to measure. */
export interface LoadCase {
  readonly name: string;
  /** Of one request. */
  readonly bytes: number;
  readonly run: (registry: Loaded) => Promise<LoadResult>;
}

export interface LoadSizes {
  readonly smallBytes: number;
  readonly largeBytes: number;
  /** How many requests of small blobs and of large ones. */
  readonly pulls: readonly [number, number];
  readonly pushes: readonly [number, number];
}

const SMALL_CONNECTIONS = 8;
const LARGE_CONNECTIONS = 2;

/** Pulls and pushes of small and of large blobs. */
export function loadCases({ smallBytes, largeBytes, pulls, pushes }: LoadSizes): readonly LoadCase[] {
  const megabytes = (bytes: number): string => `${bytes / 1e6} MB`;
  const pull = (bytes: number, requests: number, connections: number): LoadCase => ({
    name: `pull ${megabytes(bytes)}`,
    bytes,
    run: async ({ target, seeded }) => {
      const paths = bytes === smallBytes ? seeded.smallBlobs : seeded.largeBlobs;
      return await load({ kind: 'pull', target: await target(), paths, connections, requests });
    },
  });
  const push = (bytes: number, requests: number, connections: number): LoadCase => ({
    name: `push ${megabytes(bytes)}`,
    bytes,
    run: async ({ target, seeded: { repository } }) =>
      await load({ kind: 'push', target: await target(), repository, bytes, connections, requests }),
  });
  return [
    pull(smallBytes, pulls[0], SMALL_CONNECTIONS),
    pull(largeBytes, pulls[1], LARGE_CONNECTIONS),
    push(smallBytes, pushes[0], SMALL_CONNECTIONS),
    push(largeBytes, pushes[1], LARGE_CONNECTIONS),
  ];
}
