import { z } from 'zod';
import type { Subject } from '#model/platform/access.ts';
import type { ImageState } from '#model/platform/state.ts';
import { changeState, deprecate, promote, revoke } from '#stages/catalog/index.ts';
import { assertMayRead } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { digest, reason, repositoryName, shownState, state, time } from '../schemas.ts';

const image = { repository: repositoryName, digest };
const PATH = '/repositories/{repository}/manifests/{digest}';

/** What people decide about images. Who may not read about one is told as if it were not there. */
export function decisionRoutes(context: ApiContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: `${PATH}/promote`,
      id: 'promoteImage',
      summary:
        'Lets an image out of quarantine, and approves it for an environment if one is said. Needs the role approver, and another person than who pushed it or had it taken.',
      params: image,
      body: {
        reason,
        environment: z.string().min(1).max(63).nullable().default(null),
        validUntil: time.nullable().default(null).meta({ description: 'When the approval for the environment ends.' }),
      },
      status: 200,
      answer: state,
      handle: async ({ subject, params, body: { validUntil, ...body } }) => {
        const until = validUntil === null ? null : Date.parse(validUntil);
        return await decided(subject, params.repository, () =>
          promote(context, subject, { ...params, ...body, validUntil: until }),
        );
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/revoke`,
      id: 'revokeImage',
      summary: 'Ends at once that an image is served, until a person decides otherwise. Needs the role approver.',
      params: image,
      body: { reason },
      status: 200,
      answer: state,
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
      answer: state,
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
      answer: state,
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
  decide: () => Promise<ImageState>,
): Promise<z.input<typeof state>> {
  assertMayRead(subject, repository);
  return shownState(await decide());
}
