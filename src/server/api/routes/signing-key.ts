import { z } from 'zod';
import { publicKeys } from '../../signing/public-keys.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { time, timeOf } from '../schemas.ts';

/** By which key the server signs. */
export function signingKeyRoutes({ store }: ApiContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/signing-key',
      id: 'getSigningKey',
      summary:
        'The public half of the key that signs what this server says of images, and of those before it, newest first. None before a worker was started.',
      body: null,
      status: 200,
      answer: z.strictObject({
        keys: z.array(
          z.strictObject({
            /** SHA-256 of the SubjectPublicKeyInfo. */
            fingerprint: z.string(),
            pem: z.string(),
            since: time,
          }),
        ),
      }),
      handle: async () => ({
        keys: (await publicKeys(store)).map(({ since, ...key }) => ({ ...key, since: timeOf(since) })),
      }),
    }),
  ];
}
