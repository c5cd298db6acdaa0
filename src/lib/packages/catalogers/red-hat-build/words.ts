/** One word of a Dockerfile instruction, without its quotes and with the values of variables. */
export interface Word {
  /** Null when it holds a variable that the file does not set, or is too long. */
  readonly text: string | null;
  /** Where the first `=` that is not quoted is in it; -1 without one, or when the text is null. */
  readonly equals: number;
  /** Behind its last character. */
  readonly end: number;
}

/** Longer ones hold no label that is read; variables that name each other would double without end. */
const WORD_CHARS = 4096;

/** The word from `at` on: up to a blank, or with `whole` to the end of the text. */
export function readWord(text: string, at: number, variables: ReadonlyMap<string, string>, whole = false): Word {
  let word = '';
  let equals = -1;
  let isKnown = true;
  let quote = '';
  let index = at;
  for (; index < text.length; index += 1) {
    const char = text.charAt(index);
    const next = text.charAt(index + 1);
    if (char === '\\' && quote !== "'" && next !== '' && (quote === '' || '"\\$'.includes(next))) {
      word += next;
      index += 1;
    } else if (char === '$' && quote !== "'") {
      const variable = readVariable(text, index + 1, variables);
      isKnown &&= variable.value !== null;
      word += variable.value ?? '';
      index = variable.end - 1;
    } else if (char === quote) {
      quote = '';
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
    } else if (quote === '' && !whole && isBlank(char)) {
      break;
    } else {
      equals = equals === -1 && quote === '' && char === '=' ? word.length : equals;
      word += char;
    }
    if (word.length > WORD_CHARS) {
      isKnown = false;
      word = '';
    }
  }
  return isKnown ? { text: word, equals, end: index } : { text: null, equals: -1, end: index };
}

export function isBlank(char: string): boolean {
  return char === ' ' || char === '\t';
}

/** The value of `$name` or `${name}`, and where it ends; null for one that is not set here, since an image below may set it, and for any other form. */
function readVariable(
  text: string,
  at: number,
  variables: ReadonlyMap<string, string>,
): { readonly value: string | null; readonly end: number } {
  if (text.charAt(at) !== '{') {
    const end = endOfName(text, at);
    return { value: end === at ? '$' : (variables.get(text.slice(at, end)) ?? null), end };
  }
  const nameEnd = endOfName(text, at + 1);
  const value = variables.get(text.slice(at + 1, nameEnd)) ?? null;
  const close = text.indexOf('}', nameEnd);
  const end = close === -1 ? text.length : close + 1;
  const operator = text.slice(nameEnd, close === -1 ? text.length : close);
  return { value: operator === '' && close !== -1 ? value : null, end };
}

function endOfName(text: string, at: number): number {
  let end = at;
  while (end < text.length && /^[A-Za-z0-9_]$/.test(text.charAt(end))) {
    end += 1;
  }
  return end;
}
