/** Repositories that a rule speaks of. Whole names and whole segments only: nothing matches a part of a name. */
export interface RepositoryPattern {
  /** In its usual spelling: `docker.io/library/nginx`, `*.example.com/team/**`, `**`, `local`. */
  readonly text: string;
  /** Whether it matches a repository in its usual spelling (see `usualSpelling`), or an image without one (null). */
  matches(repository: string | null): boolean;
}

/** What a pattern may be, for messages and the guide. */
const PATTERN_FORMS =
  'registry.example/team/app, registry.example/team/* (one segment), registry.example/team/** (any depth below), ' +
  '*.example.com/** (hosts below a domain, on any port), ** (every repository) or local (images without a repository)';

const LOCAL = 'local';
const ANY_DEPTH = '**';
const ANY_SEGMENT = '*';
const HOST_WILDCARD = '*.';
const MAX_PATTERN_CHARS = 512;
const DOCKER_HUB = 'docker.io';
/** Other names of Docker Hub: an image must not get past a rule by being asked for under another of them. */
const DOCKER_HUB_ALIASES: readonly string[] = ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/**
 * A repository with its host, as the rules see it: the host as it is asked, that is in lower case, without the port that
 * https has anyway, addresses in their usual form, and Docker Hub under one name. Returns null for text that is no
 * `host/path`, or has segments that are empty.
 */
export function usualSpelling(repository: string): string | null {
  const slash = repository.indexOf('/');
  const host = usualHost(repository.slice(0, Math.max(0, slash)));
  const path = repository.slice(slash + 1);
  if (host === null || path.split('/').includes('')) {
    return null;
  }
  return host === DOCKER_HUB && !path.includes('/') ? `${host}/library/${path}` : `${host}/${path}`;
}

/** The pattern, or what was expected instead of this text. */
export function parsePattern(text: string): RepositoryPattern | string {
  if (text === LOCAL) {
    return { text, matches: (repository) => repository === null };
  }
  if (text === ANY_DEPTH) {
    return { text, matches: (repository) => repository !== null };
  }
  const slash = text.indexOf('/');
  if (slash < 1 || text.length > MAX_PATTERN_CHARS) {
    return PATTERN_FORMS;
  }
  const host = usualHost(text.slice(0, slash)) ?? '';
  const segments = text.slice(slash + 1).split('/');
  if (host.startsWith(HOST_WILDCARD) ? !isDomain(host.slice(HOST_WILDCARD.length)) : !isHost(host)) {
    return `a host such as registry.example:5000 or *.example.com before the first /, as in ${PATTERN_FORMS}`;
  }
  const problem = problemOfSegments(segments, host);
  return problem ?? repositoryPattern(host, segments);
}

function problemOfSegments(segments: readonly string[], host: string): string | null {
  for (const [index, segment] of segments.entries()) {
    const wildcard = segment === ANY_SEGMENT || (segment === ANY_DEPTH && index === segments.length - 1);
    if (!wildcard && !/^[a-z0-9._-]+$/.test(segment)) {
      return segment.includes('*')
        ? 'a * that is a whole segment, and ** only at the end: a part of a name would match its neighbours as well'
        : `segments of lower-case letters, digits, . _ and -, as in ${PATTERN_FORMS}`;
    }
  }
  return host === DOCKER_HUB && segments.length === 1 && segments[0] !== ANY_DEPTH
    ? `two segments, since every repository of docker.io has them: docker.io/library/${segments[0]}`
    : null;
}

function repositoryPattern(host: string, segments: readonly string[]): RepositoryPattern {
  const deep = segments.at(-1) === ANY_DEPTH;
  const fixed = deep ? segments.slice(0, -1) : segments;
  const matchesHost = host.startsWith(HOST_WILDCARD)
    ? (name: string): boolean => isHostBelow(name, host.slice(1))
    : (name: string): boolean => name === host;
  return {
    text: `${host}/${segments.join('/')}`,
    matches: (repository) => {
      const [name, ...path] = repository?.split('/') ?? [];
      return (
        name !== undefined &&
        matchesHost(name) &&
        (deep ? path.length > fixed.length : path.length === fixed.length) &&
        fixed.every((segment, index) => segment === ANY_SEGMENT || segment === path[index])
      );
    },
  };
}

/**
 * As URLs have it, since that is what the registry is asked by: `:0443` is no other port than `:443`, and `127.1` no other
 * address than `127.0.0.1`. Null for what no URL can have.
 */
function usualHost(host: string): string | null {
  const url = /^[0-9A-Za-z.:*[\]-]+$/.test(host) ? URL.parse(`https://${host}/`) : null;
  if (url === null) {
    return null;
  }
  return DOCKER_HUB_ALIASES.includes(url.host) ? DOCKER_HUB : url.host;
}

/** On any port: `a.example.com:5000` is below `.example.com`. */
function isHostBelow(name: string, domain: string): boolean {
  const host = name.replace(/:[0-9]+$/, '');
  return host.endsWith(domain) && host.length > domain.length;
}

/** Other first segments are no hosts in a reference: `team/app` is a repository of Docker Hub. */
function isHost(host: string): boolean {
  const wellFormed = /^(?:\[[0-9a-f:]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::[0-9]{1,5})?$/.test(host);
  return wellFormed && (/[.:]/.test(host) || host === 'localhost');
}

function isDomain(text: string): boolean {
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(text);
}
