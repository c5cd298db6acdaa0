import type { Environment, Parameter, Policy, PolicySet, Validation } from '#model/policy.ts';
import { page, table } from './source.ts';

/** The page of policies and environments that ship, from the documents themselves. */
export function policiesPage({ policies, environments }: PolicySet): string {
  return page(
    'Policies that ship',
    '`src/lib/policy/shipped/`',
    'An environment selects them by name and sets their parameters: the [guide](../guides/policy.md) says how. The cases beside each are run by ' +
      '`plimsoll policy test`, and each keeps and breaks its rules with real images in `test/e2e/policies.test.ts`.',
    '## Environments',
    'What is active where nobody says otherwise. Those that need names, such as who signs, are for environments of your own.',
    ...environments.map(environmentPart),
    '## Policies',
    ...policies.map(policyPart),
  );
}

function environmentPart(environment: Environment): string {
  const { name, description, policies, unmatched, severity, maximumAgeMs, graceMs, alerts, tolerated } = environment;
  const line = [
    `severity ${severity}`,
    `images ${maximumAgeMs === null ? 'of any age' : `at most ${days(maximumAgeMs)} old`}`,
    `grace ${graceMs === 0 ? 'none' : days(graceMs)}`,
    `alerts ${alerts}`,
    `what no policy speaks of: ${unmatched}`,
    ...(tolerated.length === 0 ? [] : [`tolerated: ${tolerated.map(({ kind }) => kind).join(', ')}`]),
  ];
  const rows = policies.map(({ policy, action, parameters, without }) => [
    `[${policy}](#${policy})`,
    action ?? '',
    [
      ...Object.entries(parameters).map(([key, value]) => `\`${key}: ${JSON.stringify(value)}\``),
      ...(without.length === 0 ? [] : [`without ${without.join(', ')}`]),
    ].join(', '),
  ]);
  return [
    `### ${name}`,
    description,
    line.map((part) => `* ${part}`).join('\n'),
    table(['policy', 'action', 'set'], rows),
  ].join('\n\n');
}

function policyPart({ name, title, description, parameters, validations }: Policy): string {
  const rows = Object.entries(parameters).map(parameterRow);
  return [
    `### ${name}`,
    `**${title}.** ${description}`,
    table(['rule', 'action', 'broken where', 'what to do'], validations.map(ruleRow)),
    ...(rows.length === 0 ? [] : [table(['parameter', 'type', 'default', 'what'], rows)]),
  ].join('\n\n');
}

function ruleRow({ name, action, message, remediation }: Validation): readonly string[] {
  return [`\`${name}\``, action, message, remediation];
}

function parameterRow([name, { type, default: value, description }]: readonly [string, Parameter]): readonly string[] {
  const shown =
    value === undefined ? 'has to be set' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
  return [`\`${name}\``, type, shown, description];
}

function days(milliseconds: number): string {
  return `${milliseconds / 86_400_000} days`;
}
