import { type Digest, digestOf } from '#base/digest.ts';
import { readFileBounded } from '#base/limits.ts';
import { AdvisoryError } from '../../error.ts';
import type { RefreshRequest } from '../provider.ts';

/** What the documents have to be signed by. */
export interface Signatures {
  /** Of the keys; null where nothing has to be signed. */
  readonly key: Digest | null;
  /** Throws `ADVISORY_SIGNATURE_INVALID` unless the `.asc` beside a document is a signature of these bytes. */
  verify(path: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
}

export async function openSignatures({ documents, key, now }: RefreshRequest): Promise<Signatures> {
  if (key === undefined) {
    return { key: null, verify: () => Promise.resolve() };
  }
  const { MAX_SIGNATURE_BYTES, readSigningKeys, verifyDetached } = await import('../../signature/index.ts');
  const keys = await readSigningKeys(key.text, key.file);
  return {
    key: digestOf(key.text),
    verify: async (path, bytes) => {
      const object = `${documents.label}/${path}.asc`;
      const found = await documents.get(`${path}.asc`, { maxBytes: MAX_SIGNATURE_BYTES });
      if (found.kind !== 'document') {
        const detail = { object, expected: `the signature of ${path}`, found: 'none' };
        throw new AdvisoryError('ADVISORY_SIGNATURE_INVALID', 'not a signature that counts', detail);
      }
      const armour = await readFileBounded(found.path, MAX_SIGNATURE_BYTES);
      await documents.discard?.(found.path);
      await verifyDetached(armour, bytes, keys, { object, now });
    },
  };
}
