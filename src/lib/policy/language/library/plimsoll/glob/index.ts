import type { Library } from '../../../library.ts';
import { BOOL, STRING } from '../../../type.ts';
import { readText } from '../../charges.ts';
import { fn, memberCall, toText } from '../../declare.ts';
import { matchesWhole } from '../../regex-door.ts';

const WILDCARDS: ReadonlyMap<string, string> = new Map([
  ['**', '.*'],
  ['*', '[^/]*'],
  ['?', '[^/]'],
]);

export const glob: Library = {
  name: 'plimsoll.glob',
  description: 'Patterns of file names, for any text.',
  functions: [
    fn(
      'glob',
      'Whether the whole text is of the pattern: `*` is any characters but a slash, `**` any at all, `?` one that is no slash.',
      memberCall('string_glob', [STRING, STRING], BOOL, ([text, pattern], meter) => {
        const expression = toExpression(readText(pattern, meter));
        return matchesWhole(toText(text), `(?s:${expression})`, meter);
      }),
    ),
  ],
};

/** Of the other characters, those that mean something to RE2 are escaped. */
function toExpression(pattern: string): string {
  return pattern.replace(/\*\*?|\?|[\\.+^$|()[\]{}]/g, (found) => WILDCARDS.get(found) ?? `\\${found}`);
}
