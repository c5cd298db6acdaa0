import { type Digest, isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { OciError } from './error.ts';
import { formatRegistryName, parseRegistryName, type RegistryName } from './registry-name.ts';

/** What the user asks to look at. `text` is as written; a bare path has its scheme put before it. */
export type ImageReference =
  | RegistryReference
  | LayoutReference
  | LayoutArchiveReference
  | DockerArchiveReference
  | RootfsReference
  | DaemonReference<'docker'>
  | DaemonReference<'podman'>
  | ContainerdReference
  | SbomReference;

export interface RegistryReference extends RegistryName {
  readonly source: 'registry';
  readonly text: string;
}

/** Which image of a layout: by name, by digest, or (both null) the only one. */
export interface LayoutSelection {
  /** `org.opencontainers.image.ref.name` or `io.containerd.image.name` of an entry in index.json. */
  readonly tag: string | null;
  /** The digest of an index or manifest anywhere in the layout. */
  readonly digest: Digest | null;
}

/** `oci:DIR[:TAG|@DIGEST]`: a folder in the OCI image layout. */
export interface LayoutReference extends LayoutSelection {
  readonly source: 'oci';
  readonly text: string;
  readonly path: string;
}

/** `oci-archive:FILE[:TAG|@DIGEST]`: a tar of an OCI image layout. */
export interface LayoutArchiveReference extends LayoutSelection {
  readonly source: 'oci-archive';
  readonly text: string;
  readonly path: string;
}

/** `docker-archive:FILE[:REF]`: what `docker save` writes. */
export interface DockerArchiveReference {
  readonly source: 'docker-archive';
  readonly text: string;
  readonly path: string;
  /** A name as in `RepoTags`, in full, or an image id `sha256:…`; null for the only image. */
  readonly name: string | null;
}

/** `rootfs:DIR` or `rootfs:FILE.tar[.gz|.zst|.xz]`: a root file system without any image around it. */
export interface RootfsReference {
  readonly source: 'rootfs';
  readonly text: string;
  readonly path: string;
}

/** `docker:REF` or `podman:REF`: an image that the daemon holds. */
export interface DaemonReference<Daemon extends 'docker' | 'podman' = 'docker' | 'podman'> {
  readonly source: Daemon;
  readonly text: string;
  /** A registry name in full, `sha256:…`, or the first hex digits of an image id as the daemon prints them. */
  readonly name: string;
}

/** `containerd:REF`: an image in containerd's store. */
export interface ContainerdReference {
  readonly source: 'containerd';
  readonly text: string;
  /** As written behind the scheme: containerd's names are free text, by convention registry names in full. */
  readonly name: string;
}

/** `sbom:FILE`: a software bill of materials, in place of the image that it is about. */
export interface SbomReference {
  readonly source: 'sbom';
  readonly text: string;
  readonly path: string;
}

/** For hints: every scheme that can be opened. */
const OPENABLE_SCHEMES =
  'oci:DIR, oci-archive:FILE, docker-archive:FILE, rootfs:DIR, rootfs:FILE.tar, docker:REF, podman:REF, containerd:REF or sbom:FILE';

const SCHEMES: readonly string[] = [
  'oci',
  'oci-archive',
  'docker-archive',
  'rootfs',
  'docker',
  'podman',
  'containerd',
  'sbom',
];
/** How many hex digits of an image id Docker prints. */
const SHORT_ID = 12;
const MAX_LENGTH = 4096;
const MAX_TAG = 512;

/**
 * The reference that a text stands for, without a look at the disk: a bare path is not recognised here but by
 * `detectReference`. Throws `REFERENCE_INVALID`.
 */
export function parseReference(text: string): ImageReference {
  assertReferenceText(text);
  const colon = text.indexOf(':');
  const scheme = colon === -1 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  switch (scheme) {
    case 'oci':
    case 'oci-archive':
      return { source: scheme, text, ...parseLayout(text, rest) };
    case 'docker-archive':
      return { source: scheme, text, ...parseDockerArchive(text, rest) };
    case 'rootfs':
      return { source: scheme, text, path: nonEmptyPath(text, rest) };
    case 'sbom':
      return { source: scheme, text, path: nonEmptyPath(text, rest) };
    case 'docker':
      return { source: scheme, text, name: parseDaemonName(text, rest) };
    case 'podman':
      return { source: scheme, text, name: parseDaemonName(text, rest) };
    case 'containerd':
      return { source: scheme, text, name: parseContainerdName(text, rest) };
    default:
      if (rest.startsWith('//')) {
        throw invalid(text, `a reference and no URL: without ${scheme}://`);
      }
      return parseRegistry(text);
  }
}

/** Throws `REFERENCE_INVALID` for a text that is neither a reference nor a path: empty, too long, with control characters. */
export function assertReferenceText(text: string): void {
  if (text === '' || text.length > MAX_LENGTH || !isPrintable(text)) {
    throw invalid(text, `1 to ${MAX_LENGTH} characters without control characters`);
  }
}

/** True when the text starts with one of Plimsoll's own schemes, so that it cannot be meant as a bare path. */
export function hasScheme(text: string): boolean {
  const scheme = text.slice(0, Math.max(0, text.indexOf(':')));
  return SCHEMES.includes(scheme);
}

/** The reference in full, all defaults written out. Parses to the same reference. */
export function formatReference(reference: ImageReference): string {
  switch (reference.source) {
    case 'registry':
      return formatRegistryName(reference);
    case 'oci':
    case 'oci-archive': {
      const tag = reference.tag === null ? '' : `:${reference.tag}`;
      const digest = reference.digest === null ? '' : `@${reference.digest}`;
      return `${reference.source}:${reference.path}${tag}${digest}`;
    }
    case 'docker-archive':
      return `docker-archive:${reference.path}${reference.name === null ? '' : `:${reference.name}`}`;
    case 'rootfs':
    case 'sbom':
      return `${reference.source}:${reference.path}`;
    case 'docker':
    case 'podman':
    case 'containerd':
      return `${reference.source}:${reference.name}`;
  }
}

function parseRegistry(text: string): RegistryReference {
  const name = parseRegistryName(text);
  if (typeof name === 'string') {
    throw invalid(text, name);
  }
  return { source: 'registry', text, ...name };
}

/** As in skopeo, the first colon ends the path; a digest is told by its algorithm. */
function parseLayout(text: string, rest: string): LayoutSelection & { readonly path: string } {
  const at = rest.lastIndexOf('@');
  const after = rest.slice(at + 1);
  if (at !== -1 && (after.startsWith('sha256:') || after.startsWith('sha512:'))) {
    if (!isDigest(after)) {
      throw invalid(text, 'after @ a digest sha256:<64 hex digits> or sha512:<128 hex digits>');
    }
    const path = nonEmptyPath(text, rest.slice(0, at));
    if (path.includes(':')) {
      throw invalid(text, 'a tag or a digest, not both, and no colon in the path');
    }
    return { path, tag: null, digest: after };
  }
  const colon = rest.indexOf(':');
  if (colon === -1) {
    return { path: nonEmptyPath(text, rest), tag: null, digest: null };
  }
  const tag = rest.slice(colon + 1);
  if (tag.length > MAX_TAG || !/^[0-9A-Za-z._:@/+-]+$/.test(tag)) {
    throw invalid(text, `a tag of at most ${MAX_TAG} letters, digits and . _ : @ / + - after the path`);
  }
  return { path: nonEmptyPath(text, rest.slice(0, colon)), tag, digest: null };
}

function parseDockerArchive(text: string, rest: string): { readonly path: string; readonly name: string | null } {
  const colon = rest.indexOf(':');
  if (colon === -1) {
    return { path: nonEmptyPath(text, rest), name: null };
  }
  const path = nonEmptyPath(text, rest.slice(0, colon));
  const name = rest.slice(colon + 1);
  if (isDigest(name)) {
    return { path, name };
  }
  const parsed = parseRegistryName(name);
  if (typeof parsed === 'string') {
    throw invalid(text, `${parsed}, in the name after the path`);
  }
  return { path, name: formatRegistryName(parsed) };
}

function nonEmptyPath(text: string, path: string): string {
  if (path === '') {
    throw invalid(text, 'a path after the scheme');
  }
  return path;
}

function parseDaemonName(text: string, rest: string): string {
  refuseUrl(text, rest);
  if (isDigest(rest) || (rest.length >= SHORT_ID && rest.length <= 64 && /^[0-9a-f]+$/.test(rest))) {
    return rest;
  }
  const parsed = parseRegistryName(rest);
  if (typeof parsed === 'string') {
    throw invalid(text, `${parsed}, or an image id`);
  }
  return formatRegistryName(parsed);
}

function parseContainerdName(text: string, rest: string): string {
  refuseUrl(text, rest);
  if (rest === '') {
    throw invalid(text, 'the name of an image after the scheme');
  }
  return rest;
}

/** `docker://NAME` is how skopeo writes what is in a registry, which needs no scheme here. */
function refuseUrl(text: string, rest: string): void {
  if (rest.startsWith('//')) {
    throw invalid(text, `the name alone for an image in a registry: ${quote(rest.slice(2)).slice(1, -1)}`);
  }
}

function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) {
      return false;
    }
  }
  return true;
}

function invalid(text: string, expected: string): OciError {
  return new OciError('REFERENCE_INVALID', 'not an image reference', {
    object: 'reference',
    expected,
    found: quote(text),
    hint:
      hasScheme(text.toLowerCase()) && !hasScheme(text)
        ? 'Schemes are written in lower case.'
        : `Give a path, a registry reference, or one of ${OPENABLE_SCHEMES}.`,
  });
}
