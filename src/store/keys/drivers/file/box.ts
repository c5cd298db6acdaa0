import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { z } from 'zod';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { KeyError } from '../../error.ts';
import { invalid } from './invalid.ts';

/** What go-securesystemslib writes today, and therefore cosign 2.4 and later; it reads these numbers and two others. */
const COST = { N: 65_536, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;

const boxSchema = z.object({
  kdf: z.object({
    name: z.literal('scrypt'),
    params: z.object({ N: z.int().min(2), r: z.int().min(1), p: z.int().min(1) }),
    salt: z.base64(),
  }),
  cipher: z.object({ name: z.literal('nacl/secretbox'), nonce: z.base64() }),
  ciphertext: z.base64(),
});

const derive = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** The box that cosign keeps its keys in (secure-systems-lab/go-securesystemslib, encrypted): JSON. */
export async function sealBox(content: Uint8Array, passphrase: Uint8Array): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const key = await keyFrom(passphrase, salt, COST);
  try {
    const box = {
      kdf: { name: 'scrypt', params: COST, salt: salt.toString('base64') },
      cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
      ciphertext: Buffer.from(xsalsa20poly1305(key, nonce).encrypt(content)).toString('base64'),
    };
    return Buffer.from(JSON.stringify(box));
  } finally {
    key.fill(0);
  }
}

/**
 * What is in a box; the caller overwrites it after use. Throws `KEY_FILE_INVALID`, `KEY_PASSPHRASE_WRONG`, and
 * `LIMIT_EXCEEDED` for parameters that would take more than a gibibyte, or more than some seconds.
 */
export async function openBox(json: Uint8Array, passphrase: Uint8Array, name: string): Promise<Uint8Array> {
  const { data: box } = boxSchema.safeParse(parseStrictJson(json, name));
  if (box === undefined) {
    throw invalid(name, "cosign's box: scrypt, nacl/secretbox and a ciphertext", 'other JSON');
  }
  const nonce = Buffer.from(box.cipher.nonce, 'base64');
  if (nonce.length !== NONCE_BYTES) {
    throw invalid(name, `a nonce of ${NONCE_BYTES} bytes`, `${nonce.length}`);
  }
  assertBoundedScrypt(box.kdf.params, name);
  const key = await keyFrom(passphrase, Buffer.from(box.kdf.salt, 'base64'), box.kdf.params);
  try {
    return xsalsa20poly1305(key, nonce).decrypt(Buffer.from(box.ciphertext, 'base64'));
  } catch {
    throw new KeyError('KEY_PASSPHRASE_WRONG', 'the passphrase does not open the key', { object: name });
  } finally {
    key.fill(0);
  }
}

interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** RFC 7914 section 2: N is a power of two; memory is 128·N·r bytes, work N·r·p blocks. */
export function assertBoundedScrypt({ N, r, p }: ScryptCost, name: string): void {
  if (!Number.isInteger(Math.log2(N)) || N < 2) {
    throw invalid(name, 'a power of two for N of scrypt', `${N}`);
  }
  if (memoryOf({ N, r, p }) > LIMITS.keyDerivationBytes) {
    throw limitExceeded(`scrypt of ${name}`, LIMITS.keyDerivationBytes);
  }
  if (N * r * p > LIMITS.keyDerivationBlocks) {
    throw limitExceeded(`scrypt of ${name}`, LIMITS.keyDerivationBlocks, 'blocks', N * r * p);
  }
}

/** As OpenSSL counts it. */
function memoryOf({ N, r, p }: ScryptCost): number {
  return 128 * r * (N + p + 2);
}

async function keyFrom(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> {
  return await derive(passphrase, salt, KEY_BYTES, { ...cost, maxmem: memoryOf(cost) });
}
