/** JSON with comments and commas behind the last element as JSON: both become nothing. Broken text stays broken. */
export function toJson(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      at = endOfString(text, at);
    } else if (char === '/' || char === ',') {
      const end = char === ',' ? at + 1 : endOfComment(text, at);
      if (char === ',' ? isLast(text, end) : end > at) {
        parts.push(text.slice(kept, at), ' ');
        kept = end;
      }
      at = Math.max(end, at + 1);
    } else {
      at += 1;
    }
  }
  parts.push(text.slice(kept));
  return parts.join('');
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') {
    at += text.charAt(at) === '\\' ? 2 : 1;
  }
  return at + 1;
}

/** `start` itself where no comment starts. */
function endOfComment(text: string, start: number): number {
  const next = text.charAt(start + 1);
  if (next !== '/' && next !== '*') {
    return start;
  }
  const end = next === '/' ? text.indexOf('\n', start) : text.indexOf('*/', start + 2) + 2;
  return end < start + 2 ? text.length : end;
}

/** Whether a bracket closes next. A comment that is behind the comma is looked through once: what is then found is not a comma. */
function isLast(text: string, start: number): boolean {
  let at = start;
  for (;;) {
    const char = text.charAt(at);
    if (char === '/') {
      const end = endOfComment(text, at);
      if (end === at) {
        return false;
      }
      at = end;
    } else if (char === ' ' || char === '\n' || char === '\r' || char === '\t') {
      at += 1;
    } else {
      return char === '}' || char === ']';
    }
  }
}
