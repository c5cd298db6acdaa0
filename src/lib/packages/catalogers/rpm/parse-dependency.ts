const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'with']);
/** What follows is a condition, or must not be there. */
const CONDITIONS: ReadonlySet<string> = new Set(['if', 'unless', 'without']);
const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '=', '>=', '>']);
const OPEN = '(';
/** Of real ones the longest have some hundred; a longer one is not taken apart. */
const MAX_CHARS = 4096;

/**
 * The names in a dependency: itself, or those of a boolean expression, `((foo >= 1 and bar) or baz)`, without versions and
 * conditions (rpm, `docs/manual/boolean_dependencies.md`). A name may have brackets of its own: `libc.so.6(GLIBC_2.4)(64bit)`.
 */
export function parseDependency(text: string): readonly string[] {
  if (!text.startsWith(OPEN) || text.length > MAX_CHARS) {
    return [text];
  }
  const names: string[] = [];
  let depth = 0;
  /** The depth at which a condition began, while one is open. */
  let condition: number | null = null;
  let isVersion = false;
  for (const word of text.split(' ')) {
    const start = leadingBrackets(word);
    const { name, closed } = withoutClosing(word.slice(start));
    depth += start;
    if (condition !== null && depth === condition && (OPERATORS.has(name) || name === 'else')) {
      condition = null;
    } else if (condition === null && CONDITIONS.has(name)) {
      condition = depth;
    } else if (COMPARISONS.has(name)) {
      isVersion = true;
    } else if (isVersion) {
      isVersion = false;
    } else if (condition === null && name !== '' && !OPERATORS.has(name) && name !== 'else') {
      names.push(name);
    }
    depth -= closed;
    if (condition !== null && depth < condition) {
      condition = null;
    }
  }
  return names;
}

function leadingBrackets(word: string): number {
  let count = 0;
  while (word[count] === OPEN) {
    count += 1;
  }
  return count;
}

/** Brackets at the end that nothing in the word opens close the expression. */
function withoutClosing(word: string): { readonly name: string; readonly closed: number } {
  let open = 0;
  let closed = 0;
  for (const char of word) {
    if (char === OPEN) {
      open += 1;
    } else if (char === ')') {
      closed += open === 0 ? 1 : 0;
      open = Math.max(open - 1, 0);
    }
  }
  return { name: word.slice(0, word.length - closed), closed };
}
