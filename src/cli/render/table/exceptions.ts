import type { SourcedException } from '#model/exception.ts';
import { exceptionsByFinding } from '#model/exception.ts';
import { isVulnerability } from '#model/finding.ts';
import type { Report, ReportVex } from '#model/report.ts';
import { counted, fit, grouped, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

/** Findings that are named; the rest is counted, and in the other formats. */
const SHOWN = 50;
/** Statements of a document that change nothing, and that are named. */
const NAMED = 5;

const FORMATS: Readonly<Record<NonNullable<ReportVex['format']>, string>> = {
  csaf: 'CSAF',
  cyclonedx: 'CycloneDX',
  openvex: 'OpenVEX',
};

/** The report with the findings that count alone: what is excepted has a section of its own. */
export function withoutExcepted(report: Report): Report {
  const exceptionOf = exceptionsByFinding(report.exceptions);
  return { ...report, findings: report.findings.filter((finding) => exceptionOf(finding) === null) };
}

/** What does not count and who says so, and what became of each document. */
export function exceptionLines(report: Report, screen: Screen): readonly string[] {
  const { vex = [], exceptions = [] } = report;
  if (vex.length === 0 && exceptions.length === 0) {
    return [];
  }
  const exceptionOf = exceptionsByFinding(exceptions);
  const excepted = report.findings.filter(isVulnerability).flatMap((finding) => {
    const exception = exceptionOf(finding);
    return exception === null ? [] : [{ finding, exception }];
  });
  const count =
    excepted.length === 0
      ? 'no vulnerability'
      : `${counted(excepted.length, 'vulnerability', 'vulnerabilities')} ${excepted.length === 1 ? 'does' : 'do'} not count`;
  return [
    screen.style.strong(`EXCEPTED  ${count}`),
    ...excepted.slice(0, SHOWN).flatMap(({ finding, exception }) => {
      const { name, version } = finding.package;
      const head = `${visible(finding.id)} ${visible(name)} ${visible(version)}: ${reasonOf(exception)}`;
      return [
        ...wrap(head, screen.width, '  '),
        ...wrap(sourceOf(exception), screen.width, '    ').map((line) => screen.style.faint(line)),
      ];
    }),
    ...(excepted.length > SHOWN ? [`  and ${grouped(excepted.length - SHOWN)} more`] : []),
    ...vex.flatMap((document) => documentLines(document, screen)),
  ];
}

/** `not affected, vulnerable code not present: "removed by us"`. */
function reasonOf({ status, justification, explanation }: SourcedException): string {
  const why = justification === null ? '' : `, ${visible(justification).replaceAll('_', ' ')}`;
  return `${status === 'fixed' ? 'fixed' : 'not affected'}${why}${explanation === null ? '' : `: ${visible(fit(explanation, 300))}`}`;
}

function sourceOf({ author, document, from, since }: SourcedException): string {
  const place = from.kind === 'file' ? visible(from.name) : `attestation ${from.digest}`;
  const when = since === null ? '' : `, ${since.slice(0, 10)}`;
  return `${visible(author)}${when} in ${visible(document)} (${place})`;
}

function documentLines(document: ReportVex, { style, width }: Screen): readonly string[] {
  const { from, format, author, passedOver, statements, excepted, idle, reasons } = document;
  const place = from.kind === 'file' ? visible(from.name) : `attestation ${from.digest}`;
  if (format === null || passedOver !== null) {
    return wrap(`VEX ${place} counts for nothing: ${visible(passedOver ?? '')}`, width, '  ').map((line) =>
      style.alarm(line),
    );
  }
  const what = `${FORMATS[format]} by ${visible(author ?? '')}, ${counted(statements, 'statement')}`;
  const nothing = idle === 0 ? '' : `, ${counted(idle, 'statement')} that ${idle === 1 ? 'changes' : 'change'} nothing`;
  const more = idle - Math.min(reasons.length, NAMED);
  return [
    ...wrap(`VEX ${place}: ${what}; excepts ${counted(excepted, 'finding')}${nothing}`, width, '  '),
    ...reasons.slice(0, NAMED).flatMap((reason) => wrap(visible(reason), width, '    ')),
    ...(more > 0 && idle > 0 ? [`    and ${grouped(more)} more`] : []),
  ];
}
