import type { ProvenancePredicate } from './predicates/predicate.ts';

/** Where a build took its source from. */
export interface BuildSource {
  /** As written, without `git+` and the ref. */
  readonly repository: string;
  /** `refs/heads/main`; null where it is not said. */
  readonly ref: string | null;
}

/**
 * The sources that provenance names as the input of the build. Version 0.2 has a place for it, `invocation.configSource`;
 * version 1 leaves it to the build type, so the places of those in use are looked at: `workflow` (GitHub Actions),
 * `source` (container-based builds, GitLab), `sourceToBuild` (Google), `configSource` (BuildKit), `repository` and `ref`.
 * Dependencies and materials alone are not asked: nothing says which of them is the source. Empty where none is named.
 */
export function sourcesOf(provenance: ProvenancePredicate): readonly BuildSource[] {
  if (provenance.version === '0.2') {
    const uri = provenance.configSource?.uri ?? null;
    return uri === null ? [] : [parseSource(uri)];
  }
  const parameters = provenance.externalParameters;
  const places = ['workflow', 'source', 'sourceToBuild', 'configSource'].map((name) => parameters.get(name));
  return [...places, Object.fromEntries(parameters)].flatMap((place) => sourceIn(place));
}

/** A URI of source code: `git+https://github.com/org/repo@refs/tags/v1`, or with the ref behind a `#` as docker writes it. */
export function parseSource(uri: string): BuildSource {
  const text = uri.startsWith('git+') ? uri.slice('git+'.length) : uri;
  const authority = text.indexOf('://') + '://'.length;
  const path = text.includes('://') ? text.indexOf('/', authority) : -1;
  // An @ before the path belongs to the host: `https://github.com@evil.example/…`.
  const at = path < 0 ? -1 : text.indexOf('@', path);
  const hash = text.indexOf('#');
  const ends = [at, hash].filter((index) => index >= 0);
  const end = Math.min(...ends);
  return ends.length === 0
    ? { repository: text, ref: null }
    : { repository: text.slice(0, end), ref: text.slice(end + 1) || null };
}

function sourceIn(place: unknown): readonly BuildSource[] {
  if (typeof place === 'string' && place !== '') {
    return [parseSource(place)];
  }
  if (typeof place !== 'object' || place === null) {
    return [];
  }
  const uri = textOf(place, 'uri') ?? textOf(place, 'repository');
  if (uri === null) {
    return [];
  }
  const source = parseSource(uri);
  const ref = textOf(place, 'ref');
  // Two refs that differ are two claims, and each has to hold.
  return ref === null || source.ref === null || ref === source.ref
    ? [{ repository: source.repository, ref: ref ?? source.ref }]
    : [source, { repository: source.repository, ref }];
}

function textOf(place: object, name: string): string | null {
  const value: unknown = Object.getOwnPropertyDescriptor(place, name)?.value;
  return typeof value === 'string' && value !== '' ? value : null;
}
