import type { Digest } from '#base/digest.ts';
import type { PolicySet } from '#model/policy.ts';

/** A bundle whose signature was verified and whose bytes are those that were signed. */
export interface PolicyBundle {
  readonly reference: string;
  /** Of the manifest that was signed. */
  readonly digest: Digest;
  /** When it was packed, ISO 8601 UTC. */
  readonly packed: string;
  /** Its revision is the one that the manifest names. */
  readonly set: PolicySet;
}

/**
 * Whether a text that may be a folder as well (`PLIMSOLL_POLICIES`) names a bundle: `oci:…`, `oci-archive:…`, or a name in a registry
 * with its host. A folder that looks like the last is written with `./` before it.
 */
export function isBundleReference(text: string): boolean {
  const slash = text.indexOf('/');
  const host = text.slice(0, Math.max(0, slash));
  return /^oci(?:-archive)?:/.test(text) || host === 'localhost' || (/[.:]/.test(host) && !host.startsWith('.'));
}
