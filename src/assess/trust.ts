import { resolve } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import {
  describeTrust,
  loadTrustConfiguration,
  type TrustConfiguration,
  type TrustDescription,
  type TrustFlags,
  trustFromFlags,
} from '#lib/trust/index.ts';

/** Where the user says whom to trust. */
export type TrustSource =
  /** A document of `kind: Trust`; absolute. */
  | { readonly kind: 'file'; readonly path: string }
  /** One signature by one of these, whatever the image. */
  | { readonly kind: 'flags'; readonly flags: TrustFlags };

/** The configuration with the files that it names. Throws `TRUST_CONFIGURATION_INVALID`, and the system's error for a file that cannot be read. */
export async function loadTrust(source: TrustSource): Promise<TrustConfiguration> {
  if (source.kind === 'flags') {
    return await trustFromFlags(source.flags, readTrustFile);
  }
  const bytes = await readFileBounded(source.path, LIMITS.trustConfigurationBytes);
  return await loadTrustConfiguration(bytes, source.path, readTrustFile);
}

/** The configuration of a file in words, at an instant in milliseconds since 1970. Throws what `loadTrust` throws. */
export async function showTrust(path: string, now: number): Promise<TrustDescription> {
  return describeTrust(await loadTrust({ kind: 'file', path }), now);
}

async function readTrustFile(path: string): Promise<Uint8Array> {
  return await readFileBounded(resolve(path), LIMITS.trustFileBytes);
}
