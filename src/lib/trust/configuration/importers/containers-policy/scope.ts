import { parsePattern } from '#model/repository-pattern.ts';

/** A scope of the transport docker: what it is about, and how that is said with patterns. */
export interface Scope {
  readonly text: string;
  readonly kind: 'all' | 'hosts' | 'name';
  /** Repositories that it is about, or more of them where there is a problem. */
  readonly patterns: readonly string[];
  /** Why patterns cannot say the same. */
  readonly problem: string | null;
}

const WILDCARD = '*.';

/** Never fails: what cannot be said gets a problem, and patterns that are wide enough. */
export function scopeOf(text: string): Scope {
  if (text === '') {
    return { text, kind: 'all', patterns: ['**'], problem: null };
  }
  const kind = text.startsWith(WILDCARD) ? 'hosts' : 'name';
  const at = text.indexOf('@');
  const digestless = at === -1 ? text : text.slice(0, at);
  const colon = digestless.lastIndexOf(':');
  const tagged = digestless.includes('/') && colon > digestless.lastIndexOf('/');
  const name = tagged ? digestless.slice(0, colon) : digestless;
  if (name !== text) {
    return {
      text,
      kind,
      ...wholeNames(name),
      problem: 'It is about a tag or a digest, and rules are about repositories.',
    };
  }
  if (kind === 'hosts' && /[/:]/.test(name)) {
    return { text, kind, patterns: ['**'], problem: 'A wildcard stands for hosts alone, without port and path.' };
  }
  const { patterns, fits } = namesBelow(name);
  return { text, kind, patterns, problem: fits ? null : 'It is not spelled as the names of images are.' };
}

/** Whether a scope is more specific than another: it counts then, and the other does not. */
export function isBelow(scope: Scope, other: Scope): boolean {
  if (scope === other || scope.kind === 'all') {
    return false;
  }
  if (other.kind === 'all') {
    return true;
  }
  if (other.kind === 'hosts') {
    // Wildcards are for every port.
    const host = scope.text.split('/', 1)[0]?.replace(/:[0-9]+$/, '') ?? '';
    return host.endsWith(other.text.slice(1));
  }
  return scope.text.startsWith(`${other.text}/`);
}

/** The repository of that name and all below it. */
function namesBelow(name: string): { readonly patterns: readonly string[]; readonly fits: boolean } {
  const texts = name.includes('/') ? [name, `${name}/**`] : [`${name}/**`];
  // Docker Hub has no repositories of one segment, so that the name itself is none.
  const patterns = texts.map(parsePattern).filter((pattern) => typeof pattern !== 'string');
  const fits = patterns.length > 0 && patterns.every((pattern) => texts.includes(pattern.text));
  return { patterns: patterns.length === 0 ? ['**'] : patterns.map(({ text }) => text), fits };
}

function wholeNames(name: string): { readonly patterns: readonly string[] } {
  const pattern = parsePattern(name);
  return { patterns: [typeof pattern === 'string' ? '**' : pattern.text] };
}
