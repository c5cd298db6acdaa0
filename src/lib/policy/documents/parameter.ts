import { isDuration } from '#base/duration.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { Parameter, ParameterValue } from '#model/policy.ts';

type ParameterType = Parameter['type'];

/** What each type takes, in words. */
const EXPECTED: Readonly<Record<ParameterType, string>> = {
  bool: 'true or false',
  int: 'a whole number',
  double: 'a number',
  string: 'a text',
  duration: 'a duration such as 30d, 12h or 90m',
  severity: `one of ${SEVERITIES.join(', ')}`,
  list: 'a list of texts',
};

/** What was expected of a value in place of this one; null for one that is of the type. */
export function parameterFault(type: ParameterType, value: ParameterValue): string | null {
  return isOfType(type, value) ? null : EXPECTED[type];
}

function isOfType(type: ParameterType, value: ParameterValue): boolean {
  switch (type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return Number.isFinite(value);
    case 'string':
      return typeof value === 'string';
    case 'duration':
      return typeof value === 'string' && isDuration(value);
    case 'severity':
      return SEVERITIES.some((severity) => severity === value);
    case 'list':
      return Array.isArray(value);
  }
}
