import type { CsafDocument, CsafProductStatus, CsafVulnerability, loadCsaf } from '#lib/vex/index.ts';
import type { Advisory, AdvisoryReference } from '#model/advisory.ts';
import type { AdvisoryRecord } from '#model/ports.ts';
import { advisoryId } from './advisory-id.ts';
import { type Target, targetOf } from './product.ts';
import { ratingsByProduct } from './ratings.ts';
import { rowsOf, type Said } from './rows.ts';
import { type Outlook, outlookByProduct } from './states.ts';

type PartsOf = Awaited<ReturnType<typeof loadCsaf>>['partsOf'];

const FIXED: Outlook = { state: 'fixed' };
const LOOKING: Outlook = { state: 'under_investigation', status: 'Under investigation' };

/** By status of the document; where it is null the remediations say more. */
const OUTLOOKS: Readonly<Partial<Record<CsafProductStatus, Outlook | null>>> = {
  fixed: FIXED,
  first_fixed: FIXED,
  known_not_affected: { state: 'not_affected' },
  first_affected: null,
  known_affected: null,
  last_affected: null,
  under_investigation: LOOKING,
  unknown: LOOKING,
};

interface Vulnerability {
  /** Of the document: the CVE, or `RHSA-2024:0010`. */
  readonly name: string;
  readonly cve: string;
  readonly vulnerability: CsafVulnerability;
}

/** What a document says of the packages of rpm and a CVE; images, jars and other things that it names are left out. */
export function toAdvisoryRecord(
  document: CsafDocument,
  { name, cve, vulnerability }: Vulnerability,
  partsOf: PartsOf,
): AdvisoryRecord {
  const id = advisoryId(name, cve);
  const ratingsOf = ratingsByProduct(vulnerability, id);
  const outlookOf = outlookByProduct(vulnerability);
  const targets = targetsOf(document, partsOf);
  const said: Said[] = [];
  const sources = new Set<string>();
  for (const [status, outlook] of Object.entries(OUTLOOKS)) {
    for (const product of vulnerability.productStatus[status as CsafProductStatus] ?? []) {
      const target = targets(product);
      if (target?.source === true) {
        sources.add(target.name);
      }
      if (target !== null && !isMarginal(status, target)) {
        said.push({ target, outlook: outlook ?? outlookOf(product), ratings: ratingsOf(product) });
      }
    }
  }
  const rows = rowsOf(said, sources);
  const usual = mostFrequent(rows.map(({ ratings }) => ratings).filter(({ length }) => length > 0));
  const advisory: Advisory = {
    id,
    aliases: name === cve ? [] : [name],
    upstream: [cve],
    summary: vulnerability.title ?? document.title,
    details: vulnerability.notes.find(({ category }) => category === 'description')?.text ?? '',
    modified: new Date(document.currentRelease).toISOString(),
    ...(vulnerability.published === null ? {} : { published: new Date(vulnerability.published).toISOString() }),
    ratings: usual,
    references: referencesOf(cve, vulnerability),
  };
  const affected = rows.map((row) => ({ advisory, ...row, ratings: row.ratings === usual ? [] : row.ratings }));
  return { advisory, affected };
}

/**
 * That a package of a version is not affected is said of all that came with an update and has nothing to do with it: most of
 * what the documents hold. No row speaks of its earlier versions, and none is needed for that.
 */
function isMarginal(status: string, { version }: Target): boolean {
  return status === 'known_not_affected' && version !== null;
}

function targetsOf(document: CsafDocument, partsOf: PartsOf): (id: string) => Target | null {
  return (id) => targetOf(partsOf(document.products, id, document.id));
}

function mostFrequent<Item>(items: readonly (readonly Item[])[]): readonly Item[] {
  const counts = new Map<readonly Item[], number>();
  for (const item of items) {
    counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? [];
}

const MAX_REFERENCES = 50;

function referencesOf(cve: string, { remediations, references }: CsafVulnerability): readonly AdvisoryReference[] {
  const errata = remediations.flatMap(({ category, url }) => (category === 'vendor_fix' && url !== null ? [url] : []));
  const others = references.filter(({ category }) => category === 'external').map(({ url }) => ({ type: 'WEB', url }));
  return [
    { type: 'ADVISORY', url: `https://access.redhat.com/security/cve/${cve}` },
    ...[...new Set(errata)].map((url) => ({ type: 'FIX', url })),
    ...others,
  ].slice(0, MAX_REFERENCES);
}
