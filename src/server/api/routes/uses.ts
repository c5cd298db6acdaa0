import { z } from 'zod';
import { LIMITS } from '#base/limits.ts';
import { setUses } from '#stages/catalog/index.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { digest, environmentName, repositoryName } from '../schemas.ts';

const MAX_USES = 20_000;

/** What runs, as those say who run it. */
export function useRoutes(context: ApiContext): readonly Route[] {
  return [
    route({
      method: 'PUT',
      path: '/uses/{place}',
      id: 'setUses',
      summary:
        'Says what runs at a place, a cluster or a node, in place of what you said of it before. Needs the role deployer for each repository.',
      bodyBytes: LIMITS.apiUsesBytes,
      params: { place: z.string().min(1).max(128) },
      body: {
        uses: z
          .array(
            z.strictObject({
              repository: repositoryName,
              digest,
              environment: environmentName.nullable().default(null),
            }),
          )
          .max(MAX_USES),
      },
      status: 200,
      answer: z.strictObject({ known: z.int(), unknown: z.int() }),
      handle: async ({ subject, params, body }) => ({ ...(await setUses(context, subject, params.place, body.uses)) }),
    }),
  ];
}
