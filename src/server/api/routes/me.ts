import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { grant } from '../schemas.ts';

/** Who you are. */
export function meRoutes(): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/me',
      id: 'getMe',
      summary: 'Who you are and what you may do.',
      body: null,
      status: 200,
      answer: z.strictObject({ id: z.string(), environment: z.string().nullable(), grants: z.array(grant) }),
      handle: ({ subject: { id, environment, grants } }) =>
        Promise.resolve({ id, environment, grants: grants.map((one) => ({ ...one })) }),
    }),
  ];
}
