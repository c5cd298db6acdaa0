import type { ExplainedException, ExplainedExpression, Replay, RuleExplanation } from '#assess/index.ts';
import { canonicalDigest } from '#base/json/canonical.ts';
import { printJson } from '#base/json/print.ts';
import type { SeenValue } from '#model/verdict.ts';
import type { Style } from './style.ts';
import { fit, visible, wrap } from './text.ts';

interface RecordScreen {
  readonly json: boolean;
  readonly style: Style;
}

/** Whether a record could be computed again, and where what came out differs. */
export function renderReplay({ same, verdict, differences }: Replay, { json, style }: RecordScreen): string {
  if (json) {
    return printJson({ same, record: canonicalDigest(verdict), differences, verdict });
  }
  const { decision, context, engine } = verdict;
  const what = `${decision} in ${visible(context.environment)} at ${context.time}, by engine ${engine.version}`;
  return [
    same ? style.good(`IDENTICAL: ${what}`) : style.alarm(`NOT IDENTICAL: now ${what}`),
    ...differences.flatMap(({ member, recorded, now }) => [
      `  ${visible(member)}`,
      `    recorded ${recorded === '' ? 'nothing' : visible(recorded)}`,
      `    now      ${now === '' ? 'nothing' : visible(now)}`,
    ]),
    '',
  ].join('\n');
}

interface ExplanationScreen extends RecordScreen {
  readonly width: number;
}

/** One rule, walked through. */
export function renderRuleExplanation(explanation: RuleExplanation, screen: ExplanationScreen): string {
  if (screen.json) {
    return printJson(explanation);
  }
  const { result, ownAction, skipped, conditions, parameters, variables, expression, exceptions, turnsAt } =
    explanation;
  const { style, width } = screen;
  const outcome = `${result.outcome.toUpperCase()}${result.effect === 'none' ? '' : `, ${EFFECTS[result.effect]}`}`;
  const action = result.action === ownAction ? result.action : `${result.action} (its policy says ${ownAction})`;
  const tone = result.outcome === 'passed' || result.outcome === 'skipped' ? 'good' : 'alarm';
  return [
    `${style.strong(visible(result.rule))}  ${visible(result.title)}`,
    ...(explanation.description === ''
      ? []
      : wrap(visible(explanation.description), width, '  ').map((line) => style.faint(line))),
    `  action   ${action}`,
    `  outcome  ${style[tone](outcome)}`,
    ...(skipped === '' ? [] : wrap(visible(skipped), width, '  skipped  ')),
    ...(result.message === '' ? [] : wrap(visible(result.message), width, '  message  ')),
    ...(result.remediation === '' ? [] : wrap(visible(result.remediation), width, '  to do    ')),
    ...(result.graceUntil === null ? [] : [`  grace    until ${result.graceUntil}`]),
    ...(turnsAt === null ? [] : [`  holds    until ${turnsAt}`]),
    ...section(
      'PARAMETERS',
      parameters.flatMap(({ name, value }) => wrap(`${visible(name)} = ${visible(value)}`, width, '  ')),
      style,
    ),
    ...section(
      'CONDITIONS',
      conditions.flatMap((one) => expressionLines(one, screen)),
      style,
    ),
    ...section(
      'VARIABLES',
      variables.flatMap((one) => expressionLines(one, screen)),
      style,
    ),
    ...section('RULE', expressionLines(expression, screen), style),
    ...section(
      'EXCEPTIONS',
      exceptions.flatMap((one) => exceptionLines(one, width)),
      style,
    ),
    '',
  ].join('\n');
}

const EFFECTS = { deny: 'the image is refused', warn: 'a warning', audit: 'only noted' } as const;

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ['', style.strong(title), ...lines];
}

function expressionLines(
  { name, expression, value, saw }: ExplainedExpression,
  screen: ExplanationScreen,
): readonly string[] {
  const { width } = screen;
  const text = name === '' ? visible(expression.text) : `${visible(name)}: ${visible(expression.text)}`;
  return [
    ...wrap(text, width, '  '),
    ...saw.flatMap((seen) => seenLines(seen, width)),
    ...(value === '' ? [] : wrap(visible(value), width, '    = ')),
  ];
}

function seenLines({ expression, value }: SeenValue, width: number): readonly string[] {
  const room = Math.max(20, width - 6);
  return wrap(`${fit(visible(expression), room)} is ${visible(value)}`, width, '      ');
}

function exceptionLines(
  { name, state, expires, findings, packages }: ExplainedException,
  width: number,
): readonly string[] {
  const out = [...findings, ...packages].map(visible).join(', ');
  return wrap(`${visible(name)}: ${state}, until ${expires}${out === '' ? '' : `; takes out ${out}`}`, width, '  ');
}
