import type { Digest } from '#base/digest.ts';
import { type FileArtifact, pushArtifact } from '#lib/oci/index.ts';
import type { SignedBy } from '#model/signing-report.ts';
import { openOptions, signImage } from '../sign.ts';
import type { SigningOptions } from '../signing.ts';
import type { ArtifactContext } from './context.ts';

export interface PushedArtifact {
  readonly reference: string;
  /** Of the manifest: the same for the same files and annotations. */
  readonly digest: Digest;
  /** Who signed it; null when nobody did. */
  readonly by: SignedBy | null;
}

/**
 * Puts an artifact where the reference says and signs it there before it has its name; null for `signing` leaves it unsigned. Throws
 * what putting it there, opening the key and signing throw.
 */
export async function pushSigned(
  artifact: FileArtifact,
  reference: string,
  options: ArtifactContext & { readonly signing: SigningOptions | null },
): Promise<PushedArtifact> {
  const { signing } = options;
  let by: SignedBy | null = null;
  const { digest } = await pushArtifact(artifact, reference, await openOptions(options), async ({ pinned }) => {
    if (signing !== null) {
      const work = { kind: 'signature', format: 'bundle' } as const;
      ({ by } = await signImage(pinned, work, { ...options, ...signing, on: 'index' }));
    }
  });
  return { reference, digest, by };
}
