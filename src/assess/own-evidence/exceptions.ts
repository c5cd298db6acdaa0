import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { VexPredicate, VexStatement } from '#lib/trust/index.ts';
import type { Exception, ExceptionStatus } from '#model/exception.ts';
import type { Finding } from '#model/finding.ts';
import { isVulnerability } from '#model/finding.ts';
import { type CoveredPackages, coverOf, covers, type NamedImage, purlOf } from './products.ts';

/** An OpenVEX document that the user gives. */
export interface ExceptionDocument {
  /** What it is called in messages. */
  readonly name: string;
  /** Of its bytes. */
  readonly digest: Digest;
  readonly vex: VexPredicate;
}

export interface AppliedExceptions {
  /** In the order of the findings. */
  readonly exceptions: readonly Exception[];
  /** Statements that except nothing here, and why: sentence parts by statement. */
  readonly idle: ReadonlyMap<VexStatement, string>;
}

interface Statement {
  readonly document: ExceptionDocument;
  readonly said: VexStatement;
  /** What it covers of the image; empty when it is about something else. */
  readonly covers: readonly CoveredPackages[];
}

/**
 * Which findings the documents except. `not_affected` and `fixed` do; of several statements about one finding the newest
 * counts, and of two at once the one that excepts nothing. A statement of tomorrow is none. `now` in milliseconds since 1970.
 */
export function applyExceptions(
  findings: readonly Finding[],
  documents: readonly ExceptionDocument[],
  image: NamedImage,
  now: number,
): AppliedExceptions {
  const statements = documents.flatMap((document) =>
    document.vex.statements.map((said) => ({ document, said, covers: coversOf(said, image) })),
  );
  const inForce = statements.filter(({ said }) => said.timestamp === null || said.timestamp <= now);
  const byName = Map.groupBy(
    inForce.flatMap((statement) => namesOf(statement.said).map((name) => ({ name, statement }))),
    ({ name }) => name,
  );
  const about = new Set<VexStatement>();
  const used = new Set<VexStatement>();
  const exceptions = findings.filter(isVulnerability).flatMap((finding) => {
    const named = [finding.id, ...finding.aliases].flatMap((name) => byName.get(name) ?? []);
    const said = [...new Set(named.map(({ statement }) => statement))].filter((one) => concerns(one, finding));
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
  return { exceptions, idle: idleOf(statements, { about, used, now }) };
}

/** Whether an exception is of this finding. */
export function isExcepted(finding: Finding, exceptions: readonly Exception[]): boolean {
  return (
    isVulnerability(finding) &&
    exceptions.some((one) => one.finding === finding.id && one.package === finding.package.purl)
  );
}

function coversOf(said: VexStatement, image: NamedImage): readonly CoveredPackages[] {
  return said.products.flatMap((product) => coverOf(product, image) ?? []);
}

function namesOf({ vulnerability, aliases }: VexStatement): readonly string[] {
  return [...new Set([vulnerability, ...aliases])];
}

function concerns({ covers: covered }: Statement, finding: Finding): boolean {
  const found = purlOf(finding.package.purl);
  return covered.some((one) => one.every || (found !== null && one.covered.some((pattern) => covers(pattern, found))));
}

function lastWord(
  said: readonly Statement[],
  finding: Finding,
): { readonly statement: Statement; readonly value: Exception } | null {
  const newest = Math.max(...said.map(timeOf));
  const last = said.filter((statement) => timeOf(statement) === newest);
  const [statement] = last;
  if (statement === undefined || !last.every((one) => excepting(one.said) !== null)) {
    return null;
  }
  const status = excepting(statement.said);
  return status === null ? null : { statement, value: exceptionOf(statement, status, finding) };
}

function exceptionOf({ document, said }: Statement, status: ExceptionStatus, finding: Finding): Exception {
  return {
    finding: finding.id,
    package: finding.package.purl,
    status,
    justification: said.justification,
    explanation: said.impactStatement,
    author: document.vex.author,
    document: document.vex.id,
    since: said.timestamp === null ? null : new Date(said.timestamp).toISOString(),
    // OpenVEX has no word for the end of a statement.
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
  readonly now: number;
}

function idleOf(statements: readonly Statement[], seen: Seen): ReadonlyMap<VexStatement, string> {
  return new Map(
    statements.flatMap((statement) => {
      const reason = idleReason(statement, seen);
      const { document, said } = statement;
      return reason === null ? [] : [[said, `${document.name}: ${quote(said.vulnerability, 80)}: ${reason}`] as const];
    }),
  );
}

function idleReason({ said, covers: covered }: Statement, { about, used, now }: Seen): string | null {
  if (said.timestamp !== null && said.timestamp > now) {
    return `it is of ${new Date(said.timestamp).toISOString()}, which is still to come`;
  }
  if (covered.length === 0) {
    const [product] = said.products;
    const [id] = product?.ids ?? [];
    return `expected a product that is this image or a package in it, by digest or package URL, found ${id === undefined ? 'none' : quote(id, 120)}`;
  }
  if (!about.has(said)) {
    return 'it is not found in this image';
  }
  return excepting(said) !== null && !used.has(said) ? 'another statement about it counts' : null;
}
