import { LIMITS, limitExceeded } from '#base/limits.ts';
import { partsOf } from '../../capability-names.ts';

/**
 * The licences of `LICENSE`, all of which hold (Package Manager Specification, 7.2): each by itself, and a choice or another
 * group, `|| ( MIT BSD )`, as one text as it is written. What is never closed is one text up to the end. Throws
 * `LIMIT_EXCEEDED`.
 */
export function parseLicense(text: string, object: string): readonly string[] {
  const licenses = new Set<string>();
  let group: string[] = [];
  let depth = 0;
  for (const part of partsOf(text, ' \t\r\n')) {
    group.push(part);
    depth += Number(part === '(') - Number(part === ')');
    if (depth <= 0 && !opensGroup(part)) {
      licenses.add(group.join(' '));
      group = [];
      depth = 0;
    }
    if (licenses.size + group.length > LIMITS.capabilitiesPerFile) {
      throw limitExceeded(object, LIMITS.capabilitiesPerFile, 'licences of a package');
    }
  }
  if (group.length > 0) {
    licenses.add(group.join(' '));
  }
  return [...licenses];
}

/** `||`, or a flag that a group depends on, `doc?`: a parenthesis follows. */
function opensGroup(part: string): boolean {
  return part === '||' || part.endsWith('?');
}
