import { z } from 'zod';
import { applyRetention } from '#stages/catalog/index.ts';
import { assertMay } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { time, timeOf } from '../schemas.ts';
import { enqueue } from './upkeep.ts';

const requested = z.strictObject({ job: z.string() });
const retention = z.strictObject({
  gone: z.int(),
  kept: z.int(),
  /** The first 1000. */
  entries: z.array(
    z.strictObject({
      repository: z.string(),
      digest: z.string(),
      tags: z.array(z.string()),
      freshAt: time,
      rule: z.string(),
      /** Why it stays all the same; null for one that goes. */
      kept: z.string().nullable(),
    }),
  ),
});

/** What rules for keeping delete, and other advisories, out of their turn. */
export function retentionRoutes(context: ApiContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/upkeep/retention/preview',
      id: 'previewRetention',
      summary:
        'Which images the rules of plimsoll.yaml would delete now, which they would not, and why. Changes nothing.',
      body: {},
      status: 200,
      answer: retention,
      handle: async ({ subject, request: { signal } }) => {
        assertMay(subject, 'administer');
        const { gone, kept, entries } = await applyRetention(context, {
          rules: context.retention,
          dryRun: true,
          signal,
        });
        const shown = entries.map((entry) => ({ ...entry, tags: [...entry.tags], freshAt: timeOf(entry.freshAt) }));
        return { gone, kept, entries: shown };
      },
    }),
    route({
      method: 'POST',
      path: '/upkeep/retention',
      id: 'startRetention',
      summary: 'Deletes what these rules let go, in the background.',
      body: {},
      status: 202,
      answer: requested,
      handle: async ({ subject }) => await enqueue(context, subject, 'apply-retention'),
    }),
    route({
      method: 'POST',
      path: '/upkeep/advisories',
      id: 'startAdvisories',
      summary: 'Looks at the sources of advisories soon, in the background, and has images judged that news are about.',
      body: {},
      status: 202,
      answer: requested,
      handle: async ({ subject }) => await enqueue(context, subject, 'update-advisories'),
    }),
  ];
}
