import { schemeFor } from '#lib/versions/index.ts';
import type { AdvisedState, Advisory, Affected, RangeEvent } from '#model/advisory.ts';
import type { UbuntuDocument, UbuntuStatement } from './document.ts';
import type { SourcePackage } from './products.ts';
import { readProduct } from './products.ts';

/** What a statement comes to for a package. */
interface Word {
  readonly state: AdvisedState;
  /** The word of Ubuntu's tracker for it. */
  readonly status?: string;
}

/** Of several statements about a package the first of these counts. */
const ORDER: readonly AdvisedState[] = [
  'affected',
  'deferred',
  'will_not_fix',
  'not_affected',
  'end_of_life',
  'under_investigation',
];

const FROM_THE_START: RangeEvent = { introduced: '0' };
const deb = schemeFor('deb');

/**
 * The rows of a document about a CVE. `fixed` has none: the version of such a product is what the release has today, not the
 * one that repaired it, which is in the notice of that update.
 */
export function rowsOfCve(document: UbuntuDocument, advisory: Advisory): readonly Affected[] {
  const words = new Map<string, { readonly item: SourcePackage; word: Word }>();
  for (const statement of document.statements) {
    const word = wordOf(statement);
    for (const item of word === null ? [] : sourcesOf(statement)) {
      const key = `${item.extended} ${item.release} ${item.name}`;
      const known = words.get(key);
      if (word !== null && (known === undefined || rankOf(word) < rankOf(known.word))) {
        words.set(key, { item, word });
      }
    }
  }
  return [...words.values()].map(({ item, word }) => {
    const cleared = item.extended ? undefined : words.get(`true ${item.release} ${item.name}`);
    return toRow(advisory, item, [FROM_THE_START], clearedBy(cleared?.word, word) ?? word);
  });
}

/** The rows of a document about a notice: what it updated is affected below the version that it brought. */
export function rowsOfNotice(document: UbuntuDocument, advisory: Advisory): readonly Affected[] {
  const fixes = new Map<string, SourcePackage>();
  for (const statement of document.statements) {
    for (const item of statement.status === 'fixed' ? sourcesOf(statement) : []) {
      const key = `${item.extended} ${item.release} ${item.name}`;
      const known = fixes.get(key);
      const compared = known === undefined ? null : deb.compare(known.version, item.version);
      if (compared === null || (compared.ok && compared.order < 0)) {
        fixes.set(key, item);
      }
    }
  }
  return [...fixes.values()].map((item) =>
    toRow(advisory, item, [FROM_THE_START, { fixed: item.version }], { state: 'fixed' }),
  );
}

function sourcesOf({ products }: UbuntuStatement): readonly SourcePackage[] {
  return products.flatMap((product) => readProduct(product['@id']) ?? []);
}

/** Null where there is nothing to say of a package: it is not in the release, or a notice says it. */
function wordOf({
  status,
  justification,
  status_notes: notes,
  action_statement: action,
}: UbuntuStatement): Word | null {
  switch (status) {
    case 'fixed':
      return null;
    case 'not_affected':
      return justification === 'component_not_present' ? null : { state: 'not_affected' };
    case 'under_investigation':
      return /\bdeferred\b/.test(notes ?? '')
        ? { state: 'deferred', status: 'deferred' }
        : { state: 'under_investigation', status: 'needs-triage' };
    case 'affected':
      if (action?.includes('decided to not fix') === true) {
        return { state: 'will_not_fix', status: 'ignored' };
      }
      return action?.includes('no longer supported') === true
        ? { state: 'end_of_life', status: 'end-of-life' }
        : { state: 'affected', status: 'needed' };
  }
}

/**
 * Nobody looks at the archive of a release any more once its support has ended; who looks at the same package for Ubuntu
 * Pro, and finds that it does not have the vulnerability, has looked at that one too.
 */
function clearedBy(extended: Word | undefined, own: Word): Word | null {
  const isOpen = own.state === 'end_of_life' || own.state === 'under_investigation';
  return isOpen && extended?.state === 'not_affected' ? extended : null;
}

function rankOf({ state }: Word): number {
  return ORDER.indexOf(state);
}

function toRow(advisory: Advisory, item: SourcePackage, events: readonly RangeEvent[], word: Word): Affected {
  const ecosystem = item.extended ? `Ubuntu:Pro:${item.release}` : `Ubuntu:${item.release}`;
  return {
    advisory,
    ecosystem,
    name: item.name,
    ranges: [{ type: 'ECOSYSTEM', events }],
    versions: [],
    ratings: [],
    ...word,
  };
}
