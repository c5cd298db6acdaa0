/** Null where nothing that is known decides it. */
export type Verdict = boolean | null;

/** A version of Python; one that is not whole is one that begins like this. */
interface PythonVersion {
  readonly parts: readonly number[];
  readonly isWhole: boolean;
}

/** Version specifiers of PyPA, as far as markers have them; null for other ones, and for what cannot be told. */
export function comparePython(version: PythonVersion, operator: string, text: string): Verdict {
  if (version.parts.length === 0 || !/^[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}(?:\.\*)?$/.test(text)) {
    return null;
  }
  const isPrefix = text.endsWith('.*');
  const parts = (isPrefix ? text.slice(0, -2) : text).split('.').map(Number);
  if (isPrefix) {
    const equal = startsWith(version, parts);
    return equal === null ? null : operator === '==' ? equal : operator === '!=' ? !equal : null;
  }
  const order = orderOf(version, parts);
  switch (operator) {
    case '<':
      return order === null ? null : order === 'before';
    case '>=':
      return order === null ? null : order !== 'before';
    case '<=':
      return order === null || order === 'same or after' ? null : order !== 'after';
    case '>':
      return order === null || order === 'same or after' ? null : order === 'after';
    case '==':
      return order === null || order === 'same or after' ? null : order === 'same';
    case '!=':
      return order === null || order === 'same or after' ? null : order !== 'same';
    case '~=':
      // Two parts at least, of which the last may grow.
      return parts.length < 2 ? null : compatible(order, startsWith(version, parts.slice(0, -1)));
    default:
      return null;
  }
}

type Order = 'before' | 'same' | 'after' | 'same or after';

function orderOf({ parts, isWhole }: PythonVersion, others: readonly number[]): Order | null {
  for (const [index, part] of parts.entries()) {
    const other = others[index] ?? 0;
    if (part !== other) {
      return part < other ? 'before' : 'after';
    }
  }
  const isMore = others.slice(parts.length).some((other) => other > 0);
  return isWhole ? (isMore ? 'before' : 'same') : isMore ? null : 'same or after';
}

function startsWith({ parts, isWhole }: PythonVersion, others: readonly number[]): Verdict {
  if (others.some((other, index) => index < parts.length && other !== parts[index])) {
    return false;
  }
  return others.length <= parts.length
    ? true
    : isWhole
      ? others.slice(parts.length).every((other) => other === 0)
      : null;
}

function compatible(order: Order | null, isOfSeries: Verdict): Verdict {
  if (order === 'before' || isOfSeries === false) {
    return false;
  }
  return order === null || isOfSeries === null ? null : true;
}
