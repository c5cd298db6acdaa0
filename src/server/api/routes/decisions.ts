import { z } from 'zod';
import type { Subject } from '#model/platform/access.ts';
import type { ImageState } from '#model/platform/state.ts';
import { changeState, deprecate, promote, revoke, type WithParts } from '#stages/catalog/index.ts';
import { approval, shownApproval } from '../image-report.ts';
import { assertMayRead } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { digest, parts, reason, repositoryName, shownState, state, time } from '../schemas.ts';

const image = { repository: repositoryName, digest };
const decidedState = state.extend({ parts });
const promoted = decidedState.extend({ approval: approval.nullable() });
const PATH = '/repositories/{repository}/manifests/{digest}';

/** What people decide about images. Who may not read about one is told as if it were not there. */
export function decisionRoutes(context: ApiContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: `${PATH}/promote`,
      id: 'promoteImage',
      summary:
        'Lets an image out of quarantine, and approves it for an environment if one is said; one that is served already is approved for the environment alone. Needs the role approver, and another person than who pushed it or had it taken; no robot.',
      params: image,
      body: {
        reason,
        environment: z.string().min(1).max(63).nullable().default(null),
        validUntil: time.nullable().default(null).meta({ description: 'When the approval for the environment ends.' }),
      },
      status: 200,
      answer: promoted,
      handle: async ({ subject, params, body: { validUntil, ...body } }) => {
        const until = validUntil === null ? null : Date.parse(validUntil);
        assertMayRead(subject, params.repository);
        const decision = { ...params, ...body, validUntil: until };
        const { state: found, approval: given, parts: went } = await promote(context, subject, decision);
        return { ...shownState(found), parts: [...went], approval: given === null ? null : shownApproval(given) };
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/revoke`,
      id: 'revokeImage',
      summary:
        'Ends at once that an image is served, with all that is in it, until a person decides otherwise. Needs the role approver.',
      params: image,
      body: { reason },
      status: 200,
      answer: decidedState,
      handle: async ({ subject, params, body }) =>
        await decided(subject, params.repository, () => revoke(context, subject, { ...params, ...body })),
    }),
    route({
      method: 'POST',
      path: `${PATH}/deprecate`,
      id: 'deprecateImage',
      summary: 'Goes on serving an image, with a warning, until an end if one is said. Needs the role approver.',
      params: image,
      body: { reason, endsAt: time.nullable().default(null) },
      status: 200,
      answer: decidedState,
      handle: async ({ subject, params, body }) => {
        const endsAt = body.endsAt === null ? null : Date.parse(body.endsAt);
        return await decided(subject, params.repository, () =>
          deprecate(context, subject, { ...params, reason: body.reason, endsAt }),
        );
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/retire`,
      id: 'retireImage',
      summary: 'Ends that an image is served, since its time is over. Needs the role approver.',
      params: image,
      body: { reason },
      status: 200,
      answer: decidedState,
      handle: async ({ subject, params, body }) =>
        await decided(subject, params.repository, () =>
          changeState(context, subject, { ...params, ...body, to: 'expired' }),
        ),
    }),
  ];
}

async function decided(
  subject: Subject,
  repository: string,
  decide: () => Promise<WithParts<ImageState>>,
): Promise<z.input<typeof decidedState>> {
  assertMayRead(subject, repository);
  const found = await decide();
  return { ...shownState(found), parts: [...found.parts] };
}
