import { z } from 'zod';
import { SEVERITIES } from '#model/advisory.ts';
import { LIFECYCLES } from '#model/platform/state.ts';
import { catalogEntry, searchCatalog, shownEntry } from '../catalog-entry.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { environmentName, page, paging, stored, time } from '../schemas.ts';

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const score = z
  .string()
  .regex(/^(?:100|[0-9]{1,2}(?:\.[0-9]{1,2})?)$/, 'expected a number from 0 to 100')
  .transform(Number);
const query = {
  ...paging,
  text: stored.max(255).optional().meta({ description: 'A part of the name of the repository.' }),
  state: z.enum(LIFECYCLES).optional(),
  environment: environmentName.optional().meta({ description: 'With a verdict for this environment.' }),
  outcome: z
    .enum(['admitted', 'warned', 'refused', 'unknown'])
    .optional()
    .meta({ description: 'Of the verdict for that environment, or for any.' }),
  package: stored.max(2000).optional().meta({ description: 'A package URL, with a version or without.' }),
  finding: stored.max(200).optional().meta({ description: 'An id or alias, in capitals or not: CVE-2024-3094.' }),
  severity: z.enum(SEVERITIES).optional().meta({ description: 'With a finding of this severity.' }),
  minScore: score.optional().meta({ description: 'With a score of at least so much, from 0 to 100.' }),
  maxScore: score.optional().meta({ description: 'With a score of at most so much.' }),
  base: stored.max(255).optional().meta({ description: 'The name of the base image, or the digest of its top layer.' }),
  owner: stored.max(200).optional(),
  createdBefore: time.optional(),
  createdAfter: time.optional(),
  inUse: yesOrNo.optional(),
  order: z.enum(['name', 'newest', 'worst']).default('name'),
};

/** What there is, and what is said of it. */
export function catalogRoutes({ store: { records } }: ApiContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/catalog',
      id: 'searchCatalog',
      summary:
        'Images that you may read about, one for each platform. A page may be shorter than its limit and not the last.',
      query,
      body: null,
      status: 200,
      answer: page(catalogEntry),
      handle: async ({ subject, query: { after = null, limit, order, createdBefore, createdAfter, ...filters } }) => {
        const { entries, next } = await searchCatalog(records, subject, {
          after,
          limit,
          order,
          text: filters.text ?? null,
          state: filters.state ?? null,
          environment: filters.environment ?? null,
          outcome: filters.outcome ?? null,
          package: filters.package ?? null,
          finding: filters.finding ?? null,
          severity: filters.severity ?? null,
          minScore: filters.minScore ?? null,
          maxScore: filters.maxScore ?? null,
          base: filters.base ?? null,
          owner: filters.owner ?? null,
          createdBefore: createdBefore === undefined ? null : Date.parse(createdBefore),
          createdAfter: createdAfter === undefined ? null : Date.parse(createdAfter),
          inUse: filters.inUse ?? null,
        });
        return { items: entries.map(shownEntry), next };
      },
    }),
  ];
}
