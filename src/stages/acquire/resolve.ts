import type { Digest } from '#base/digest.ts';
import type { Upstream } from '#lib/oci/index.ts';

/** What the registry says is the digest of a tag is not believed: what has that digest is what is copied. */
export async function digestOf(upstream: Upstream, tag: string, signal: AbortSignal): Promise<Digest> {
  return (await upstream.resolve(tag, signal)) ?? (await upstream.manifest(tag, signal)).digest;
}
