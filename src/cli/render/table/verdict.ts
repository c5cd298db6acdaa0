import { canonicalDigest } from '#base/json/canonical.ts';
import type { Report } from '#model/report.ts';
import type { RuleResult, UsedException, Verdict } from '#model/verdict.ts';
import { counted, grouped, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

const WORDS = {
  admit: { word: 'ADMITTED', tone: 'good' },
  warn: { word: 'ADMITTED WITH A WARNING', tone: 'alarm' },
  refuse: { word: 'REFUSED', tone: 'alarm' },
} as const satisfies Readonly<Record<Verdict['decision'], { readonly word: string; readonly tone: 'good' | 'alarm' }>>;

/** Rules of one effect that are shown; the rest is counted, and in the other formats. */
const SHOWN = 50;

/** What policy says: the decision, each broken rule with what to do about it, exceptions, and until when it holds. */
export function verdictLines({ verdict }: Report, screen: Screen): readonly string[] {
  if (verdict === undefined) {
    return [];
  }
  const { decision, because, context, score, rules, validUntil } = verdict;
  const { style, width } = screen;
  const { word, tone } = WORDS[decision];
  const only = because === 'unknowns' ? ': something is not known' : '';
  const heading = `${word} in ${visible(context.environment)} (${context.stage})${only}. Score ${score.value} of 100.`;
  const broken = (effect: RuleResult['effect']): readonly RuleResult[] =>
    rules.filter((rule) => rule.effect === effect);
  return [
    ...wrap(heading, width).map((line) => style[tone](line)),
    ...reasonLines(verdict, screen),
    ...ruleLines(broken('deny'), 'refused', screen),
    ...ruleLines(broken('warn'), 'warning', screen),
    ...ruleLines(broken('audit'), 'noted', screen),
    ...ruleLines(
      rules.filter(({ outcome }) => outcome === 'excepted'),
      'excepted',
      screen,
    ),
    ...verdict.exceptions.flatMap((exception) => exceptionLines(exception, screen)),
    ...verdict.idleExceptions.flatMap(({ name, why, expires }) =>
      wrap(`exception ${visible(name)} makes no difference: ${idleText(why, expires)}`, width, '  '),
    ),
    ...wrap(validUntil === null ? 'Holds as long as nothing else changes.' : `Holds until ${validUntil}.`, width, '  '),
    ...wrap(`Record ${canonicalDigest(verdict)}`, width, '  ').map((line) => style.faint(line)),
  ];
}

/** What no rule says: unknowns, and that no policy speaks of the image. */
function reasonLines({ because, reasons, unknowns }: Verdict, { style, width }: Screen): readonly string[] {
  const lines =
    because === 'unmatched' ? reasons.flatMap((reason) => wrap(visible(reason), width, `${style.alarm('✗')} `)) : [];
  if (unknowns.refused > 0) {
    const what = `${counted(unknowns.refused, 'thing')} that ${unknowns.refused === 1 ? 'is' : 'are'} not known and could hide a finding`;
    lines.push(
      ...wrap(what, width, '? '),
      ...unknowns.reasons.flatMap((reason) => wrap(visible(reason), width, '    ')),
    );
  }
  if (unknowns.allowed !== null) {
    lines.push(...wrap(`Unknowns allowed: ${visible(unknowns.allowed)}`, width, '  '));
  }
  return lines;
}

const MARKS = { refused: '✗', warning: '!', noted: '·', excepted: '~' } as const;

function ruleLines(rules: readonly RuleResult[], as: keyof typeof MARKS, { style, width }: Screen): readonly string[] {
  const loud = as === 'refused' || as === 'warning';
  const mark = loud ? style.alarm(MARKS[as]) : style.faint(MARKS[as]);
  return [
    ...rules.slice(0, SHOWN).flatMap((rule) => {
      const error = rule.outcome === 'error' ? ' could not be evaluated' : '';
      const grace = rule.graceUntil === null ? '' : `, refused from ${rule.graceUntil} on`;
      const by = rule.exceptions.length === 0 ? '' : ` (exception ${rule.exceptions.map(visible).join(', ')})`;
      const [first = '', ...more] = wrap(
        `${visible(rule.rule)}${error}: ${visible(rule.message)}${grace}${by}`,
        width - 2,
      );
      return [
        `${mark} ${first}`,
        ...more.map((line) => `  ${line}`),
        ...(rule.remediation === '' || as === 'excepted'
          ? []
          : wrap(visible(rule.remediation), width, '    ').map((line) => style.faint(line))),
      ];
    }),
    ...(rules.length > SHOWN ? [`  and ${grouped(rules.length - SHOWN)} more; -o json has them all`] : []),
  ];
}

function exceptionLines(
  { name, expires, approver, ticket, findings }: UsedException,
  screen: Screen,
): readonly string[] {
  const out = findings.length === 0 ? '' : `; takes out ${findings.slice(0, 10).map(visible).join(', ')}`;
  const more = findings.length > 10 ? ` and ${grouped(findings.length - 10)} more` : '';
  const text = `exception ${visible(name)} until ${expires}, approved by ${visible(approver)} (${visible(ticket)})${out}${more}`;
  return wrap(text, screen.width, '  ');
}

function idleText(why: Verdict['idleExceptions'][number]['why'], expires: string): string {
  switch (why) {
    case 'expired':
      return `it expired at ${expires}`;
    case 'too-long':
      return `it lasts longer than the environment allows, until ${expires}`;
    case 'not-yet':
      return 'it has not begun';
    case 'unused':
      return 'nothing that it is for is there';
  }
}
