import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { may, nameOfOwner, namePrefixes } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import {
  ACQUISITION_STATES,
  type Acquisition,
  type AcquisitionRecords,
  FINAL_ACQUISITION_STATES,
} from '#model/platform/acquisition.ts';
import type { StreamedEvent } from '../../http/index.ts';
import { notFound } from '../error.ts';
import { assertMayRead } from '../permission.ts';
import { type ApiContext, EventSource, type Route, route, streamRoute } from '../route.ts';
import { page, paging, repositoryName, time, timeOf, timeOrNull } from '../schemas.ts';

const count = z.int();
const acquisition = z.strictObject({
  id: z.string(),
  repository: z.string(),
  source: z.string(),
  upstream: z.string(),
  reference: z.string(),
  digest: z.string().nullable(),
  state: z.enum(ACQUISITION_STATES),
  reason: z.string(),
  progress: z.strictObject({
    manifests: count,
    manifestsDone: count,
    blobs: count,
    blobsDone: count,
    bytes: count,
    bytesDone: count,
  }),
  requestedBy: z.string(),
  requestedAt: time,
  updatedAt: time,
  finishedAt: time.nullable(),
});
const identified = { id: z.string().regex(/^[0-9A-Za-z-]{1,64}$/, 'expected the id of an acquisition') };
const reference = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => !text.includes('\0'), 'expected no NUL')
  .meta({ description: 'The image as its registry names it: docker.io/library/alpine:3.20, or with a digest.' });

/** Images of others that are taken in. */
export function acquisitionRoutes(context: ApiContext): readonly Route[] {
  const { acquisitions } = context.store.records;
  return [
    route({
      method: 'POST',
      path: '/acquisitions',
      id: 'requestAcquisition',
      summary:
        'Takes an image from a source into quarantine, to be judged. One that is on its way already is joined. A source has to allow it.',
      body: {
        reference,
        force: z.boolean().default(false).meta({
          description: 'Takes a digest once more that was held or refused. Needs the role approver.',
        }),
      },
      status: 202,
      answer: acquisition,
      handle: async ({ subject, body }) => shown(await context.acquiring.request(subject, body)),
    }),
    route({
      method: 'GET',
      path: '/acquisitions',
      id: 'listAcquisitions',
      summary: 'Acquisitions into repositories that you may read about, newest first.',
      query: {
        ...paging,
        source: z.string().max(63).optional(),
        state: z.enum(ACQUISITION_STATES).optional(),
        repository: repositoryName.optional(),
      },
      body: null,
      status: 200,
      answer: page(acquisition),
      handle: async ({ subject, query: { after = null, limit, source = null, state = null, repository } }) => {
        if (repository !== undefined && !may(subject, 'read', repository)) {
          return { items: [], next: null };
        }
        const prefixes = repository === undefined ? namePrefixes(subject, 'read') : [repository];
        const found = await acquisitions.list({ after, limit, source, state, prefixes });
        return { items: found.map(shown), next: found.length < limit ? null : (found.at(-1)?.id ?? null) };
      },
    }),
    route({
      method: 'GET',
      path: '/acquisitions/{id}',
      id: 'getAcquisition',
      summary: 'One acquisition: how far it is, and what came of it.',
      params: identified,
      body: null,
      status: 200,
      answer: acquisition,
      handle: async ({ subject, params }) => shown(await read(acquisitions, subject, params.id)),
    }),
    streamRoute({
      path: '/acquisitions/{id}/events',
      id: 'watchAcquisition',
      summary: 'Every change of an acquisition from now on as server-sent events, `progress` and then `finished`.',
      params: identified,
      event: acquisition,
      open: async ({ subject, params, lastId }) => {
        const { version, state } = await read(acquisitions, subject, params.id);
        const seen = versionOf(lastId);
        return new EventSource((signal) => changes(acquisitions, params.id, seen, signal), {
          isOver: isFinal(state) && version <= seen,
        });
      },
    }),
  ];
}

/** Throws `API_NOT_FOUND`, the same for what is not there and what is not theirs. */
async function read(acquisitions: AcquisitionRecords, subject: Subject, id: string): Promise<Acquisition> {
  const found = await acquisitions.find(id);
  if (found === null) {
    throw notFound(id);
  }
  assertMayRead(subject, found.repository.name, id);
  return found;
}

/** Between two looks at a row. */
const LOOK_MS = 250;

/** What changed since a version, until it is over. */
async function* changes(
  acquisitions: AcquisitionRecords,
  id: string,
  since: number,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  let seen = since;
  for (;;) {
    const found = await acquisitions.find(id);
    if (found === null) {
      return;
    }
    const isOver = isFinal(found.state);
    if (found.version > seen) {
      seen = found.version;
      yield { id: String(seen), name: isOver ? 'finished' : 'progress', data: shown(found) };
    }
    if (isOver) {
      return;
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/** Of an id that we gave; -1 for anything else. */
function versionOf(lastId: string | null): number {
  return lastId !== null && /^[0-9]{1,15}$/.test(lastId) ? Number(lastId) : -1;
}

function isFinal(state: Acquisition['state']): boolean {
  return FINAL_ACQUISITION_STATES.some((final) => final === state);
}

function shown(found: Acquisition): z.input<typeof acquisition> {
  const { version: _, repository, requestedAt, updatedAt, finishedAt, progress, ...rest } = found;
  return {
    ...rest,
    repository: repository.name,
    requestedBy: nameOfOwner(rest.requestedBy),
    progress: { ...progress },
    requestedAt: timeOf(requestedAt),
    updatedAt: timeOf(updatedAt),
    finishedAt: timeOrNull(finishedAt),
  };
}
