import { LIMITS } from '#base/limits.ts';
import { beforeAny, partsOf } from '../../capability-names.ts';
import { splitVersion } from './place.ts';

const OPERATORS = '<>=~';
const BLOCKER = '!';

/**
 * The packages in dependencies, `>=dev-libs/a-1.2:0/3=[b] || ( c/d ~e/f-1 ) !g/h`: alternatives all, without versions, slots
 * and flags (Package Manager Specification, 8.2 and 8.3). Blockers, brackets, conditions and what is
 * longer than any name name none.
 */
export function* parseDepend(text: string): Generator<string, void> {
  for (const part of partsOf(text, ' \t\n\r')) {
    if (!part.startsWith(BLOCKER) && part.length <= LIMITS.versionChars) {
      const operators = leading(part, OPERATORS);
      const atom = beforeAny(part.slice(operators), ':[');
      const slash = atom.indexOf('/');
      if (slash > 0 && slash < atom.length - 1) {
        yield operators === 0 ? atom : withoutVersion(atom);
      }
    }
  }
}

function withoutVersion(atom: string): string {
  return splitVersion(atom.endsWith('*') ? atom.slice(0, -1) : atom)[0];
}

function leading(text: string, characters: string): number {
  let count = 0;
  while (count < text.length && characters.includes(text.charAt(count))) {
    count += 1;
  }
  return count;
}
