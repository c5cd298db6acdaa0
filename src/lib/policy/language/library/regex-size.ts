/**
 * How many instructions an RE2 expression comes to at most, about: its characters, those inside a counted repetition as often as it says.
 * Never less than half of what the compiler makes; nothing is wrong with an expression that is no expression.
 */
export function programSizeOf(pattern: string): number {
  /** Sizes of the groups that are open; the last is where we are. */
  const open: number[] = [0];
  /** The size of what a repetition would repeat. */
  let last = 0;
  let at = 0;
  const add = (size: number): void => {
    last = size;
    open.push((open.pop() ?? 0) + size);
  };
  while (at < pattern.length) {
    const char = pattern[at];
    if (char === '(') {
      open.push(1);
      at += 1;
    } else if (char === ')') {
      const group = open.length > 1 ? (open.pop() ?? 0) : 0;
      add(group + 1);
      at += 1;
    } else if (char === '{') {
      const times = /^\{([0-9]+)(?:,([0-9]*))?\}/.exec(pattern.slice(at, at + 24));
      if (times === null) {
        add(1);
      } else {
        const count = Math.max(Number(times[1]), Number(times[2] ?? 0)) + 1;
        const before = last;
        add(before * count);
        last = before * (count + 1);
      }
      at += times?.[0].length ?? 1;
    } else {
      const next = endOfAtom(pattern, at);
      add(1);
      at = next;
    }
  }
  return open.reduce((sum, size) => sum + size, 1);
}

/** Of a character, an escape or a class in brackets. */
function endOfAtom(pattern: string, at: number): number {
  if (pattern[at] === '\\') {
    return endOfEscape(pattern, at);
  }
  return pattern[at] === '[' ? endOfClass(pattern, at) : at + 1;
}

/** `\d`, and with braces `\x{10FFFF}`, `\p{Greek}`. */
function endOfEscape(pattern: string, at: number): number {
  const braced = /^\\[xpP]\{[^}]*\}/.exec(pattern.slice(at, at + 64));
  return at + (braced?.[0].length ?? 2);
}

/** A `]` right after the bracket is a member of the class. */
function endOfClass(pattern: string, start: number): number {
  let at = start + (pattern[start + 1] === '^' ? 2 : 1);
  if (pattern[at] === ']') {
    at += 1;
  }
  while (at < pattern.length && pattern[at] !== ']') {
    const named = pattern.startsWith('[:', at) ? pattern.indexOf(':]', at + 2) : -1;
    if (named !== -1) {
      at = named + 2;
    } else {
      at = pattern[at] === '\\' ? endOfEscape(pattern, at) : at + 1;
    }
  }
  return at + 1;
}
