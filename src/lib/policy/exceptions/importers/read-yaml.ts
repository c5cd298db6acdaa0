import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { type OpenYaml, openYaml } from '#base/yaml.ts';
import { PolicyError } from '../../error.ts';
import type { IgnoreFile } from './importer.ts';

/** A file in YAML that another tool reads. Throws `POLICY_IMPORT_INVALID` and `LIMIT_EXCEEDED`. */
export function readYaml({ text, file }: IgnoreFile): OpenYaml {
  return openYaml(text, file, { limit: LIMITS.policyFileBytes, invalid });
}

export function invalid(object: string, expected: string, found: string): PolicyError {
  return new PolicyError('POLICY_IMPORT_INVALID', 'cannot be imported', { object, expected, found });
}

/** What a rule says besides what is known here, in words; null for nothing. It may be a condition. */
export function unknownMember(rule: object, known: readonly string[]): string | null {
  const name = Object.keys(rule).find((member) => !known.includes(member));
  return name === undefined ? null : `${quote(name, 60)} is not known here, and may narrow the rule`;
}
