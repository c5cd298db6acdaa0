import { parsePattern } from '#model/repository-pattern.ts';

/** Repositories that a glob is about, or more of them where there is a problem. */
export interface GlobPattern {
  readonly pattern: string;
  /** Why a pattern cannot say the same. */
  readonly problem: string | null;
}

const PART = 'It matches a part of a name, which patterns do not.';
const ONE_IMAGE = 'It is about a tag or a digest, and rules are about repositories.';
const UNTAGGED = 'It matches the name without a tag alone; with :** behind it, it would be about the repository.';

/**
 * A glob of a ClusterImagePolicy (policy-controller pkg/apis/glob) as a pattern. There `*` is any text without a slash,
 * `**` any text, and the whole reference is matched, tag or digest included. Never fails: where no pattern is about the
 * same repositories, the one that is returned is about more.
 */
export function patternOfGlob(glob: string): GlobPattern {
  const full = glob === '*' ? 'docker.io/library/*' : glob === '*/*' ? 'docker.io/*/*' : glob;
  if (full === '**') {
    return { pattern: full, problem: null };
  }
  const segments = full.split('/');
  const last = segments.length - 1;
  const tag = /^([^:@]*)(?::\*\*?|@\*\*?)$/.exec(segments[last] ?? '');
  const name = tag === null || last === 0 ? segments : [...segments.slice(0, -1), tag[1] ?? ''];
  const partial = name.findIndex((segment, index) => !isWhole(segment, index, last));
  if (partial !== -1) {
    const base = name[partial]?.split(/[:@]/, 1)[0] ?? '';
    return name[partial]?.includes('*') === true
      ? { pattern: covering(name.slice(0, partial), '**'), problem: PART }
      : { pattern: covering(name.slice(0, partial), partial === last ? base : '**'), problem: ONE_IMAGE };
  }
  const pattern = parsePattern(name.join('/'));
  if (typeof pattern === 'string') {
    return { pattern: '**', problem: 'It is not spelled as the names of images are.' };
  }
  const wildcard = name[last]?.includes('*') === true;
  return { pattern: pattern.text, problem: tag === null && !wildcard ? UNTAGGED : null };
}

/** A host without any `*`; further segments of a name, `*`, or at the end `**`. */
function isWhole(segment: string, index: number, last: number): boolean {
  if (segment === '*' || segment === '**') {
    return index > 0 && (segment === '*' || index === last);
  }
  return !segment.includes('*') && (index === 0 || !/[:@]/.test(segment));
}

/** What is wide enough, or all there is. */
function covering(segments: readonly string[], rest: string): string {
  const pattern = parsePattern([...segments, rest].join('/'));
  return typeof pattern === 'string' ? '**' : pattern.text;
}
