import type * as Sdk from '@aws-sdk/client-s3';
import type { AwsKeys } from '#base/cloud/sigv4.ts';
import { BlobError } from '../error.ts';
import { isMissing, s3Error, statusOf } from './failure.ts';

export interface S3Settings {
  /** `https://s3.example.org`; null for Amazon's own of the region. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  /** The bucket in the path, and not in the host's name, as most servers that are not Amazon's want it. */
  readonly pathStyle: boolean;
  /** Asked whenever keys are needed, so that those that expire can be replaced. */
  readonly credentials: () => Promise<AwsKeys>;
  /** What is left out is bounded by defaults. */
  readonly timeouts?: Partial<S3Timeouts>;
}

export interface S3Timeouts {
  readonly connectMs: number;
  /** For an answer to begin, and for the next bytes of one. */
  readonly idleMs: number;
}

const TIMEOUTS: S3Timeouts = { connectMs: 5_000, idleMs: 60_000 };
/** Attempts at one request. Those that reach nobody are given up within a second or two. */
const ATTEMPTS = 4;
/** Pulls and pushes at once; more wait. */
const CONNECTIONS = 256;

/** The SDK, loaded when it is first needed: it takes a quarter of a second and 40 MB. Every error that leaves it is one of ours. */
export class S3 {
  readonly sdk: typeof Sdk;
  readonly bucket: string;
  readonly endpoint: string;
  readonly idleMs: number;
  readonly #client: Sdk.S3Client;

  private constructor(sdk: typeof Sdk, settings: S3Settings, endpoint: string) {
    const { connectMs, idleMs } = { ...TIMEOUTS, ...settings.timeouts };
    this.sdk = sdk;
    this.bucket = settings.bucket;
    this.endpoint = endpoint;
    this.idleMs = idleMs;
    this.#client = new sdk.S3Client({
      region: settings.region,
      endpoint,
      forcePathStyle: settings.pathStyle,
      credentials: async () => {
        const { accessKeyId, secretAccessKey, sessionToken } = await settings.credentials();
        return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
      },
      // Servers that are not Amazon's refuse checksums of newer kinds. What we send is signed with its SHA-256, which all of them check.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      expectContinueHeader: false,
      maxAttempts: ATTEMPTS,
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: connectMs,
        // Bodies have a timer of our own: to this one a slow client looks like a silent server.
        socketTimeout: 0,
        requestTimeout: idleMs,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets: CONNECTIONS },
        httpsAgent: { keepAlive: true, maxSockets: CONNECTIONS },
      },
    });
  }

  static async open(settings: S3Settings): Promise<S3> {
    const endpoint = parseEndpoint(settings.endpoint ?? `https://s3.${settings.region}.amazonaws.com`);
    return new S3(await import('@aws-sdk/client-s3'), settings, endpoint);
  }

  /** One request, with its retries. */
  async send<Result>(request: (client: Sdk.S3Client) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    try {
      return await request(this.#client);
    } catch (error) {
      signal?.throwIfAborted();
      throw s3Error(this, error);
    }
  }

  /** As `send`; null when there is no such object. */
  async ifThere<Result>(
    request: (client: Sdk.S3Client) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result | null> {
    try {
      return await request(this.#client);
    } catch (error) {
      signal?.throwIfAborted();
      if (isMissing(error)) {
        return null;
      }
      throw s3Error(this, error);
    }
  }

  /** As `ifThere`; `RANGE` when the object ends before the range begins. */
  async ifInRange<Result>(
    request: (client: Sdk.S3Client) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result | 'RANGE' | null> {
    return await this.ifThere(async (client) => {
      try {
        return await request(client);
      } catch (error) {
        if (statusOf(error) === 416) {
          return 'RANGE';
        }
        throw error;
      }
    }, signal);
  }
}

function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '') {
    throw new BlobError('BLOB_STORE_SETTINGS', 'not the address of an S3 server', {
      expected: 'http(s)://HOST[:PORT], without user name and query',
      // Not the text itself: it may hold a password.
      found: url === null ? 'no URL' : `one of ${url.protocol}//${url.host}`,
    });
  }
  return url.href.replace(/\/+$/, '');
}
