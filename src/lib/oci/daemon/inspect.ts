import { type Digest, isDigest } from '#base/digest.ts';
import { isAppError, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { Shape } from '../documents/shape.ts';
import { OciError } from '../error.ts';
import { DaemonError } from './error.ts';
import { type DaemonApi, getDocument, refused, saidBy } from './http.ts';

/** What a daemon says of an image. Nothing of it is verified. */
export interface DaemonImage {
  /** The image id: the digest of the config, or with Docker's containerd store that of the manifest or index. */
  readonly id: Digest;
  /** The manifests that the daemon holds with all their blobs; null where its API does not say (Docker before 28, podman). */
  readonly available: ReadonlySet<Digest> | null;
}

/** The image that the daemon has under the first of the names that it knows. Throws `IMAGE_NOT_FOUND` with its own words. */
export async function inspectImage(
  api: DaemonApi,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<DaemonImage> {
  let said = 'nothing';
  for (const name of names) {
    const answer = await getDocument(api, `/images/${encodeURIComponent(name)}/json?manifests=1`, signal);
    if (answer.status === 200) {
      return parseInspection(answer.bytes, `image ${quote(name)} of ${api.object}`);
    }
    if (answer.status !== 404) {
      throw refused(api, answer);
    }
    said = saidBy(answer);
  }
  const asked = names.map((name) => quote(name)).join(' or ');
  throw new OciError('IMAGE_NOT_FOUND', 'no such image', {
    object: api.object,
    expected: asked,
    found: said,
    hint: `Fetch it with \`${api.kind.pull}\`, or leave the scheme away to read it from its registry.`,
  });
}

/** The answer of `GET /images/{name}/json` (Docker Engine API, ImageInspect). Throws `DAEMON_ANSWER_INVALID`. */
export function parseInspection(bytes: Uint8Array, object: string): DaemonImage {
  try {
    const shape = new Shape(parseStrictJson(bytes, object), object);
    return { id: shape.digest('Id'), available: shape.has('Manifests') ? availableOf(shape) : null };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    throw new DaemonError('DAEMON_ANSWER_INVALID', 'not the description of an image', {
      object,
      expected: 'what the API of Docker says',
      found: error.message,
      cause: error,
    });
  }
}

function availableOf(shape: Shape): ReadonlySet<Digest> {
  const available = new Set<Digest>();
  for (const manifest of shape.shapes('Manifests')) {
    const id = manifest.string('ID');
    if (manifest.flag('Available') && isDigest(id)) {
      available.add(id);
    }
  }
  return available;
}
