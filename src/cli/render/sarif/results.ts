import { digestOf, hexOf } from '#base/digest.ts';
import { exceptionsByFinding } from '#model/exception.ts';
import {
  type EndOfLife,
  type Finding,
  type FindingState,
  type SbomMismatch,
  type Vulnerability,
} from '#model/finding.ts';
import type { Confidence } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import type { Unknown, UnknownKind } from '#model/unknown.ts';
import { LEVELS } from './levels.ts';
import { physicalLocation } from './locations.ts';
import { messageText } from './message.ts';
import type { Rule } from './rule.ts';
import { UNKNOWN_TITLES, unknownRuleId } from './rules.ts';
import { policyResults, tellsSuppressions } from './verdict.ts';

type Result = Readonly<Record<string, unknown>>;

/** GitHub keeps a hundred locations of a result. */
const MAX_RELATED = 100;

/** One result per finding, one per kind of unknown, and one per broken rule of a policy. */
export function toResults(report: Report, rules: readonly Rule[]): readonly Result[] {
  const ruleIndex = new Map(rules.map((rule, index) => [rule.id, index]));
  const fingerprints = createFingerprints();
  const unknowns = Map.groupBy(report.unknowns, (unknown) => unknown.kind);
  const suppressions = suppressionsIn(report);
  return [
    ...report.findings.map((finding) => ({
      ruleId: finding.id,
      ruleIndex: ruleIndex.get(finding.id) ?? -1,
      ...findingResult(finding, report, fingerprints),
      ...suppressions(finding),
    })),
    ...[...unknowns].map(([kind, group]) => ({
      ruleId: unknownRuleId(kind),
      ruleIndex: ruleIndex.get(unknownRuleId(kind)) ?? -1,
      ...unknownResult(kind, group, fingerprints),
      ...suppressions(null),
    })),
    ...policyResults(report, rules),
  ];
}

/** An empty list for those that are not, where any is. */
function suppressionsIn(report: Report): (finding: Finding | null) => Result {
  const exceptionOf = exceptionsByFinding(report.exceptions);
  const tells = tellsSuppressions(report);
  return (finding) => {
    const exception = finding === null ? null : exceptionOf(finding);
    if (exception === null) {
      return tells ? { suppressions: [] } : {};
    }
    const { status, justification, explanation, author, document, since, from } = exception;
    const why = [status, justification, explanation].filter((part) => part !== null).join(': ');
    return {
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: `${why} (${author}, ${document})`,
          properties: { author, document, since, from: from.kind, name: from.name, digest: from.digest },
        },
      ],
    };
  };
}

function findingResult(finding: Finding, report: Report, fingerprints: Fingerprints): Result {
  switch (finding.kind) {
    case 'vulnerability':
      return vulnerabilityResult(finding, fingerprints);
    case 'sbom-mismatch':
      return mismatchResult(finding, report, fingerprints);
    case 'end-of-life':
      return endOfLifeResult(finding, fingerprints);
  }
}

function endOfLifeResult(finding: EndOfLife, fingerprints: Fingerprints): Result {
  const { package: pkg, id, severity, layer } = finding;
  return {
    level: LEVELS[severity],
    message: { text: messageText(finding.title) },
    ...places(finding),
    partialFingerprints: fingerprints(id, purlWithoutVersion(pkg.purl), pkg.name),
    properties: { purl: pkg.purl, severity, layer, endOfLife: finding.lifecycle.endOfLife },
  };
}

function vulnerabilityResult(finding: Vulnerability, fingerprints: Fingerprints): Result {
  const { package: pkg } = finding;
  return {
    level: LEVELS[finding.severity],
    message: { text: findingMessage(finding) },
    ...places(finding),
    partialFingerprints: fingerprints(finding.id, purlWithoutVersion(pkg.purl), finding.locations[0]?.path ?? ''),
    properties: {
      purl: pkg.purl,
      severity: finding.severity,
      state: finding.state,
      ...(pkg.confidence === undefined ? {} : { confidence: pkg.confidence }),
      layer: finding.layer,
      ...(finding.fixedIn === undefined ? {} : { fixedIn: finding.fixedIn }),
      ...riskProperties(finding),
    },
  };
}

function riskProperties({ risk, signals = [] }: Vulnerability): Result {
  const epss = signals.find((signal) => signal.kind === 'epss');
  return {
    ...(risk === undefined ? {} : { risk: risk.score }),
    ...(epss === undefined ? {} : { epss: epss.probability }),
    ...(signals.some(({ kind }) => kind === 'known-exploited') ? { knownExploited: true } : {}),
  };
}

/** What is declared and not there is shown at the document, where that is a file. */
function mismatchResult(finding: SbomMismatch, { declarations = [] }: Report, fingerprints: Fingerprints): Result {
  const { package: pkg, difference, declared, found, layer, severity } = finding;
  const document = declarations[finding.document];
  const said = document === undefined ? '' : (document.path ?? document.blob ?? '');
  return {
    level: LEVELS[severity],
    message: { text: messageText(finding.title) },
    ...places(finding, document?.path ?? null),
    partialFingerprints: fingerprints(finding.id, purlWithoutVersion(pkg.purl), pkg.name, document?.path ?? ''),
    properties: { purl: pkg.purl, severity, difference, declared, found, layer, document: said },
  };
}

function places({ package: pkg, locations }: Finding, otherwise: string | null = null): Result {
  const [first, ...more] = locations;
  const logical = { name: `${pkg.name} ${pkg.version}`.trim(), fullyQualifiedName: pkg.purl, kind: 'package' };
  return {
    locations: [
      {
        physicalLocation: physicalLocation(first?.path ?? otherwise),
        ...(pkg.purl === '' ? {} : { logicalLocations: [logical] }),
      },
    ],
    ...(more.length === 0 ? {} : { relatedLocations: relatedLocations(more.map((location) => location.path)) }),
  };
}

const STATE_SENTENCES: Readonly<Record<FindingState, string>> = {
  fixed: 'A version without it exists.',
  affected: 'No version without it is known.',
  will_not_fix: 'Its maintainers will not fix it.',
  deferred: 'Its maintainers put the fix off.',
  under_investigation: 'Its maintainers are still looking at it.',
  end_of_life: 'This release gets no fixes any more.',
};

const CONFIDENCE_SENTENCES: Readonly<Record<Confidence, string>> = {
  declared: 'A lock file or manifest declares the package; that it is installed was not seen.',
  inferred: 'No package manager knows the package; it is told by its content or name.',
};

function findingMessage({ id, package: pkg, fixedIn, state, title }: Vulnerability): string {
  const about = title === '' ? '' : `: ${messageText(title)}`;
  const name = messageText(`${pkg.name} ${pkg.version}`);
  const fix = fixedIn === undefined ? STATE_SENTENCES[state] : `Fixed in ${messageText(fixedIn)}.`;
  const doubt = pkg.confidence === undefined ? '' : ` ${CONFIDENCE_SENTENCES[pkg.confidence]}`;
  return `${name} is affected by ${messageText(id)}${about}${/[.!?]$/.test(about) ? '' : '.'} ${fix}${doubt}`;
}

function unknownResult(kind: UnknownKind, unknowns: readonly Unknown[], fingerprints: Fingerprints): Result {
  const [first, ...more] = unknowns;
  const reason = messageText(first?.reason ?? '');
  const rest = more.length === 0 ? '' : ` And ${more.length} more like it.`;
  const others = more.map((unknown) => unknown.path).filter((path) => path !== null);
  return {
    level: 'warning',
    message: { text: `${UNKNOWN_TITLES[kind]}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}${rest}` },
    locations: [{ physicalLocation: physicalLocation(first?.path ?? null) }],
    ...(others.length === 0 ? {} : { relatedLocations: relatedLocations(others) }),
    partialFingerprints: fingerprints('not-known', kind, ''),
  };
}

function relatedLocations(paths: readonly string[]): readonly Result[] {
  return [...new Set(paths)]
    .slice(0, MAX_RELATED)
    .map((path, index) => ({ id: index + 1, physicalLocation: physicalLocation(path) }));
}

/** `primaryLocationLineHash`, by which GitHub knows a result again. */
type Fingerprints = (...parts: readonly string[]) => { readonly primaryLocationLineHash: string };

/** Equal parts are numbered like the lines of one file: their fingerprints stay apart. */
function createFingerprints(): Fingerprints {
  const seen = new Map<string, number>();
  return (...parts) => {
    const hash = hexOf(digestOf(JSON.stringify(parts))).slice(0, 16);
    const number = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, number);
    return { primaryLocationLineHash: `${hash}:${number}` };
  };
}

/** An upgrade that does not repair it leaves the result the same one. */
function purlWithoutVersion(purl: string): string {
  const [path = ''] = purl.split(/[?#]/);
  const at = path.lastIndexOf('@');
  return at === -1 ? path : path.slice(0, at);
}
