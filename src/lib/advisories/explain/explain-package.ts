import { quote } from '#base/error.ts';
import type { Advisory, Affected } from '#model/advisory.ts';
import type { ExplainedAnswer, ExplainedPackage, ExplainedStatement } from '#model/explanation.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { schemesOf } from '../match/match.ts';
import type { OpenPlacement } from '../match/resolve.ts';
import type { Statement } from '../match/statements.ts';
import { statementsAbout } from '../match/statements.ts';
import { subjectsOf } from '../match/subject.ts';
import { comparedName } from '../package-name.ts';
import { checksOf, type Fate } from './checks.ts';
import { elsewhere } from './elsewhere.ts';
import { traceStatement } from './statement.ts';

/** What became of everything that was matched. */
export type Reported = Pick<Report, 'findings' | 'covered' | 'headers' | 'exceptions'>;

export interface PackageQuestion {
  readonly item: Package;
  /** Rows of the records asked for that have a name of the package. */
  readonly rows: readonly Affected[];
  readonly placement: OpenPlacement;
  /** Its findings of the vulnerability that is asked for; an advisory may be about several. */
  readonly findings: readonly (readonly [Vulnerability, Fate])[];
  readonly reported: Reported;
}

/** One package: once for each of its findings, or once to say why there is none. */
export function explainPackage(question: PackageQuestion): readonly ExplainedPackage[] {
  const { item, findings, reported } = question;
  const statements = statementsOf(question);
  const base = {
    purl: item.purl,
    name: item.name,
    version: item.version,
    paths: item.locations.map(({ path }) => path),
    statements,
  };
  if (findings.length === 0) {
    return [{ ...base, ...withoutFinding(question, statements), finding: null, checks: [] }];
  }
  return findings.map(([finding, fate]) => {
    const checks = checksOf(finding, item, fate, reported.exceptions ?? []);
    const against = checks.filter(({ suppresses }) => suppresses).map(({ text }) => text);
    return {
      ...base,
      answer: against.length === 0 ? 'found' : 'suppressed',
      reasons: against.length === 0 ? [foundText(finding, item)] : against,
      finding: {
        id: finding.id,
        severity: finding.severity,
        state: finding.state,
        fixedIn: finding.fixedIn ?? null,
        ratings: finding.ratings,
      },
      checks,
    };
  });
}

function foundText({ id, advisories, malicious }: Vulnerability, { name, version }: Package): string {
  const what = malicious === true ? 'is malicious' : 'is affected';
  return `${name} ${version} ${what}: ${advisories.join(', ')} ${advisories.length === 1 ? 'says' : 'say'} so of ${id}`;
}

function statementsOf({
  item,
  rows,
  findings,
  placement: { placement, open },
}: PackageQuestion): readonly ExplainedStatement[] {
  if (placement.kind !== 'known' || item.version === '') {
    return [];
  }
  const wanted = new Set(rows.map(({ advisory }) => advisory.id));
  const schemes = schemesOf(placement);
  const { statements } = statementsAbout(item, open);
  const inForce = statements
    .filter(({ advisory }) => wanted.has(advisory.id))
    .map((statement) => traceStatement(statement, item, schemes).explained);
  const isDenied = findings.length === 0 && inForce.some(({ outcome }) => outcome === 'affected');
  const denials = isDenied ? denialsOf(rows, statements, (one) => traceStatement(one, item, schemes).explained) : [];
  return [...inForce, ...denials, ...withdrawnOf(item, rows, { placement, open })];
}

/** Whoever asks by the name of an advisory does not name the one that denies what it says: it shares a name, or is joined by others. */
function denialsOf(
  rows: readonly Affected[],
  statements: readonly Statement[],
  explain: (statement: Statement) => ExplainedStatement,
): readonly ExplainedStatement[] {
  const wanted = new Set(rows.map(({ advisory }) => advisory.id));
  const names = new Set(rows.flatMap(({ advisory }) => allNames(advisory)));
  const denying = statements
    .filter(({ advisory, rows: own }) => !wanted.has(advisory.id) && own.some(({ state }) => state === 'not_affected'))
    .map((statement) => ({ names: allNames(statement.advisory), explained: explain(statement) }))
    .filter(({ explained }) => explained.outcome === 'not-affected');
  const sharing = denying.filter((one) => one.names.some((name) => names.has(name)));
  return (sharing.length > 0 ? sharing : denying).map(({ explained }) => explained);
}

function allNames({ id, aliases, upstream }: Advisory): readonly string[] {
  return [id, ...aliases, ...upstream];
}

function withdrawnOf(item: Package, rows: readonly Affected[], { open }: OpenPlacement): readonly ExplainedStatement[] {
  const statements = new Map<string, ExplainedStatement>();
  for (const { place, ecosystems } of open) {
    for (const subject of subjectsOf(item, place.names)) {
      for (const { advisory, ecosystem, name } of rows) {
        const isAbout = ecosystems.includes(ecosystem) && comparedName(ecosystem, subject.name) === name;
        if (advisory.withdrawn !== undefined && isAbout) {
          statements.set(`${ecosystem} ${advisory.id}`, {
            advisory: advisory.id,
            ecosystem,
            name,
            version: subject.version,
            outcome: 'withdrawn',
            reason: `its source took it back on ${advisory.withdrawn.slice(0, 10)}`,
            fixedIn: null,
            rows: [],
          });
        }
      }
    }
  }
  return [...statements.values()];
}

interface Answer {
  readonly answer: ExplainedAnswer;
  readonly reasons: readonly string[];
}

function withoutFinding(question: PackageQuestion, statements: readonly ExplainedStatement[]): Answer {
  const { item, rows, placement } = question;
  const of = (outcome: ExplainedStatement['outcome']) => statements.filter((one) => one.outcome === outcome);
  const [affected, denied, unknown, withdrawn] = [of('affected'), of('not-affected'), of('unknown'), of('withdrawn')];
  if (item.version === '') {
    return { answer: 'unknown', reasons: [`nothing says the version of ${item.name}`] };
  }
  if (item.thirdParty !== undefined) {
    const reason = `${item.name} is by ${quote(item.thirdParty, 60)}: the advisories of the distribution do not speak for it`;
    return { answer: affected.length > 0 ? 'suppressed' : 'not-found', reasons: [reason] };
  }
  if (denied.length > 0) {
    const reasons = denied.map(
      ({ advisory, ecosystem, version }) => `${advisory} of ${ecosystem} says that ${version} is not affected`,
    );
    return { answer: affected.length > 0 ? 'suppressed' : 'not-found', reasons };
  }
  if (affected.length > 0) {
    return { answer: 'suppressed', reasons: of('unaffected').map(outsideText) };
  }
  if (unknown.length > 0) {
    return {
      answer: 'unknown',
      reasons: unknown.map(({ advisory, reason }) => `${advisory} could not be compared: ${reason}`),
    };
  }
  const reasons = [
    ...of('unaffected').map((one) => outsideText(one)),
    ...withdrawn.map(({ advisory, reason }) => `${advisory} says nothing any more: ${reason}`),
  ];
  return { answer: 'not-found', reasons: reasons.length > 0 ? reasons : elsewhere(item, rows, placement) };
}

const SHOWN = 3;

/** `1.2.3 is not below the fix 1.2.2 of GHSA-…`. */
function outsideText({ advisory, version, reason, rows }: ExplainedStatement): string {
  if (reason !== null) {
    return `${advisory} is not about this one: ${reason}`;
  }
  const bounds = rows
    .flatMap(({ ranges }) => ranges.flatMap(({ comparisons }) => comparisons))
    .flatMap(({ event, bound, order }) => {
      if (event === 'introduced') {
        return order === '<' ? [`it is below ${bound}, where it begins`] : [];
      }
      if (event === 'fixed') {
        return order === '<' ? [] : [order === '=' ? 'it is the fix' : `it is past the fix ${bound}`];
      }
      return order === '>' ? [`it is past ${bound}, the last one affected`] : [];
    });
  const what = [...new Set(bounds)];
  const more = what.length > SHOWN ? ` and ${what.length - SHOWN} more` : '';
  const listed =
    rows.some((row) => row.listed === false) && what.length === 0 ? 'it is not among the versions listed' : '';
  return `${version} is outside of every range of ${advisory}: ${what.slice(0, SHOWN).join(', ')}${listed}${more}`;
}
