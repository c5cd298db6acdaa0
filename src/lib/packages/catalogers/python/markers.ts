import { comparePython, type Verdict } from './python-version.ts';
import type { Surroundings } from './surroundings.ts';

/** Longer or deeper ones are not looked into. */
const LENGTH = 4096;
const LEVELS = 32;

const OPERATORS = ['===', '==', '!=', '<=', '>=', '~=', '<', '>'] as const;
const ORDER: ReadonlySet<string> = new Set(OPERATORS);

interface Token {
  readonly kind: 'name' | 'text' | 'sign';
  readonly value: string;
}

/**
 * Whether the marker of a requirement held where the distribution is installed (PyPA, Dependency specifiers). An extra counts as not asked
 * for. Null where that cannot be told, and for what is no marker.
 */
export function markerHolds(marker: string, surroundings: Surroundings): Verdict {
  const tokens = marker.length > LENGTH ? null : tokensOf(marker);
  if (tokens === null) {
    return null;
  }
  const parser = new MarkerParser(tokens, surroundings);
  const verdict = parser.either(0);
  return parser.isSound ? verdict : null;
}

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const char = text.charAt(at);
    const sign = '()'.includes(char) ? char : OPERATORS.find((each) => text.startsWith(each, at));
    if (' \t\r\n'.includes(char)) {
      at += 1;
    } else if (sign !== undefined) {
      tokens.push({ kind: 'sign', value: sign });
      at += sign.length;
    } else if (char === '"' || char === "'") {
      const end = text.indexOf(char, at + 1);
      if (end === -1) {
        return null;
      }
      tokens.push({ kind: 'text', value: text.slice(at + 1, end) });
      at = end + 1;
    } else {
      const [name] = /^[a-z_.]+/.exec(text.slice(at, at + 64)) ?? [];
      if (name === undefined) {
        return null;
      }
      tokens.push({ kind: 'name', value: name });
      at += name.length;
    }
  }
  return tokens;
}

/** `and` binds closer than `or`. Once it is not sound, what it gives means nothing. */
class MarkerParser {
  readonly #tokens: readonly Token[];
  readonly #surroundings: Surroundings;
  #at = 0;
  #failed = false;

  constructor(tokens: readonly Token[], surroundings: Surroundings) {
    this.#tokens = tokens;
    this.#surroundings = surroundings;
  }

  /** True when all of it was understood. */
  get isSound(): boolean {
    return !this.#failed && this.#at === this.#tokens.length;
  }

  either(level: number): Verdict {
    let verdict = this.#both(level);
    while (this.#takes('name', 'or')) {
      const other = this.#both(level);
      verdict = verdict === true || other === true ? true : verdict === null || other === null ? null : false;
    }
    return verdict;
  }

  #both(level: number): Verdict {
    let verdict = this.#one(level);
    while (this.#takes('name', 'and')) {
      const other = this.#one(level);
      verdict = verdict === false || other === false ? false : verdict === null || other === null ? null : true;
    }
    return verdict;
  }

  #one(level: number): Verdict {
    if (level < LEVELS && this.#takes('sign', '(')) {
      const verdict = this.either(level + 1);
      this.#failed ||= !this.#takes('sign', ')');
      return verdict;
    }
    const left = this.#next();
    const operator = this.#operator();
    const right = this.#next();
    if (left?.kind === 'name' && right?.kind === 'text') {
      return compare(left.value, operator, right.value, this.#surroundings);
    }
    if (left?.kind === 'text' && right?.kind === 'name') {
      return compare(right.value, MIRRORED.get(operator) ?? operator, left.value, this.#surroundings);
    }
    this.#failed = true;
    return null;
  }

  /** `in` and `not in` are there too, and decide nothing here. */
  #operator(): string {
    if (this.#takes('name', 'in')) {
      return 'in';
    }
    if (this.#takes('name', 'not')) {
      this.#failed ||= !this.#takes('name', 'in');
      return 'not in';
    }
    const token = this.#next();
    this.#failed ||= token === undefined || !ORDER.has(token.value);
    return token?.value ?? '';
  }

  #next(): Token | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  #takes(kind: Token['kind'], value: string): boolean {
    const token = this.#tokens[this.#at];
    const taken = token?.kind === kind && token.value === value;
    this.#at += taken ? 1 : 0;
    return taken;
  }
}

/** With its sides changed. */
const MIRRORED: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['<=', '>='],
  ['>', '<'],
  ['>=', '<='],
]);

function compare(name: string, operator: string, text: string, { python, isWindows }: Surroundings): Verdict {
  switch (name) {
    case 'extra':
      return equality(operator, false);
    case 'python_version':
      return comparePython({ parts: python, isWhole: python.length > 1 }, operator, text);
    case 'python_full_version':
      return comparePython({ parts: python, isWhole: false }, operator, text);
    case 'os_name':
    case 'os.name':
      return isWindows === null ? null : equality(operator, text === (isWindows ? 'nt' : 'posix'));
    case 'sys_platform':
    case 'sys.platform':
      return equality(operator, isOnlyWindows(text === 'win32', isWindows));
    case 'platform_system':
      return equality(operator, isOnlyWindows(text === 'Windows', isWindows));
    default:
      return null;
  }
}

/** Which of the other systems it is cannot be told. */
function isOnlyWindows(isAsked: boolean, isWindows: Verdict): Verdict {
  return isAsked ? isWindows : isWindows === true ? false : null;
}

function equality(operator: string, isEqual: Verdict): Verdict {
  if (isEqual === null) {
    return null;
  }
  return operator === '==' ? isEqual : operator === '!=' ? !isEqual : null;
}
