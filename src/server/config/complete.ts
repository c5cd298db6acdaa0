import { resolve } from 'node:path';
import { parseAddress } from './address.ts';
import { type BlobsConfig, type ListenerConfig, type MetadataConfig, SERVICES, type ServerConfig } from './model.ts';
import type { ServerDocument } from './schema.ts';

/** Where a document is from, and what the environment says beside it. */
export interface Surroundings {
  /** What relative paths are below: the folder of the file. */
  readonly folder: string;
  /** For a document that does not say. */
  readonly home: string;
  readonly cacheBytes: number;
  /** Instead of what the document says; null where the environment is silent. */
  readonly listen: string | null;
  readonly logLevel: ServerConfig['log']['level'] | null;
  /** `PLIMSOLL_ADVISORIES`, absolute. */
  readonly advisories: string | null;
}

const DEFAULT_ADDRESS = '127.0.0.1:7400';
const GiB = 1024 ** 3;

/** The document with every option that it leaves out. No zod is needed for a server without a file. */
export function completeConfig(document: ServerDocument, surroundings: Surroundings): ServerConfig {
  const home = document.home === undefined ? surroundings.home : resolve(surroundings.folder, document.home);
  const { limits, collection } = document;
  return {
    home,
    publicUrl: document.publicUrl?.replace(/\/+$/, '') ?? null,
    listeners: listenersOf(document, surroundings),
    trustedProxies: document.trustedProxies ?? [],
    metadata: metadataOf(document, surroundings.folder, home),
    blobs: blobsOf(document, surroundings.folder, home),
    limits: {
      blobBytes: limits?.blob === undefined ? 64 * GiB : toBytes(limits.blob),
      connections: limits?.connections ?? 4096,
      requestsPerSecond: limits?.requestsPerSecond ?? null,
    },
    collection: {
      graceMs: toMilliseconds(collection?.grace ?? '24h'),
      everyMs: toMilliseconds(collection?.every ?? '6h'),
      untaggedMs: collection?.untagged === undefined ? null : toMilliseconds(collection.untagged),
    },
    scrub: { everyMs: toMilliseconds(document.scrub?.every ?? '7d') },
    retention: retentionOf(document),
    worker: {
      concurrency: document.worker?.concurrency ?? 2,
      cacheBytes: document.worker?.cache === undefined ? surroundings.cacheBytes : toBytes(document.worker.cache),
    },
    access: { anonymousPull: document.access?.anonymousPull ?? [] },
    advisories: advisoriesOf(document, surroundings),
    signing: signingOf(document, surroundings.folder),
    sources: sourcesOf(document, surroundings.folder, home),
    log: { level: surroundings.logLevel ?? document.log?.level ?? 'info' },
    shutdownGraceMs: toMilliseconds(document.shutdown?.grace ?? '20s'),
  };
}

function listenersOf({ listeners }: ServerDocument, { folder, listen }: Surroundings): readonly ListenerConfig[] {
  const said = listen === null ? (listeners ?? [{ address: DEFAULT_ADDRESS }]) : [{ address: listen }];
  return said.map(({ address, serves, tls }) => ({
    ...(parseAddress(address) ?? { host: '127.0.0.1', port: 0 }),
    serves: serves ?? SERVICES,
    tls:
      tls === undefined
        ? null
        : {
            certificate: resolve(folder, tls.certificate),
            key: resolve(folder, tls.key),
            clientCa: tls.clientCa === undefined ? null : resolve(folder, tls.clientCa),
          },
  }));
}

function metadataOf({ metadata }: ServerDocument, folder: string, home: string): MetadataConfig {
  if (metadata?.postgres !== undefined) {
    return { kind: 'postgres', url: metadata.postgres.url, pool: metadata.postgres.pool ?? 10 };
  }
  const path = metadata?.sqlite?.path;
  return { kind: 'sqlite', path: path === undefined ? resolve(home, 'plimsoll.db') : resolve(folder, path) };
}

function blobsOf({ blobs }: ServerDocument, folder: string, home: string): BlobsConfig {
  if (blobs?.s3 === undefined) {
    const path = blobs?.files?.path;
    return { kind: 'fs', path: path === undefined ? resolve(home, 'blobs') : resolve(folder, path) };
  }
  const { endpoint, bucket, region, prefix, pathStyle, credentials, redirect } = blobs.s3;
  return {
    kind: 's3',
    endpoint: endpoint ?? null,
    bucket,
    region: region ?? 'us-east-1',
    prefix: prefix ?? '',
    pathStyle: pathStyle ?? endpoint !== undefined,
    credentials: credentials ?? null,
    redirect: redirect ?? false,
  };
}

function retentionOf({ retention }: ServerDocument): ServerConfig['retention'] {
  if (retention === undefined) {
    return null;
  }
  return {
    everyMs: toMilliseconds(retention.every ?? '24h'),
    rules: retention.rules.map(({ name, repositories, labels, tags, untagged, annotations, keepLast, olderThan }) => ({
      name,
      repositories,
      labels: labels ?? {},
      tags: tags ?? [],
      untagged: untagged ?? false,
      annotations: annotations ?? {},
      keepLast: keepLast ?? 0,
      olderThanMs: olderThan === undefined ? null : toMilliseconds(olderThan),
    })),
  };
}

/** What the environment says counts: the same variable names the same place for the command line. */
function advisoriesOf({ advisories }: ServerDocument, surroundings: Surroundings): ServerConfig['advisories'] {
  const said = advisories?.source;
  if (surroundings.advisories === null && said === undefined) {
    return null;
  }
  const source = surroundings.advisories ?? (said === 'public' ? null : placeOf(said ?? '', surroundings.folder));
  return { source, everyMs: toMilliseconds(advisories?.every ?? '1h') };
}

function signingOf({ signing }: ServerDocument, folder: string): ServerConfig['signing'] {
  const { key, passphrase = null } = signing ?? {};
  return { key: key === undefined ? null : placeOf(key, folder), passphrase };
}

function sourcesOf({ sources }: ServerDocument, folder: string, home: string): ServerConfig['sources'] {
  const { secrets, variables = 'PLIMSOLL_SECRET_', registries, proxies = false } = sources ?? {};
  return {
    secrets: secrets === undefined ? resolve(home, 'secrets') : resolve(folder, secrets),
    variables,
    registries: registries === undefined ? null : resolve(folder, registries),
    proxies,
  };
}

/** A URI as it is, a path below the folder. */
function placeOf(text: string, folder: string): string {
  return /^[a-z][a-z0-9+.-]+:/.test(text) ? text : resolve(folder, text);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function toMilliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (SECONDS[duration.slice(-1)] ?? 0) * 1000;
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB,
  TiB: 1024 ** 4,
};

function toBytes(size: string): number {
  const digits = Number.parseInt(size, 10);
  return digits * (UNITS[size.slice(String(digits).length)] ?? 0);
}
