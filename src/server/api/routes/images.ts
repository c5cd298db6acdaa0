import { z } from 'zod';
import { isDigest } from '#base/digest.ts';
import { may, nameOfOwner, namePrefixes } from '#lib/access/index.ts';
import type { Approval, ImageState } from '#model/platform/state.ts';
import { LIFECYCLES } from '#model/platform/state.ts';
import { changeState, setApproval } from '#stages/catalog/index.ts';
import { notFound } from '../error.ts';
import { assertMayRead } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { digest, page, paging, reason, repositoryName, time, timeOf, timeOrNull } from '../schemas.ts';

const MAX_UNKNOWNS = 1000;

const state = z.strictObject({ state: z.enum(LIFECYCLES), reason: z.string(), since: time, by: z.string() });
const approval = z.strictObject({
  environment: z.string(),
  decision: z.enum(['approved', 'refused']),
  reason: z.string(),
  verdict: z.string().nullable(),
  validUntil: time.nullable(),
  decidedAt: time,
  decidedBy: z.string(),
});
const unknown = z.strictObject({
  kind: z.string(),
  path: z.string().nullable(),
  layer: z.string().nullable(),
  analyser: z.string(),
  reason: z.string(),
});
const report = z.strictObject({
  repository: z.string(),
  digest: z.string(),
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  size: z.int(),
  pushedBy: z.string(),
  pushedAt: time,
  /** The manifest whose state counts for this one. */
  governor: z.string(),
  /** Null when what it hangs on was never pushed: then it is in quarantine. */
  state: state.nullable(),
  approvals: z.array(approval),
  /** Null until it was analysed. */
  inventory: z
    .strictObject({
      analysedAt: time,
      /** Null when it could not be analysed. */
      packages: z.int().nullable(),
      unknownCount: z.int(),
      /** The first 1000. */
      unknowns: z.array(unknown),
    })
    .nullable(),
});
const image = { repository: repositoryName, digest };

/** Images: what is known of them, and what is decided. */
export function imageRoutes(context: ApiContext): readonly Route[] {
  const { records } = context.store;
  return [
    route({
      method: 'GET',
      path: '/repositories',
      id: 'listRepositories',
      summary: 'Repositories that you may read about, by name. A page may be shorter than its limit and not the last.',
      query: paging,
      body: null,
      status: 200,
      answer: page(z.strictObject({ name: z.string() })),
      handle: async ({ subject, query: { after = null, limit } }) => {
        const found = await records.repositories.list(namePrefixes(subject, 'read'), { after, limit });
        const items = found.filter(({ name }) => may(subject, 'read', name)).map(({ name }) => ({ name }));
        return { items, next: found.length < limit ? null : (found.at(-1)?.name ?? null) };
      },
    }),
    route({
      method: 'GET',
      path: '/repositories/{repository}/manifests/{digest}',
      id: 'getReport',
      summary: 'The report of an image: its state, what was decided, what is in it and what is not known.',
      params: image,
      body: null,
      status: 200,
      answer: report,
      handle: async ({ subject, params }) => {
        assertMayRead(subject, params.repository);
        return await reportOf(context, params.repository, params.digest);
      },
    }),
    route({
      method: 'POST',
      path: '/repositories/{repository}/manifests/{digest}/state',
      id: 'changeState',
      summary: 'Moves an image to another state. Needs the role approver, for every environment.',
      params: image,
      body: { state: z.enum(LIFECYCLES), reason },
      status: 200,
      answer: state,
      handle: async ({ subject, params, body }) =>
        shownState(await changeState(context, subject, { ...params, to: body.state, reason: body.reason })),
    }),
    route({
      method: 'POST',
      path: '/repositories/{repository}/manifests/{digest}/approvals',
      id: 'setApproval',
      summary: 'Decides about an image for one environment. Needs the role approver for that.',
      params: image,
      body: {
        environment: z.string().min(1).max(63),
        decision: z.enum(['approved', 'refused']),
        reason,
        verdict: digest.nullable().default(null),
        validUntil: time.nullable().default(null),
      },
      status: 200,
      answer: approval,
      handle: async ({ subject, params, body }) => {
        const validUntil = body.validUntil === null ? null : Date.parse(body.validUntil);
        return shownApproval(await setApproval(context, subject, { ...params, ...body, validUntil }));
      },
    }),
  ];
}

async function reportOf(
  { store: { records } }: ApiContext,
  name: string,
  text: string,
): Promise<z.input<typeof report>> {
  const repository = await records.repositories.find(name);
  const manifest =
    repository === null || !isDigest(text) ? null : await records.manifests.find(repository.id, text, null);
  if (repository === null || manifest === null) {
    throw notFound(name);
  }
  const [approvals, inventory] = await Promise.all([
    records.manifests.approvals(repository.id, manifest.governor),
    records.inventories.ofImage(repository.id, manifest.digest),
  ]);
  const { digest: found, mediaType, artifactType, size, pushedBy, pushedAt, governor, standing } = manifest;
  const unknowns = [...(inventory?.unknowns ?? []), ...(inventory?.inventory?.unknowns ?? [])];
  return {
    repository: name,
    digest: found,
    mediaType,
    artifactType,
    size,
    pushedBy: nameOfOwner(pushedBy),
    governor,
    pushedAt: timeOf(pushedAt),
    state: standing.state === null ? null : shownState(standing.state),
    approvals: approvals.map(shownApproval),
    inventory:
      inventory === null
        ? null
        : {
            analysedAt: timeOf(inventory.analysedAt),
            packages: inventory.inventory?.packages.length ?? null,
            unknownCount: unknowns.length,
            unknowns: unknowns
              .slice(0, MAX_UNKNOWNS)
              .map(({ kind, path, layer, analyser, reason: why }) => ({ kind, path, layer, analyser, reason: why })),
          },
  };
}

function shownState({ lifecycle, reason: why, since, by }: ImageState): z.input<typeof state> {
  return { state: lifecycle, reason: why, since: timeOf(since), by };
}

function shownApproval({ environment, decision, reason: why, verdict, ...rest }: Approval): z.input<typeof approval> {
  const { validUntil, decidedAt, decidedBy } = rest;
  return {
    environment,
    decision,
    reason: why,
    verdict,
    decidedBy,
    validUntil: timeOrNull(validUntil),
    decidedAt: timeOf(decidedAt),
  };
}
