import { type Digest, isDigest } from '#base/digest.ts';

/** The parts of a registry reference, defaults filled in. */
export interface RegistryName {
  /** Host with optional port: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly domain: string;
  readonly path: string;
  /** Null only beside a digest: a reference with neither gets `latest`. */
  readonly tag: string | null;
  readonly digest: Digest | null;
}

const DEFAULT_DOMAIN = 'docker.io';
const MAX_NAME = 255;
const MAX_TAG = 128;

/**
 * A registry reference in the grammar of distribution/reference, with Docker's defaults (`docker.io`, `library/`,
 * `latest`). Returns what is wrong with the text instead of a name when it does not fit.
 */
export function parseRegistryName(text: string): RegistryName | string {
  const at = text.indexOf('@');
  const digest = at === -1 ? null : text.slice(at + 1);
  if (digest !== null && !isDigest(digest)) {
    return 'after @ a digest sha256:<64 hex digits> or sha512:<128 hex digits>';
  }
  const rest = at === -1 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const hasTag = colon > rest.lastIndexOf('/');
  const tag = hasTag ? rest.slice(colon + 1) : null;
  if (tag !== null && !isTag(tag)) {
    return `a tag of at most ${MAX_TAG} letters, digits, _ . - that starts with none of . -`;
  }
  const { domain, path } = splitDomain(hasTag ? rest.slice(0, colon) : rest);
  if (!isDomain(domain)) {
    return 'a registry host such as registry.example:5000';
  }
  if (!path.split('/').every(isPathComponent)) {
    return 'a repository of lower-case letters and digits, separated by / . _ __ or -';
  }
  if (domain.length + 1 + path.length > MAX_NAME) {
    return `a name of at most ${MAX_NAME} characters`;
  }
  if (path.startsWith('library/') && isImageId(path.slice('library/'.length))) {
    return 'a name, since 64 hex digits are an image id';
  }
  return { domain, path, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** The reference in full: `docker.io/library/alpine:latest`. Parses to the same parts. */
export function formatRegistryName(name: RegistryName): string {
  const tag = name.tag === null ? '' : `:${name.tag}`;
  const digest = name.digest === null ? '' : `@${name.digest}`;
  return `${name.domain}/${name.path}${tag}${digest}`;
}

/** The first part is a host when it looks like one (splitDockerDomain of distribution/reference, normalize.go). */
function splitDomain(name: string): { readonly domain: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost' || first.toLowerCase() !== first;
  const domain = slash !== -1 && isHost ? first : DEFAULT_DOMAIN;
  const path = slash !== -1 && isHost ? name.slice(slash + 1) : name;
  const known = domain === 'index.docker.io' ? DEFAULT_DOMAIN : domain;
  return { domain: known, path: known === DEFAULT_DOMAIN && !path.includes('/') ? `library/${path}` : path };
}

function isDomain(domain: string): boolean {
  const bracket = domain.startsWith('[') ? domain.indexOf(']') : -1;
  const colon = bracket === -1 ? domain.indexOf(':') : domain.indexOf(':', bracket);
  const host = colon === -1 ? domain : domain.slice(0, colon);
  if (colon !== -1 && !/^[0-9]+$/.test(domain.slice(colon + 1))) {
    return false;
  }
  if (host.startsWith('[')) {
    return host.endsWith(']') && /^[0-9a-fA-F:]+$/.test(host.slice(1, -1));
  }
  return host.split('.').every((part) => /^[0-9a-zA-Z-]+$/.test(part) && !part.startsWith('-') && !part.endsWith('-'));
}

/** `[a-z0-9]+` joined by one `.`, one or two `_`, or any number of `-`. */
function isPathComponent(component: string): boolean {
  if (!/^[a-z0-9._-]+$/.test(component)) {
    return false;
  }
  let separator = '';
  for (const char of component) {
    if (char !== '.' && char !== '_' && char !== '-') {
      separator = '';
      continue;
    }
    separator += char;
    if (separator !== '.' && separator !== '_' && separator !== '__' && !/^-+$/.test(separator)) {
      return false;
    }
  }
  return separator === '' && /^[a-z0-9]/.test(component);
}

/** The grammar of tags (distribution-spec, Pulling Manifests). */
export function isTag(tag: string): boolean {
  return tag.length <= MAX_TAG && /^[0-9A-Za-z_.-]+$/.test(tag) && !tag.startsWith('.') && !tag.startsWith('-');
}

function isImageId(text: string): boolean {
  return text.length === 64 && /^[0-9a-f]+$/.test(text);
}
