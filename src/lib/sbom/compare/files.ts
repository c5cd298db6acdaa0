import { type Digest, isDigest } from '#base/digest.ts';
import type { DeclarationScope } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';
import type { Difference } from './difference.ts';

/** What is at a path of an image, once links are followed. */
export type FileContent =
  | { readonly kind: 'missing' }
  /** There, but nobody has a digest of it. */
  | { readonly kind: 'no-digest' }
  | { readonly kind: 'digest'; readonly digest: Digest; readonly layer: Digest | null };

export interface FileDifferences {
  /** In the order of the document. */
  readonly differences: readonly Difference[];
  /** How many files of the document could be compared. */
  readonly compared: number;
}

/** The files of a document with the SHA-256 that it has for them: several where it lists one in several layers. */
export function declaredFiles({ files }: SbomDocument): ReadonlyMap<string, ReadonlySet<Digest>> {
  const declared = new Map<string, Set<Digest>>();
  for (const { path, hashes } of files) {
    for (const { algorithm, value } of hashes) {
      const digest = `${algorithm}:${value}`;
      if (algorithm === 'sha256' && isDigest(digest)) {
        declared.set(path, (declared.get(path) ?? new Set<Digest>()).add(digest));
      }
    }
  }
  return declared;
}

/** Compares the digests of files; `contentOf` tells what the image has. Of a part of an image the paths may be relative to anything. */
export function diffFiles(
  declared: ReadonlyMap<string, ReadonlySet<Digest>>,
  scope: DeclarationScope,
  contentOf: (path: string) => FileContent,
): FileDifferences {
  const differences: Difference[] = [];
  let compared = 0;
  for (const [path, digests] of scope === 'image' ? declared : []) {
    const content = contentOf(path);
    const [first] = digests;
    if (content.kind === 'no-digest' || first === undefined) {
      continue;
    }
    compared += 1;
    if (content.kind === 'missing') {
      const about = { kind: 'file', path, layer: null } as const;
      differences.push({ difference: 'absent', about, declared: first, found: null });
    } else if (!digests.has(content.digest)) {
      const about = { kind: 'file', path, layer: content.layer } as const;
      differences.push({ difference: 'hash', about, declared: first, found: content.digest });
    }
  }
  return { differences, compared };
}
