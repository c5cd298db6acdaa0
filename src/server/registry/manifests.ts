import { LIMITS, readBounded } from '#base/limits.ts';
import type { ManifestPointer } from '#model/platform/records.ts';
import { assertMay, deleteManifest, deleteTag, pushManifest } from '#stages/catalog/index.ts';
import { answerBytes, answerEmpty, contentHeaders, isKnown } from './answer.ts';
import { bodyOf, lengthOf } from './body.ts';
import type { Exchange } from './exchange.ts';
import { pullThroughGate, warningOf } from './gate.ts';
import { RequestError } from './request-error.ts';

/** A manifest of a repository. */
export interface ManifestRoute {
  readonly repository: string;
  readonly pointer: ManifestPointer;
}

/** end-3. What the client says that it accepts does not count: there is one form of each manifest, and its digest is of that. */
export async function getManifest(exchange: Exchange, { repository, pointer }: ManifestRoute): Promise<void> {
  const { request, response } = exchange;
  const { manifest, warnings } = await pullThroughGate(exchange, repository, pointer);
  const headers = {
    ...contentHeaders(manifest.digest),
    ...(warnings.length === 0 ? {} : { warning: warnings.map(warningOf) }),
  };
  if (isKnown(request.headers['if-none-match'], manifest.digest)) {
    answerEmpty(response, 304, headers);
    return;
  }
  answerBytes(response, manifest.content, { ...headers, 'content-type': manifest.mediaType });
}

/** end-7. By digest, `?tag=` may be given several times. */
export async function putManifest(exchange: Exchange, { repository, pointer }: ManifestRoute): Promise<void> {
  const { registry, subject, request, response, query } = exchange;
  assertMay(subject, 'push', repository);
  const isTag = 'tag' in pointer;
  const tags = isTag ? [pointer.tag] : query.tags('tag');
  if (isTag && query.has('tag')) {
    throw new RequestError(400, 'UNSUPPORTED', 'parameter tag goes with a digest');
  }
  if ((lengthOf(request) ?? 0) > LIMITS.manifestBytes) {
    throw new RequestError(413, 'SIZE_INVALID', `a manifest of more than ${LIMITS.manifestBytes} bytes`);
  }
  const stored = await pushManifest(registry, subject, {
    repository,
    content: await readBounded(bodyOf(request), LIMITS.manifestBytes, 'manifest'),
    contentType: request.headers['content-type'] ?? null,
    digest: isTag ? null : pointer.digest,
    tags,
  });
  answerEmpty(response, 201, {
    location: `/v2/${repository}/manifests/${stored.digest}`,
    'docker-content-digest': stored.digest,
    ...(stored.subject === null ? {} : { 'oci-subject': stored.subject }),
    ...(tags.length === 0 ? {} : { 'oci-tag': [...tags] }),
  });
}

/** end-9. By tag only the tag goes. */
export async function removeManifest(exchange: Exchange, { repository, pointer }: ManifestRoute): Promise<void> {
  const { registry, subject, response } = exchange;
  if ('tag' in pointer) {
    await deleteTag(registry, subject, repository, pointer.tag);
  } else {
    await deleteManifest(registry, subject, repository, pointer.digest);
  }
  answerEmpty(response, 202, {});
}
