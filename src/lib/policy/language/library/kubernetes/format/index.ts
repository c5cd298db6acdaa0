import type { Library } from '../../../library.ts';
import { listOf, opaqueOf, optionalOf, STRING } from '../../../type.ts';
import { type CelOpaque, CelOptional, type CelValue } from '../../../value.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toOpaque } from '../../declare.ts';
import { FORMATS } from './formats.ts';

const FORMAT = opaqueOf('kubernetes.NamedFormat');

class NamedFormat implements CelOpaque {
  readonly kind = 'opaque';
  readonly type = FORMAT;
  readonly name: string;
  readonly check: (text: string) => string | null;

  constructor(name: string, check: (text: string) => string | null) {
    this.name = name;
    this.check = check;
  }

  equals(other: CelValue): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }

  show(): string {
    return `format ${this.name}`;
  }
}

const NAMED: ReadonlyMap<string, NamedFormat> = new Map(
  Array.from(FORMATS, ([name, check]) => [name, new NamedFormat(name, check)]),
);

export const format: Library = {
  name: 'kubernetes.format',
  description: 'Named formats of texts.',
  functions: [
    fn(
      'format.named',
      `The format of that name, if there is one: ${Array.from(NAMED.keys(), (name) => `\`${name}\``).join(', ')}.`,
      globalCall('format-named', [STRING], optionalOf(FORMAT), ([name], meter) => {
        const named = NAMED.get(readText(name, meter));
        return named === undefined ? CelOptional.none : new CelOptional(named);
      }),
    ),
    ...Array.from(NAMED, ([name, named]) =>
      fn(
        `format.${name}`,
        'The format.',
        globalCall(`format.${name}`, [], FORMAT, () => named),
      ),
    ),
    fn(
      'validate',
      'What is wrong with a text, each as a text of its own; no value where nothing is.',
      memberCall('format-validate', [FORMAT, STRING], optionalOf(listOf(STRING)), ([named, value], meter) => {
        const problem = toOpaque(named, NamedFormat).check(readText(value, meter));
        return problem === null ? CelOptional.none : new CelOptional([problem]);
      }),
    ),
  ],
};
