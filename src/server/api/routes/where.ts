import { z } from 'zod';
import type { Subject } from '#model/platform/access.ts';
import type { CatalogEntry } from '#model/platform/judgement.ts';
import type { Records } from '#model/platform/records.ts';
import { ANYTHING, catalogEntry, searchCatalog, shownEntry } from '../catalog-entry.ts';
import { ApiError } from '../error.ts';
import { isMeant, packagesMeant } from '../package-name.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { page, paging, stored, time, timeOf } from '../schemas.ts';

/** The inventory of each is looked at. */
const MAX_PAGE = 100;
const MAX_MATCHES = 100;
/** Package versions that one advisory names. */
const MAX_AFFECTED = 5000;

const place = z.strictObject({
  ...catalogEntry.shape,
  /** What of the image is meant, the first 100 package URLs. */
  matches: z.array(z.string()),
  uses: z.array(z.strictObject({ place: z.string(), environment: z.string().nullable(), seenAt: time })),
});

/** Where a package or a finding is. */
export function whereRoutes({ store: { records } }: ApiContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/where',
      id: 'findWhere',
      summary:
        'Images that you may read about which hold a package, or have a finding: their state, what policy says, and where they run. No image is read for it.',
      query: {
        ...paging,
        package: stored
          .min(1)
          .max(2000)
          .optional()
          .meta({ description: 'A package URL, or NAME[@VERSION] of any type: openssl, lodash@4.17.20.' }),
        finding: stored
          .min(1)
          .max(200)
          .optional()
          .meta({ description: 'An id or alias, in capitals or not: CVE-2024-3094.' }),
      },
      body: null,
      status: 200,
      answer: page(place),
      handle: async ({ subject, query: { package: named, finding, after = null, limit } }) => {
        if ((named === undefined) === (finding === undefined)) {
          throw new ApiError('API_REQUEST_INVALID', 'what is looked for?', {
            object: 'query',
            expected: 'either package or finding',
            found: named === undefined ? 'neither' : 'both',
          });
        }
        const asked = { after, limit: Math.min(limit, MAX_PAGE) };
        return named === undefined
          ? await withFinding(records, subject, finding ?? '', asked)
          : await withPackage(records, subject, named, asked);
      },
    }),
  ];
}

interface Asked {
  readonly after: string | null;
  readonly limit: number;
}

type Place = z.input<typeof place>;
type Places = { readonly items: Place[]; readonly next: string | null };

async function withFinding(records: Records, subject: Subject, finding: string, asked: Asked): Promise<Places> {
  const { entries, next } = await searchCatalog(records, subject, { ...ANYTHING, ...asked, finding });
  const affected = await records.findings.withId(finding, { after: null, limit: MAX_AFFECTED });
  const purls = new Set(affected.map(({ purl }) => purl));
  return { items: await placesOf(records, entries, (purl) => purls.has(purl)), next };
}

/** A name may be that of several packages: these come one after the other, and the place in the list says in which it is. */
async function withPackage(
  records: Records,
  subject: Subject,
  named: string,
  { after, limit }: Asked,
): Promise<Places> {
  const meant = await packagesMeant(records.inventories, named);
  const [from = '', cursor = ''] = after?.split(' ', 2) ?? [];
  const items: Place[] = [];
  let searches = 0;
  for (const purl of meant.filter((one) => one >= from)) {
    for (let begin: string | null = purl === from && cursor !== '' ? cursor : null; ; ) {
      const asked = { ...ANYTHING, limit: limit - items.length, after: begin, package: purl };
      const { entries, next } = await searchCatalog(records, subject, asked);
      items.push(...(await placesOf(records, entries, (one) => isMeant(one, purl))));
      searches += 1;
      if (next === null) {
        break;
      }
      if (items.length >= limit || searches >= MAX_SEARCHES) {
        return { items, next: `${purl} ${next}` };
      }
      begin = next;
    }
  }
  return { items, next: null };
}

/** For one page: what somebody may not read about is passed over. */
const MAX_SEARCHES = 50;

async function placesOf(
  records: Records,
  entries: readonly CatalogEntry[],
  isMatch: (purl: string) => boolean,
): Promise<Place[]> {
  const places: Place[] = [];
  for (const entry of entries) {
    const { repository, digest, inUse } = entry;
    const held = (await records.inventories.ofImage(repository.id, digest))?.inventory?.packages ?? [];
    const uses = inUse ? await records.catalog.uses(repository.id, digest) : [];
    places.push({
      ...shownEntry(entry),
      matches: held.filter(isMatch).slice(0, MAX_MATCHES),
      uses: uses.map(({ seenAt, ...use }) => ({ ...use, seenAt: timeOf(seenAt) })),
    });
  }
  return places;
}
