import { quote } from '#base/error.ts';
import { SEVERITIES } from '#model/advisory.ts';
import { CelError } from '../../../error.ts';
import type { FunctionDeclaration, Library } from '../../../library.ts';
import { BOOL, STRING } from '../../../type.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall, toOpaque } from '../../declare.ts';
import { SEVERITY, SeverityValue, severityValue } from './value.ts';

export const severity: Library = {
  name: 'plimsoll.severity',
  description:
    'How bad a finding is: `none` < `low` < `medium` < `high` < `critical` < `unknown`. What nobody has rated comes above all, since it ' +
    'cannot be shown to be below a line: `finding.severity >= severity.high` holds for it.',
  constants: SEVERITIES.flatMap((name) => {
    const value = severityValue(name);
    return value === undefined ? [] : [{ name: `severity.${name}`, type: SEVERITY, value }];
  }),
  functions: [
    fn(
      'severity',
      'The severity of that name; an error where there is none.',
      globalCall('string_to_severity', [STRING], SEVERITY, ([name], meter) => {
        const text = readText(name, meter);
        const value = severityValue(text);
        if (value === undefined) {
          throw new CelError(`no severity: ${quote(text, 40)}; expected one of ${SEVERITIES.join(', ')}`);
        }
        return value;
      }),
    ),
    relation('_<_', 'less', 'Whether it is less bad than the other.', (order) => order < 0),
    relation('_<=_', 'less_equals', 'Whether it is no worse than the other.', (order) => order <= 0),
    relation('_>_', 'greater', 'Whether it is worse than the other.', (order) => order > 0),
    relation('_>=_', 'greater_equals', 'Whether it is as bad as the other, or worse.', (order) => order >= 0),
    fn(
      'string',
      'Its name.',
      globalCall('severity_to_string', [SEVERITY], STRING, ([value]) => toOpaque(value, SeverityValue).severity),
    ),
  ],
};

function relation(
  name: string,
  id: string,
  description: string,
  holds: (order: number) => boolean,
): FunctionDeclaration {
  return fn(
    name,
    description,
    globalCall(`${id}_severity`, [SEVERITY, SEVERITY], BOOL, ([one, other]) =>
      holds(toOpaque(one, SeverityValue).compareTo(toOpaque(other, SeverityValue))),
    ),
  );
}
