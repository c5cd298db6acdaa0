import { toMilliseconds } from '#base/duration.ts';
import type { Parameter, ParameterValue } from '#model/policy.ts';
import { SEVERITY, severityValue } from '../language/library/plimsoll/severity/value.ts';
import { BOOL, type CelType, DOUBLE, DURATION, INT, listOf, STRING } from '../language/type.ts';
import { CelDuration, type CelValue } from '../language/value.ts';

const TYPES: Readonly<Record<Parameter['type'], CelType>> = {
  bool: BOOL,
  int: INT,
  double: DOUBLE,
  string: STRING,
  duration: DURATION,
  severity: SEVERITY,
  list: listOf(STRING),
};

/** How expressions see a parameter. */
export function parameterCelType({ type }: Parameter): CelType {
  return TYPES[type];
}

/** A value as expressions see it; one that `parameterFault` has nothing against. */
export function parameterCelValue({ type }: Parameter, value: ParameterValue): CelValue {
  switch (type) {
    case 'int':
      return BigInt(Number(value));
    case 'duration':
      return new CelDuration(BigInt(toMilliseconds(String(value))) * 1_000_000n);
    case 'severity':
      return severityValue(String(value)) ?? null;
    default:
      return value;
  }
}
