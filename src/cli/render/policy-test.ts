import type { CaseResult, PolicyTestRun, RuleCoverage } from '#assess/index.ts';
import type { Style } from './style.ts';
import { counted, pad, visible } from './text.ts';

export interface TestScreen {
  readonly format: 'table' | 'json' | 'junit';
  readonly style: Style;
  /** Whether a rule that is not covered is an error. */
  readonly required: boolean;
}

/** Whether a case shows the rule to be kept, and one to be broken. */
export function isCovered({ passing, failing }: RuleCoverage): boolean {
  return passing > 0 && failing > 0;
}

/** What `policy test` found, in any of its formats. */
export function renderPolicyTest(run: PolicyTestRun, screen: TestScreen): string {
  switch (screen.format) {
    case 'json':
      return json(run);
    case 'junit':
      return junit(run, screen.required);
    case 'table':
      return table(run, screen);
  }
}

function json({ cases, coverage }: PolicyTestRun): string {
  const failed = cases.filter(isFailed).length;
  const rules = coverage.map((rule) => ({ ...rule, covered: isCovered(rule) }));
  const passed = cases.length - failed;
  return `${JSON.stringify({ schemaVersion: '1.0', passed, failed, cases, coverage: rules }, null, 2)}\n`;
}

/** Failed cases with what was expected and found, then rules, then counts. */
function table({ cases, coverage }: PolicyTestRun, { style, required }: TestScreen): string {
  const failed = cases.filter(isFailed);
  const bare = coverage.filter((rule) => !isCovered(rule));
  const width = Math.max(0, ...coverage.map(({ rule }) => rule.length));
  const rules = coverage.map((rule) => {
    const counts = `${rule.passing} kept, ${rule.failing} broken`;
    return `  ${pad(visible(rule.rule), width)}  ${isCovered(rule) ? style.faint(counts) : style.alarm(counts)}`;
  });
  const uncovered = required
    ? style.severity('critical', `${bare.length} of ${counted(coverage.length, 'rule')} not covered`)
    : `${bare.length} of ${counted(coverage.length, 'rule')} not covered`;
  const outcome = failed.length === 0 ? style.good('all pass') : style.severity('critical', `${failed.length} failed`);
  return [
    ...failed.flatMap((one) => failureLines(one, style)),
    ...(rules.length === 0 ? [] : [style.strong('RULES'), ...rules, '']),
    `${counted(cases.length, 'case')}: ${outcome}${bare.length === 0 ? '' : `; ${uncovered}`}`,
    '',
  ].join('\n');
}

function failureLines({ file, line, name, failures }: CaseResult, style: Style): readonly string[] {
  return [
    `${visible(file)}:${line}: ${style.severity('critical', 'failed')}: ${style.strong(visible(name))}`,
    ...failures.map((failure) => `  ${visible(failure)}`),
    '',
  ];
}

/** As CI systems read it: a suite for each file, and one for the rules where they have to be covered. */
function junit({ cases, coverage }: PolicyTestRun, required: boolean): string {
  const byFile = Map.groupBy(cases, ({ file }) => file);
  const suites = [...byFile].map(([file, own]) =>
    suite(
      file,
      own.map(({ name, failures }) => ({ name, failure: failures.join('; ') })),
    ),
  );
  const rules = coverage.map((rule) => ({
    name: rule.rule,
    failure: isCovered(rule) ? '' : `${rule.passing} cases keep it, ${rule.failing} break it`,
  }));
  const lines = [...suites.flat(), ...(required ? suite('rule coverage', rules) : [])];
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...lines, '</testsuites>', ''].join('\n');
}

interface JunitCase {
  readonly name: string;
  /** Empty for none. */
  readonly failure: string;
}

function suite(name: string, cases: readonly JunitCase[]): readonly string[] {
  const failed = cases.filter(({ failure }) => failure !== '').length;
  return [
    `  <testsuite name="${xml(name)}" tests="${cases.length}" failures="${failed}">`,
    ...cases.map(({ name: title, failure }) => {
      const open = `    <testcase classname="${xml(name)}" name="${xml(title)}"`;
      return failure === '' ? `${open}/>` : `${open}><failure message="${xml(failure)}"/></testcase>`;
    }),
    '  </testsuite>',
  ];
}

/** What XML may not hold at all is shown as on a screen. */
function xml(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function isFailed({ failures }: CaseResult): boolean {
  return failures.length > 0;
}
