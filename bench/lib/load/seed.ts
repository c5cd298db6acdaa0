import { createHash, randomBytes } from 'node:crypto';
import { Connection, headerOf, type Target } from './connection.ts';

/** What a registry was given to serve. Paths are those of requests. */
export interface Seeded {
  readonly repository: string;
  readonly smallBlobs: readonly string[];
  readonly largeBlobs: readonly string[];
  readonly manifest: string;
  readonly accept: string;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const SMALL_BLOBS = 8;

/** Pushes an image whose layers are noise: some small ones, and two large ones. */
export async function seed(
  target: Target,
  repository: string,
  smallBytes: number,
  largeBytes: number,
): Promise<Seeded> {
  const connection = await Connection.open(target);
  try {
    const config = await pushBlob(connection, repository, Buffer.from('{"architecture":"amd64","os":"linux"}'), CONFIG);
    const small: Descriptor[] = [];
    for (let index = 0; index < SMALL_BLOBS; index += 1) {
      small.push(await pushBlob(connection, repository, randomBytes(smallBytes), LAYER));
    }
    const large: Descriptor[] = [];
    for (let index = 0; index < 2; index += 1) {
      large.push(await pushBlob(connection, repository, randomBytes(largeBytes), LAYER));
    }
    const layers = [...small, ...large];
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }));
    const manifest = `/v2/${repository}/manifests/seeded`;
    const { status, head } = await connection.ask('PUT', manifest, `Content-Type: ${MANIFEST}\r\n`, [bytes]);
    if (status !== 201) {
      throw new Error(`expected 201 for a manifest, got ${head}`);
    }
    const pathOf = ({ digest }: Descriptor): string => `/v2/${repository}/blobs/${digest}`;
    return {
      repository,
      smallBlobs: small.map(pathOf),
      largeBlobs: large.map(pathOf),
      manifest,
      accept: `Accept: ${MANIFEST}\r\n`,
    };
  } finally {
    connection.close();
  }
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

async function pushBlob(
  connection: Connection,
  repository: string,
  bytes: Buffer,
  mediaType: string,
): Promise<Descriptor> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const started = await connection.ask('POST', `/v2/${repository}/blobs/uploads/`);
  const { pathname, search } = new URL(headerOf(started.head, 'location') ?? '', 'http://registry.invalid');
  const path = `${pathname}${search === '' ? '?' : `${search}&`}digest=${digest}`;
  const { status, head } = await connection.ask('PUT', path, 'Content-Type: application/octet-stream\r\n', [bytes]);
  if (status !== 201) {
    throw new Error(`expected 201 for a blob, got ${head}`);
  }
  return { mediaType, digest, size: bytes.length };
}
