import { createPublicKey } from 'node:crypto';
import type { Digest } from '#base/digest.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { SigningKey } from '#model/signing.ts';

/** What the row of a public key is for; nothing in it is secret. */
const PURPOSE = 'signing-public';

/** A key that signed, or signs. */
export interface PublicKey {
  /** SHA-256 of its SubjectPublicKeyInfo. */
  readonly fingerprint: Digest;
  readonly pem: string;
  /** Since when it is known here, milliseconds UTC. */
  readonly since: number;
}

/** Keeps the public half where every process of every machine finds it. */
export async function publishKey(
  { records }: Pick<MetadataStore, 'records'>,
  key: Pick<SigningKey, 'fingerprint' | 'publicKey'>,
  now: number,
): Promise<void> {
  if (await isPublished(records, key.fingerprint)) {
    return;
  }
  const secret = Buffer.from(key.publicKey).toString('base64url');
  try {
    await records.accounts.addKey(PURPOSE, { id: key.fingerprint, secret, createdAt: now });
  } catch (error) {
    // Another worker with the same key begins at the same moment.
    if (!(await isPublished(records, key.fingerprint))) {
      throw error;
    }
  }
}

async function isPublished(records: MetadataStore['records'], fingerprint: Digest): Promise<boolean> {
  return (await records.accounts.keys(PURPOSE)).some(({ id }) => id === fingerprint);
}

/** Workers whose data folder does not last make a new one with each start. */
const MAX_KEYS = 100;

/** Those that signed, newest first: what older ones signed is still to be verified. */
export async function publicKeys({ records }: Pick<MetadataStore, 'records'>): Promise<readonly PublicKey[]> {
  const known = await records.accounts.keys(PURPOSE);
  return known.slice(0, MAX_KEYS).map(({ id, secret, createdAt }) => ({
    fingerprint: id as Digest,
    pem: pemOf(Buffer.from(secret, 'base64url')),
    since: createdAt,
  }));
}

function pemOf(spki: Buffer): string {
  return createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ format: 'pem', type: 'spki' }).toString();
}
