import { digestOf, hexOf } from '#base/digest.ts';
import type { Report } from '#model/report.ts';
import type { RuleResult } from '#model/verdict.ts';
import { physicalLocation } from './locations.ts';
import { messageText } from './message.ts';
import type { Rule } from './rule.ts';

type Result = Readonly<Record<string, unknown>>;

/** Rules of policies that were broken: `policy/` and the name. Those that an exception lets are there, suppressed. */
export function policyResults(report: Report, rules: readonly Rule[]): readonly Result[] {
  return broken(report.verdict?.rules ?? []).map((rule) => ({
    ruleId: ruleIdOf(rule),
    ruleIndex: rules.findIndex(({ id }) => id === ruleIdOf(rule)),
    level: levelOf(rule),
    message: { text: textOf(rule) },
    locations: [{ physicalLocation: physicalLocation(null) }],
    partialFingerprints: { primaryLocationLineHash: `${hexOf(digestOf(ruleIdOf(rule))).slice(0, 16)}:1` },
    properties: { outcome: rule.outcome, effect: rule.effect, saw: rule.saw, graceUntil: rule.graceUntil },
    ...(tellsSuppressions(report) ? { suppressions: rule.outcome === 'excepted' ? suppressed(rule) : [] } : {}),
  }));
}

/** Where one result says whether it is suppressed, all do (SARIF 2.1.0, 3.27.23). */
export function tellsSuppressions({ exceptions, vex, verdict }: Report): boolean {
  const excepted = verdict?.rules.some(({ outcome }) => outcome === 'excepted') === true;
  return exceptions !== undefined || vex !== undefined || excepted;
}

export function policyRules({ verdict }: Report): readonly Rule[] {
  return broken(verdict?.rules ?? []).map((rule) => {
    const title = messageText(rule.title);
    return {
      id: ruleIdOf(rule),
      name: 'PolicyRule',
      shortDescription: { text: title },
      fullDescription: { text: title },
      help: { text: rule.remediation === '' ? title : `${title}. ${messageText(rule.remediation)}` },
      defaultConfiguration: { level: levelOf(rule) },
      properties: { precision: 'very-high', tags: ['security', 'policy'] },
    };
  });
}

/** What of the verdict stands beside the results of a run. */
export function policyProperties({ verdict }: Report): Readonly<Record<string, unknown>> {
  if (verdict === undefined) {
    return {};
  }
  const { decision, because, reasons, context, score, validUntil } = verdict;
  const { environment, stage } = context;
  return { verdict: { decision, because, reasons, environment, stage, score: score.value, validUntil } };
}

function broken(rules: readonly RuleResult[]): readonly RuleResult[] {
  return rules.filter(({ outcome }) => outcome === 'failed' || outcome === 'error' || outcome === 'excepted');
}

function ruleIdOf({ rule }: RuleResult): string {
  return `policy/${rule}`;
}

function levelOf({ effect, action }: RuleResult): Rule['defaultConfiguration']['level'] {
  const worst = effect === 'none' ? action : effect;
  return worst === 'deny' ? 'error' : worst === 'warn' ? 'warning' : 'note';
}

function textOf({ outcome, message, title, remediation, graceUntil }: RuleResult): string {
  const said = messageText(message === '' ? title : message);
  const error = outcome === 'error' ? 'Could not be evaluated: ' : '';
  const grace = graceUntil === null ? '' : ` Refused from ${graceUntil} on.`;
  return `${error}${said}.${grace}${remediation === '' ? '' : ` ${messageText(remediation)}`}`;
}

function suppressed({ exceptions }: RuleResult): readonly object[] {
  return exceptions.map((name) => ({
    kind: 'external',
    status: 'accepted',
    justification: `exception ${messageText(name)}`,
  }));
}
