import { beforeAny, partsOf } from '../capability-names.ts';

/**
 * The names in the lines of a relationship field, `a (>= 1) | b:any, c [amd64]`: alternatives all, without versions and
 * architectures (Debian policy 7.1).
 */
export function* parseRelation(lines: readonly string[]): Generator<string, void> {
  for (const line of lines) {
    for (const part of partsOf(line, ',|')) {
      yield beforeAny(part.trimStart(), ' \t(:[<');
    }
  }
}
