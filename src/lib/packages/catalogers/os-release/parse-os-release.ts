import { decodeText, linesOf } from '../../text.ts';

/** The assignments of os-release(5), unquoted as a shell would: the last one of a name counts. */
export function parseOsRelease(bytes: Uint8Array): ReadonlyMap<string, string> {
  return parseAssignments(decodeText(bytes));
}

export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const line of linesOf(text)) {
    const assignment = line.trim();
    const equals = assignment.indexOf('=');
    if (!assignment.startsWith('#') && equals > 0) {
      variables.set(assignment.slice(0, equals), unquote(assignment.slice(equals + 1)));
    }
  }
  return variables;
}

/** The characters that a backslash escapes inside double quotes (POSIX shell, 2.2.3); before others it stands for itself. */
const ESCAPABLE = '"\\$`';

/** The first word of a shell text without its quotes. A quote that is not closed reaches to the end. */
function unquote(text: string): string {
  let value = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === '\\' && next !== '' && (quote === '' || (quote === '"' && ESCAPABLE.includes(next)))) {
      value += next;
      at += 1;
    } else if (char === quote) {
      quote = '';
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
    } else if (quote === '' && (char === ' ' || char === '\t')) {
      break;
    } else {
      value += char;
    }
  }
  return value;
}
