import { LIMITS } from '#base/limits.ts';
import { openYaml, placeText } from '#base/yaml.ts';
import { PolicyError } from '../error.ts';
import { type PolicyTestEntry, policyTestDocument } from './schema.ts';

/** A file of cases, and in which line each of them begins. */
export interface ParsedPolicyTest {
  readonly document: PolicyTestEntry;
  readonly lineOf: (index: number) => number;
}

/** Throws `POLICY_DOCUMENT_INVALID` naming file, line and what was expected, `LIMIT_EXCEEDED` for a file that is too large. */
export function parsePolicyTest(text: string, file: string): ParsedPolicyTest {
  const yaml = openYaml(text, file, {
    limit: LIMITS.policyFileBytes,
    invalid: (object, expected, found) =>
      new PolicyError('POLICY_DOCUMENT_INVALID', 'not a file of policy tests', { object, expected, found }),
  });
  const document = yaml.check(policyTestDocument);
  const positions = yaml.positions();
  return { document, lineOf: (index) => positions.get(placeText(['cases', index]))?.line ?? 1 };
}
