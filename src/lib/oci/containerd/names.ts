import { type Digest, isDigest } from '#base/digest.ts';
import { formatRegistryName, parseRegistryName } from '../registry-name.ts';

/** What to ask containerd for. */
export interface ContainerdName {
  /** Names under which the image may be, the likeliest first. */
  readonly candidates: readonly string[];
  /** Which index or manifest of it. */
  readonly digest: Digest | null;
}

/**
 * containerd takes names as they are: `docker.io/library/alpine:latest` is not `alpine`. Whoever writes the short form
 * means the long one, when there is no image of the very name. An image that was pulled by tag and digest is kept under
 * any of name, tag and digest.
 */
export function containerdName(text: string): ContainerdName {
  const at = text.lastIndexOf('@');
  const after = text.slice(at + 1);
  const digest = at > 0 && isDigest(after) ? after : null;
  const candidates = new Set([text]);
  if (digest !== null) {
    candidates.add(text.slice(0, at));
  }
  const parsed = parseRegistryName(text);
  if (typeof parsed !== 'string') {
    candidates.add(formatRegistryName(parsed));
    candidates.add(formatRegistryName({ ...parsed, tag: parsed.tag ?? 'latest', digest: null }));
  }
  return { candidates: [...candidates], digest };
}
