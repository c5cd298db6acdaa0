import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPair } from './generate.ts';

const generate = promisify(generateKeyPair);

/**
 * A new key (ECDSA, P-256) that is not encrypted, for a program that nobody stands beside: whoever can read its file can read what the program
 * reads. People make theirs with `generateKeyFile`.
 */
export async function generateMachineKey(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'P-256' });
  return {
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}
