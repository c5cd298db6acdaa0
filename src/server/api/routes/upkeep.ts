import { z } from 'zod';
import { newId } from '#base/uuid.ts';
import { administers, may } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { JobKind } from '#model/platform/job.ts';
import { COLLECT_DEFAULTS, collectGarbage, restoreImage } from '#stages/catalog/index.ts';
import { ApiError } from '../error.ts';
import { assertMay } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { digest, page, paging, repositoryName, time, timeOf, timeOrNull } from '../schemas.ts';

const count = z.int();
const requested = z.strictObject({ job: z.string() });
const collection = z.strictObject({
  dryRun: z.boolean(),
  untagged: count,
  manifests: count,
  manifestBytes: count,
  orphans: count,
  links: count,
  blobs: count,
  blobBytes: count,
  uploads: count,
  uploadBytes: count,
  unknown: count,
  unknownBytes: count,
});

/** Garbage, what was deleted, and whether the bytes are still what they were. */
export function upkeepRoutes(context: ApiContext): readonly Route[] {
  const { store, clock } = context;
  return [
    route({
      method: 'POST',
      path: '/upkeep/collection/preview',
      id: 'previewCollection',
      summary: 'What collecting garbage would remove now. Changes nothing.',
      body: {},
      status: 200,
      answer: collection,
      handle: async ({ subject, request: { signal } }) => {
        assertMay(subject, 'administer');
        const options = { ...COLLECT_DEFAULTS, ...context.collection, dryRun: true, signal };
        return await collectGarbage(context, options);
      },
    }),
    route({
      method: 'POST',
      path: '/upkeep/collection',
      id: 'startCollection',
      summary: 'Collects garbage soon, in the background.',
      body: {},
      status: 202,
      answer: requested,
      handle: async ({ subject }) => await enqueue(context, subject, 'collect-garbage'),
    }),
    route({
      method: 'GET',
      path: '/upkeep/trash',
      id: 'listTrash',
      summary:
        'What was deleted and can be restored, of repositories that you may delete from. A page may be shorter than its limit.',
      query: paging,
      body: null,
      status: 200,
      answer: page(
        z.strictObject({
          repository: z.string(),
          digest: z.string(),
          size: count,
          deletedAt: time,
          deletedBy: z.string(),
          tags: z.array(z.string()),
        }),
      ),
      handle: async ({ subject, query: { after = null, limit } }) => {
        assertDeletesSomewhere(subject);
        const found = await store.records.trash.list({ after, limit, deletedBefore: clock.now() + 1 });
        const items = found
          .filter(({ repository }) => may(subject, 'delete', repository.name))
          .map(({ repository, deletedAt, tags, cursor: _, ...rest }) => ({
            ...rest,
            repository: repository.name,
            deletedAt: timeOf(deletedAt),
            tags: [...tags],
          }));
        return { items, next: found.length < limit ? null : (found.at(-1)?.cursor ?? null) };
      },
    }),
    route({
      method: 'POST',
      path: '/upkeep/trash/restore',
      id: 'restoreImage',
      summary: 'Brings a deleted manifest back, with its tags. Needs the right to delete it.',
      body: { repository: repositoryName, digest },
      status: 204,
      answer: null,
      handle: async ({ subject, body }) => await restoreImage(context, subject, body),
    }),
    route({
      method: 'GET',
      path: '/upkeep/scrub',
      id: 'getScrub',
      summary: 'How much is stored, and since when the blob was not read again that waits longest for it.',
      body: null,
      status: 200,
      answer: z.strictObject({ blobs: count, bytes: count, leastVerifiedAt: time.nullable() }),
      handle: async ({ subject }) => {
        assertMay(subject, 'administer');
        const [totals, [oldest]] = await Promise.all([
          store.records.upkeep.totals(),
          store.records.upkeep.leastVerified(clock.now() + 1, 1),
        ]);
        return { ...totals, leastVerifiedAt: timeOrNull(oldest?.verifiedAt ?? null) };
      },
    }),
    route({
      method: 'POST',
      path: '/upkeep/scrub',
      id: 'startScrub',
      summary: 'Reads blobs again soon, in the background, those first that wait longest.',
      body: {},
      status: 202,
      answer: requested,
      handle: async ({ subject }) => await enqueue(context, subject, 'scrub-blobs'),
    }),
    route({
      method: 'GET',
      path: '/upkeep/jobs',
      id: 'countJobs',
      summary: 'Jobs that wait, run, and failed for good.',
      body: null,
      status: 200,
      answer: z.strictObject({ waiting: count, running: count, failed: count }),
      handle: async ({ subject }) => {
        assertMay(subject, 'administer');
        return await store.jobs.counts();
      },
    }),
  ];
}

/** Asks for a job out of its turn. */
export async function enqueue(
  { store, clock, random }: ApiContext,
  subject: Subject,
  kind: JobKind,
): Promise<{ job: string }> {
  assertMay(subject, 'administer');
  await store.transaction(async (records) => {
    const now = clock.now();
    await records.jobs.enqueue({ kind, payload: {}, key: kind }, now);
    await records.events.append({
      id: newId(now, random),
      type: 'upkeep.requested.v1',
      subject: kind,
      actor: subject.id,
      time: now,
      projectId: null,
      data: { kind },
    });
  });
  return { job: kind };
}

/** An empty list would look as if nothing had been deleted. */
function assertDeletesSomewhere(subject: Subject): void {
  const roles = ['admin', 'publisher'];
  if (!administers(subject, '*') && !subject.grants.some(({ role }) => roles.includes(role))) {
    throw new ApiError('API_DENIED', 'not allowed', { object: subject.id, expected: 'a role that may delete' });
  }
}
