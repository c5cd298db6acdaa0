import { z } from 'zod';
import { assertMay } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { page, paging, time, timeOf } from '../schemas.ts';

const event = z.strictObject({
  id: z.string(),
  type: z.string(),
  subject: z.string(),
  actor: z.string(),
  time,
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** What happened. */
export function eventRoutes({ store }: ApiContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/events',
      id: 'listEvents',
      summary: 'Everything that happened, oldest first. Needs the role auditor or admin for all.',
      query: paging,
      body: null,
      status: 200,
      answer: page(event),
      handle: async ({ subject, query: { after = null, limit } }) => {
        assertMay(subject, 'audit');
        const found = await store.records.events.after(after, limit);
        const items = found.map(({ event: { id, type, subject: about, actor, data, time: at } }) => ({
          id,
          type,
          actor,
          subject: about,
          time: timeOf(at),
          data: { ...data },
        }));
        return { items, next: found.length < limit ? null : (found.at(-1)?.cursor ?? null) };
      },
    }),
  ];
}
