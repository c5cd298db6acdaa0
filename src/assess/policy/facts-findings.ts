import { compareText } from '#base/compare.ts';
import { type ExceptionOf, exceptionsByFinding } from '#model/exception.ts';
import type { FindingFact } from '#model/facts.ts';
import type { Finding, Vulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { instant } from './facts-image.ts';

/** All of them, sorted by kind, id, package and place: the order of a report depends on ranks. */
export function findingFacts({ findings, exceptions }: Report): readonly FindingFact[] {
  const exceptionOf = exceptionsByFinding(exceptions);
  return findings
    .map((finding) => findingFact(finding, exceptionOf))
    .toSorted(
      (a, b) =>
        compareText(a.kind, b.kind) ||
        compareText(a.id, b.id) ||
        compareText(a.package.purl, b.package.purl) ||
        compareText(a.package.name, b.package.name) ||
        compareText(a.title, b.title),
    );
}

function findingFact(finding: Finding, exceptionOf: ExceptionOf): FindingFact {
  const { kind, id, severity, title, locations } = finding;
  const { purl, name, version } = finding.package;
  return {
    kind,
    id,
    severity,
    title,
    package: { purl, name, version },
    paths: locations.map(({ path }) => path),
    ...(finding.kind === 'vulnerability' ? vulnerabilityFacts(finding, exceptionOf) : NO_VULNERABILITY),
  };
}

type OfVulnerabilities = Omit<FindingFact, 'kind' | 'id' | 'severity' | 'title' | 'package' | 'paths'>;

const NO_VULNERABILITY: OfVulnerabilities = {
  aliases: [],
  score: null,
  risk: null,
  fixedIn: '',
  state: '',
  published: null,
  malicious: false,
  knownExploited: false,
  epss: null,
  informational: '',
  excepted: null,
};

function vulnerabilityFacts(finding: Vulnerability, exceptionOf: ExceptionOf): OfVulnerabilities {
  const { signals = [] } = finding;
  return {
    aliases: finding.aliases,
    score: finding.score ?? null,
    risk: finding.risk?.score ?? null,
    fixedIn: finding.fixedIn ?? '',
    state: finding.state,
    published: instant(finding.published),
    malicious: finding.malicious === true,
    knownExploited: signals.some((signal) => signal.kind === 'known-exploited'),
    epss: signals.find((signal) => signal.kind === 'epss')?.probability ?? null,
    informational: finding.informational ?? '',
    excepted: exceptedBy(finding, exceptionOf),
  };
}

function exceptedBy(finding: Vulnerability, exceptionOf: ExceptionOf): FindingFact['excepted'] {
  const exception = exceptionOf(finding);
  if (exception === null) {
    return null;
  }
  const { status, justification, author, document, expires } = exception;
  // An end that is none is over: null would be for ever.
  const end = expires === null ? null : (instant(expires) ?? new Date(0).toISOString());
  return { status, justification, author, document, expires: end };
}
