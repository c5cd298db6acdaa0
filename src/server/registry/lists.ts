import type { Digest } from '#base/digest.ts';
import { isDigest } from '#base/digest.ts';
import type { StandingManifest } from '#model/platform/records.ts';
import { listReferrers, listRepositories, listTags } from '#stages/catalog/index.ts';
import { type AnswerHeaders, answerJson, nextLink } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { RequestError } from './request-error.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** end-8a, end-8b. */
export async function getTags(exchange: Exchange, { repository }: { readonly repository: string }): Promise<void> {
  const { registry, subject, response, query } = exchange;
  const { limit, after } = query.page();
  const { items, next } = await listTags(registry, subject, repository, { limit, after });
  const path = `/v2/${repository}/tags/list`;
  answerJson(response, { name: repository, tags: items }, linkTo(path, next, limit));
}

/** Docker's `_catalog`: what may be pulled from. */
export async function getCatalog({ registry, subject, response, query }: Exchange): Promise<void> {
  const { limit, after } = query.page();
  const { items, next } = await listRepositories(registry, subject, { limit, after });
  answerJson(response, { repositories: items }, linkTo('/v2/_catalog', next, limit));
}

/** end-12a, end-12b. */
export async function getReferrers(
  { registry, subject, response, query }: Exchange,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): Promise<void> {
  const artifactType = query.mediaType('artifactType');
  const { after } = query.page();
  if (after !== null && !isDigest(after)) {
    throw new RequestError(400, 'DIGEST_INVALID', 'parameter last is no digest');
  }
  const { items, next } = await listReferrers(registry, subject, { repository, digest, artifactType, after });
  const filter = artifactType === null ? {} : { artifactType };
  const index = { schemaVersion: 2, mediaType: INDEX, manifests: items.map(descriptorOf) };
  answerJson(response, index, {
    'content-type': INDEX,
    ...(artifactType === null ? {} : { 'oci-filters-applied': 'artifactType' }),
    ...(next === null ? {} : nextLink(`/v2/${repository}/referrers/${digest}`, { ...filter, last: next })),
  });
}

function linkTo(path: string, next: string | null, limit: number): AnswerHeaders {
  return next === null || limit === 0 ? {} : nextLink(path, { n: String(limit), last: next });
}

function descriptorOf({ mediaType, digest, size, artifactType, annotations }: StandingManifest): object {
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === null ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
