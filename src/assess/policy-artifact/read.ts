import { openArtifact } from '#lib/oci/index.ts';
import { openOptions } from '../sign.ts';
import { type Verifying, verifyArtifact } from '../signed-artifact/verify.ts';
import type { PolicyBundle } from './bundle.ts';
import { PolicyArtifactError } from './error.ts';
import { assertNotOlder } from './last-seen.ts';
import { readManifest } from './manifest.ts';
import { unpackSet } from './unpack.ts';

/**
 * The documents of a bundle, when it is signed as the trust configuration asks of its repository and not older than what was used
 * from there before. A reference with a digest names that one, however old. Throws `POLICY_BUNDLE_INVALID`,
 * `POLICY_BUNDLE_UNVERIFIED`, `POLICY_BUNDLE_OLDER`, and what opening the artifact, reading the trust configuration and parsing the
 * documents throw.
 */
export async function readBundle(reference: string, options: Verifying): Promise<PolicyBundle> {
  const { offline, clock, signal, home } = options;
  const artifact = await openArtifact(reference, { ...(await openOptions(options)), offline });
  try {
    const manifest = readManifest(artifact, clock.now());
    // Nothing of a stranger's is parsed as policy.
    await verifyArtifact(artifact, options, {
      what: 'policies',
      error: (problem, detail) => new PolicyArtifactError('POLICY_BUNDLE_UNVERIFIED', problem, detail),
    });
    const { reference: named, digest } = artifact;
    const set = await unpackSet(manifest, artifact, signal);
    await assertNotOlder({ reference: named, digest, packed: manifest.packed }, home);
    return { reference: named, digest, packed: new Date(manifest.packed).toISOString(), set };
  } finally {
    await artifact.close();
  }
}
