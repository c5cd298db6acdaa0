import { type Digest, isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { OsRelease } from '#model/package.ts';
import type { Unknown } from '#model/unknown.ts';

/** The analyser of everything that a document says too little about. */
const ANALYSER = 'sbom';

/** What a document says of itself, or fails to say. */
export function saysIncomplete(reason: string): Unknown {
  return { kind: 'incomplete-sbom', path: null, layer: null, analyser: ANALYSER, reason };
}

/** What a document refers to as part of what it lists, and leaves to other documents, by their names for it. */
export function leftToOthers(names: ReadonlySet<string>): readonly Unknown[] {
  const { size } = names;
  const them = size === 1 ? 'element of another document, which is' : 'elements of other documents, which are';
  return size === 0 ? [] : [saysIncomplete(`it refers to ${size} ${them} not read`)];
}

/** An image has one operating system; a document that names several does not say which. */
export function soleOs(all: readonly OsRelease[]): {
  readonly found: OsRelease | null;
  readonly unknowns: readonly Unknown[];
} {
  const [first] = all;
  const names = new Set(all.map(({ id, versionId }) => `${id} ${versionId ?? ''}`.trim()));
  if (first === undefined || names.size === 1) {
    return { found: first ?? null, unknowns: [] };
  }
  const shown = [...names].slice(0, 3).map((name) => quote(name, 60));
  return { found: null, unknowns: [saysIncomplete(`expected one operating system, found ${shown.join(', ')}`)] };
}

/** Tools write paths of an image with or without the first slash. */
export function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** The first text that is a digest. */
export function imageDigestIn(texts: readonly string[]): Digest | null {
  return texts.find(isDigest) ?? null;
}
