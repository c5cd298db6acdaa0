import { compareText } from '#base/compare.ts';
import { quote } from '#base/error.ts';
import { nearest } from '#base/nearest.ts';
import type { Environment, PolicySelection } from '#model/policy.ts';
import { parameterFault } from '../documents/parameter.ts';
import type { CelValue } from '../language/value.ts';
import type { CompiledEnvironment, CompiledPolicy, DocumentIssue } from './compiled.ts';
import { memberIssue } from './issue.ts';
import { parameterCelValue } from './parameters.ts';
import type { PolicyPrograms } from './policy.ts';

type Path = readonly (string | number)[];
type Report = (path: Path, code: string, message: string) => void;

/** An environment with the policies that it selects as it sets them, and what is wrong with what it says of them. */
export function compileEnvironment(
  environment: Environment,
  policies: ReadonlyMap<string, PolicyPrograms>,
): { readonly compiled: CompiledEnvironment; readonly issues: readonly DocumentIssue[] } {
  const issues: DocumentIssue[] = [];
  const report: Report = (path, code, message) => {
    issues.push(memberIssue(environment, path, { severity: 'error', code, message }));
  };
  const selected = environment.policies.flatMap((selection, index) => {
    const programs = policies.get(selection.policy);
    if (programs === undefined) {
      const hint = hintOf(selection.policy, policies.keys());
      const message = `expected the name of a policy, found ${quote(selection.policy)}${hint}`;
      report(['policies', index, 'policy'], 'unknown-policy', message);
      return [];
    }
    return [select(programs, selection, (path, code, message) => report(['policies', index, ...path], code, message))];
  });
  const byName = selected.toSorted((a, b) => compareText(a.policy.name, b.policy.name));
  return { compiled: { environment, policies: byName }, issues };
}

function select(programs: PolicyPrograms, selection: PolicySelection, report: Report): CompiledPolicy {
  const { policy, conditions, variables, validations } = programs;
  const { action, without } = selection;
  assertKnown(programs, selection, report);
  return {
    policy,
    parameters: parametersOf(programs, selection, report),
    conditions,
    variables,
    validations: validations
      .filter(({ validation }) => !without.includes(validation.name))
      .map(({ validation, program, message, contextual }) => ({
        rule: `${policy.name}/${validation.name}`,
        validation,
        action: action ?? validation.action,
        program,
        message,
        contextual,
      })),
  };
}

function assertKnown({ policy }: PolicyPrograms, { parameters, without }: PolicySelection, report: Report): void {
  const unknown = (path: Path, name: string, known: readonly string[], what: string): void => {
    if (!known.includes(name)) {
      const message = `expected a ${what} of ${policy.name}, found ${quote(name)}${hintOf(name, known)}`;
      report(path, `unknown-${what}`, message);
    }
  };
  for (const name of Object.keys(parameters)) {
    unknown(['parameters', name], name, Object.keys(policy.parameters), 'parameter');
  }
  const rules = policy.validations.map(({ name }) => name);
  for (const [index, name] of without.entries()) {
    unknown(['without', index], name, rules, 'rule');
  }
}

function parametersOf(
  { policy }: PolicyPrograms,
  { parameters }: PolicySelection,
  report: Report,
): ReadonlyMap<string, CelValue> {
  const values = new Map<string, CelValue>();
  for (const [name, parameter] of Object.entries(policy.parameters)) {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : parameter.default;
    const fault = value === undefined ? null : parameterFault(parameter.type, value);
    if (value === undefined) {
      report([], 'missing-parameter', `expected a value for the parameter ${name} of ${policy.name}, found none`);
    } else if (fault !== null) {
      report(['parameters', name], 'parameter-type', `expected ${fault}, found ${quote(JSON.stringify(value))}`);
    } else {
      values.set(name, parameterCelValue(parameter, value));
    }
  }
  return values;
}

function hintOf(name: string, known: Iterable<string>): string {
  const meant = nearest(name, known);
  return meant === null ? '' : `; did you mean ${quote(meant)}?`;
}
