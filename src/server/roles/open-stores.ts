import { randomBytes } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { type AwsKeys } from '#base/cloud/sigv4.ts';
import type { Log } from '#base/log.ts';
import { newId } from '#base/uuid.ts';
import type { BlobStore } from '#model/platform/blob-store.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import {
  type BlobsConfig,
  readSecret,
  type ServerConfig,
  ServerConfigError,
  secretEnvironment,
} from '../config/index.ts';

export interface Stores {
  readonly store: MetadataStore;
  readonly blobs: BlobStore;
}

export interface StoreMeans {
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens what the configuration names. Drivers are loaded here, and only those that are used. */
export async function openStores(config: ServerConfig, means: StoreMeans): Promise<Stores> {
  const [store, blobs] = await Promise.allSettled([openMetadata(config, means), openBlobStore(config, means)]);
  if (store.status === 'fulfilled' && blobs.status === 'fulfilled') {
    return { store: store.value, blobs: blobs.value };
  }
  if (store.status === 'fulfilled') {
    await store.value.close();
  }
  throw store.status === 'rejected' ? store.reason : (blobs as PromiseRejectedResult).reason;
}

/** Records alone. */
export async function openMetadata({ metadata }: ServerConfig, { clock, log }: StoreMeans): Promise<MetadataStore> {
  const drivers = await import('#store/metadata/index.ts');
  const settings = { clock, log, random: (length: number): Uint8Array => randomBytes(length) };
  if (metadata.kind === 'sqlite') {
    return await drivers.openSqliteStore({ path: metadata.path, ...settings });
  }
  const url = await readSecret(metadata.url, secretEnvironment());
  return await drivers.openPostgresStore({ url, maxConnections: metadata.pool, ...settings });
}

/** Bytes alone. */
export async function openBlobStore({ blobs }: ServerConfig, { clock }: StoreMeans): Promise<BlobStore> {
  const drivers = await import('#store/blobs/index.ts');
  const unique = (): string => newId(clock.now(), randomBytes).replaceAll('-', '');
  if (blobs.kind === 'fs') {
    return await drivers.openBlobs({ driver: 'fs', root: blobs.path }, { clock, unique });
  }
  const { endpoint, region, bucket, pathStyle, prefix } = blobs;
  const credentials = async (): Promise<AwsKeys> => await s3Keys(blobs.credentials);
  // Said at the start, and not at the first push.
  await credentials();
  const settings = { driver: 's3', endpoint, region, bucket, pathStyle, prefix, credentials } as const;
  return await drivers.openBlobs(settings, { clock, unique });
}

/** Read whenever they are needed, so that a file that is replaced counts. */
async function s3Keys(credentials: Extract<BlobsConfig, { kind: 's3' }>['credentials']): Promise<AwsKeys> {
  const environment = secretEnvironment();
  if (credentials !== null) {
    const [accessKeyId, secretAccessKey] = await Promise.all([
      readSecret(credentials.accessKeyId, environment),
      readSecret(credentials.secretAccessKey, environment),
    ]);
    return { accessKeyId, secretAccessKey, sessionToken: null };
  }
  const { awsKeysOf, readAwsProfile } = await import('#base/cloud/aws.ts');
  const keys = awsKeysOf(environment) ?? (await readAwsProfile(environment));
  if (keys === null) {
    throw new ServerConfigError('SERVER_SECRET_MISSING', 'there are no keys for the bucket', {
      object: 'blobs > s3',
      expected: 'credentials in plimsoll.yaml, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of AWS',
      found: 'none of them',
    });
  }
  return keys;
}
