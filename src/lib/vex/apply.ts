import { quote } from '#base/error.ts';
import type { ExceptionSource, ExceptionStatus, SourcedException } from '#model/exception.ts';
import { type Finding, isVulnerability, type Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import { parsePurlOrNull } from '#model/purl.ts';
import type { VexDocument, VexProduct, VexStatement } from './document.ts';
import { isImage, type NamedImage } from './products/image.ts';
import { type NamedPackage, namedPackage, type PackageMatcher, packageMatcher } from './products/package.ts';

/** A document whose statements count. */
export interface GivenVex {
  readonly document: VexDocument;
  readonly from: ExceptionSource;
}

/** What statements are held against. */
export interface VexTarget {
  readonly image: NamedImage;
  readonly packages: readonly Package[];
  readonly findings: readonly Finding[];
  /** The purls of packages by links to them in CycloneDX documents (`urn:cdx:serial/version#ref`). */
  readonly links?: ReadonlyMap<string, string>;
}

export interface AppliedVex {
  /** In the order of the findings. */
  readonly exceptions: readonly SourcedException[];
  /** Statements that except nothing here and were meant to, and why: sentence parts by statement. */
  readonly idle: ReadonlyMap<VexStatement, string>;
}

interface Statement {
  readonly given: GivenVex;
  readonly said: VexStatement;
  /** What it covers of the image; null when it is about something else. */
  readonly covers: Covered | null;
}

/** With `every` all packages of the image, else those that one of the matchers is for. */
interface Covered {
  readonly every: boolean;
  readonly matchers: readonly PackageMatcher[];
}

/**
 * Which findings the documents except. `not_affected` and `fixed` do; of several statements about one finding the newest
 * counts, and of two at once the one that excepts nothing. A statement of tomorrow is none. `now` in milliseconds since 1970.
 */
export function applyVex(documents: readonly GivenVex[], target: VexTarget, now: number): AppliedVex {
  const statements = documents.flatMap((given) =>
    given.document.statements.map((said) => ({ given, said, covers: coveredBy(said, given, target.image) })),
  );
  const inForce = statements.filter(({ said }) => said.timestamp === null || said.timestamp <= now);
  const byName = Map.groupBy(
    inForce.flatMap((statement) => namesOf(statement.said).map((name) => ({ name, statement }))),
    ({ name }) => name,
  );
  const packageOf = packagesOf(target);
  const about = new Set<VexStatement>();
  const used = new Set<VexStatement>();
  const undecided = new Map<VexStatement, string>();
  const exceptions = target.findings.filter(isVulnerability).flatMap((finding) => {
    const named = [finding.id, ...finding.aliases].flatMap((name) => byName.get(name) ?? []);
    const found = named.length === 0 ? null : packageOf(finding);
    const said = [...new Set(named.map(({ statement }) => statement))].filter((one) => {
      const answer = found !== null && concerns(one, found);
      if (typeof answer === 'string') {
        undecided.set(one.said, answer);
      }
      // One that may be about it and excepts nothing counts all the same.
      return answer === true || (typeof answer === 'string' && excepting(one.said) === null);
    });
    for (const statement of said) {
      about.add(statement.said);
    }
    const exception = lastWord(said, finding);
    if (exception === null) {
      return [];
    }
    used.add(exception.statement.said);
    return [exception.value];
  });
  return { exceptions, idle: idleOf(statements, { about, used, undecided, now }) };
}

/**
 * A statement of OpenVEX in an attestation that names no product is about what the attestation is about (openvex/spec,
 * ATTESTING.md). A part of a package is passed over: which part of it has what was found in it is not known here.
 */
function coveredBy(said: VexStatement, { document, from }: GivenVex, image: NamedImage): Covered | null {
  if (said.products.length === 0) {
    return from.kind === 'attestation' && document.format === 'openvex' ? { every: true, matchers: [] } : null;
  }
  const covered = said.products.flatMap((product) => coveredByProduct(product, image) ?? []);
  return covered.length === 0
    ? null
    : { every: covered.some(({ every }) => every), matchers: covered.flatMap(({ matchers }) => matchers) };
}

function coveredByProduct(product: VexProduct, image: NamedImage): Covered | null {
  const { ids, subcomponents } = product;
  if (
    isImage(
      product,
      ids.flatMap((id) => parsePurlOrNull(id) ?? []),
      image,
    )
  ) {
    return { every: subcomponents.length === 0, matchers: subcomponents.flatMap((part) => packageMatcher(part) ?? []) };
  }
  const matcher = subcomponents.length > 0 ? null : packageMatcher(product);
  return matcher === null ? null : { every: false, matchers: [matcher] };
}

function namesOf({ vulnerability, aliases }: VexStatement): readonly string[] {
  return [...new Set([vulnerability, ...aliases])];
}

/** Each is looked up once: a package may have hundreds of findings. */
function packagesOf({ packages, links = new Map() }: VexTarget): (finding: Vulnerability) => NamedPackage {
  const byPurl = new Map(packages.map((item) => [item.purl, item]));
  const linksOf = Map.groupBy(links, ([, purl]) => purl);
  const known = new Map<string, NamedPackage>();
  return ({ package: { purl, version } }) => {
    const item = byPurl.get(purl);
    const named =
      known.get(purl) ??
      namedPackage({
        purl,
        version: item?.version ?? version,
        cpe: item?.cpe ?? null,
        hashes: item?.hashes ?? [],
        links: new Set((linksOf.get(purl) ?? []).map(([link]) => link)),
      });
    known.set(purl, named);
    return named;
  };
}

function concerns({ covers }: Statement, found: NamedPackage): boolean | string {
  if (covers === null || covers.every) {
    return covers !== null;
  }
  const answers = covers.matchers.map((matcher) => matcher(found));
  return answers.includes(true) || (answers.find((answer) => typeof answer === 'string') ?? false);
}

function lastWord(
  said: readonly Statement[],
  finding: Vulnerability,
): { readonly statement: Statement; readonly value: SourcedException } | null {
  const newest = said.reduce((time, one) => Math.max(time, timeOf(one)), Number.NEGATIVE_INFINITY);
  const last = said.filter((statement) => timeOf(statement) === newest);
  const [statement] = last;
  if (statement === undefined || !last.every((one) => excepting(one.said) !== null)) {
    return null;
  }
  const status = excepting(statement.said);
  return status === null ? null : { statement, value: exceptionOf(statement, status, finding) };
}

function exceptionOf({ given, said }: Statement, status: ExceptionStatus, finding: Vulnerability): SourcedException {
  return {
    finding: finding.id,
    package: finding.package.purl,
    status,
    justification: said.justification,
    explanation: said.impactStatement,
    author: given.document.author,
    document: given.document.id,
    from: given.from,
    since: said.timestamp === null ? null : new Date(said.timestamp).toISOString(),
    // No format has a word for the end of a statement.
    expires: null,
  };
}

function excepting({ status }: VexStatement): ExceptionStatus | null {
  return status === 'not_affected' || status === 'fixed' ? status : null;
}

function timeOf({ said }: Statement): number {
  return said.timestamp ?? Number.NEGATIVE_INFINITY;
}

interface Seen {
  readonly about: ReadonlySet<VexStatement>;
  readonly used: ReadonlySet<VexStatement>;
  readonly undecided: ReadonlyMap<VexStatement, string>;
  readonly now: number;
}

function idleOf(statements: readonly Statement[], seen: Seen): ReadonlyMap<VexStatement, string> {
  return new Map(
    statements.flatMap((statement) => {
      const reason = idleReason(statement, seen);
      const { given, said } = statement;
      return reason === null
        ? []
        : [[said, `${given.document.name}: ${quote(said.vulnerability, 80)}: ${reason}`] as const];
    }),
  );
}

function idleReason({ said, covers }: Statement, { about, used, undecided, now }: Seen): string | null {
  if (said.timestamp !== null && said.timestamp > now) {
    return `it is of ${new Date(said.timestamp).toISOString()}, which is still to come`;
  }
  if (covers === null) {
    const [product] = said.products;
    const [id] = product?.ids ?? [];
    return `expected a product that is this image or a package in it, by digest or package URL, found ${id === undefined ? 'none' : quote(id, 120)}`;
  }
  if (!about.has(said)) {
    return undecided.get(said) ?? 'it is not found in this image';
  }
  return excepting(said) !== null && !used.has(said) ? 'another statement about it counts' : null;
}
