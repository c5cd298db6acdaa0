import type { LogLevel } from '#base/log.ts';
import type { RetentionRule } from '#stages/catalog/index.ts';
import type { SecretReference } from './secrets.ts';

/** What a listener answers for. `/healthz` and `/readyz` are answered on each. */
export const SERVICES = ['registry', 'api', 'admission', 'metrics'] as const;
export type Service = (typeof SERVICES)[number];

/** What a process can be started for; `all` is every one of them. */
export const ROLES = ['registry', 'api', 'admission', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** What the server works by: every option has its value. Plain data, so that it can be sent to another process. */
export interface ServerConfig {
  /** Absolute, as all paths. */
  readonly home: string;
  /** Null for the address of the first listener that serves the registry, or the API. */
  readonly publicUrl: string | null;
  readonly listeners: readonly ListenerConfig[];
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly metadata: MetadataConfig;
  readonly blobs: BlobsConfig;
  readonly limits: LimitsConfig;
  readonly collection: CollectionConfig;
  readonly scrub: ScrubConfig;
  /** Null for a server that deletes nothing by itself. */
  readonly retention: RetentionConfig | null;
  readonly worker: WorkerConfig;
  readonly access: AccessConfig;
  /** Null for a server that gets none by itself. */
  readonly advisories: AdvisoriesConfig | null;
  readonly signing: SigningConfig;
  readonly sources: SourcesConfig;
  readonly log: { readonly level: LogLevel };
  /** Milliseconds that requests and jobs at hand get to finish when the server stops. */
  readonly shutdownGraceMs: number;
}

export interface ListenerConfig {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly serves: readonly Service[];
  readonly tls: TlsConfig | null;
}

export interface TlsConfig {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
  /** Who signs the certificates that clients must show; null when they need none. */
  readonly clientCa: string | null;
}

export type MetadataConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: SecretReference; readonly pool: number };

export type BlobsConfig = { readonly kind: 'fs'; readonly path: string } | S3Config;

export interface S3Config {
  readonly kind: 's3';
  /** Null for that of AWS. */
  readonly endpoint: string | null;
  readonly bucket: string;
  readonly region: string;
  /** In front of every key: empty, or ending in `/`. */
  readonly prefix: string;
  readonly pathStyle: boolean;
  /** Null for what the SDK finds: instance roles, web identity. */
  readonly credentials: { readonly accessKeyId: SecretReference; readonly secretAccessKey: SecretReference } | null;
  /** Whether clients are sent to the bucket for the bytes of blobs. */
  readonly redirect: boolean;
}

export interface LimitsConfig {
  /** Bytes of one blob. */
  readonly blobBytes: number;
  /** Connections to one listener. */
  readonly connections: number;
  /** Requests of one client per second, on average; null for no limit. */
  readonly requestsPerSecond: number | null;
}

export interface CollectionConfig {
  /** Milliseconds that what is deleted or unneeded is kept. */
  readonly graceMs: number;
  readonly everyMs: number;
  /** Milliseconds that a manifest is kept that nothing refers to; null for ever. */
  readonly untaggedMs: number | null;
}

export interface ScrubConfig {
  /** Milliseconds in which every blob is read once. */
  readonly everyMs: number;
}

export interface RetentionConfig {
  readonly everyMs: number;
  readonly rules: readonly RetentionRule[];
}

export interface WorkerConfig {
  /** Jobs at once. */
  readonly concurrency: number;
  /** Of what is kept of layers that were read. */
  readonly cacheBytes: number;
}

export interface AccessConfig {
  /** Scopes of what anybody may pull. */
  readonly anonymousPull: readonly string[];
}

export interface AdvisoriesConfig {
  /** A URL, a folder, or a file of `kind: Advisories`, as `PLIMSOLL_ADVISORIES` of the command line; null for the public feeds. */
  readonly source: string | null;
  readonly everyMs: number;
}

export interface SigningConfig {
  /** A reference as `--key` of `sign` takes it; null for a key that is made in the data folder. */
  readonly key: string | null;
  /** Opens a file that is encrypted. */
  readonly passphrase: SecretReference | null;
}

/** What documents of kind Source are used with. */
export interface SourcesConfig {
  /** The folder of the files that their credentials may name. */
  readonly secrets: string;
  /** How variables begin that their credentials may name. */
  readonly variables: string;
  /** A registries file, for certificates and token services; null for none. */
  readonly registries: string | null;
  /** Whether the proxies of the environment are asked. */
  readonly proxies: boolean;
}
