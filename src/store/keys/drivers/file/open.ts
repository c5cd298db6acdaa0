import { createPrivateKey, type KeyObject } from 'node:crypto';
import { quote } from '#base/error.ts';
import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { openBox } from './box.ts';
import { invalid } from './invalid.ts';
import { localKey } from './local-key.ts';
import { type PrivatePem, parsePrivatePem } from './pem.ts';
import { assertBoundedEncryption } from './pkcs8.ts';

/** PEM labels of the box of cosign, older and newer. */
const BOXES: readonly string[] = ['ENCRYPTED SIGSTORE PRIVATE KEY', 'ENCRYPTED COSIGN PRIVATE KEY'];

/**
 * The key in a file: cosign's own form, which is also ours, or PKCS #8 as openssl writes it (RFC 5958), encrypted
 * (RFC 8018, PBES2) or not. Throws `KEY_FILE_INVALID`, `KEY_PASSPHRASE_WRONG`, `KEY_UNSUPPORTED`,
 * `LIMIT_EXCEEDED`, and what asking for the passphrase throws.
 */
export async function openKeyFile(bytes: Uint8Array, name: string, access: KeyAccess): Promise<SigningKey> {
  const pem = parsePrivatePem(bytes, name);
  try {
    return localKey(await decrypt(pem, name, access), name);
  } finally {
    pem.body.fill(0);
  }
}

async function decrypt({ label, body }: PrivatePem, name: string, access: KeyAccess): Promise<KeyObject> {
  if (label === 'PRIVATE KEY') {
    access.warn(`${name} is not encrypted: whoever can read the file can sign.`);
    return load(body, name);
  }
  if (label === 'ENCRYPTED PRIVATE KEY') {
    assertBoundedEncryption(body, name);
    return await withPassphrase(name, access, (passphrase) => loadEncrypted(body, passphrase, name));
  }
  if (!BOXES.includes(label)) {
    throw invalid(
      name,
      `PEM of one of ${[BOXES[0], 'ENCRYPTED PRIVATE KEY', 'PRIVATE KEY'].join(', ')}`,
      quote(label),
      label.endsWith('PUBLIC KEY')
        ? 'This is the public half, which others verify with.'
        : 'openssl pkcs8 -topk8 -in KEY writes it in a form that is read here.',
    );
  }
  return await withPassphrase(name, access, async (passphrase) => {
    const pkcs8 = await openBox(body, passphrase, name);
    try {
      return load(pkcs8, name);
    } finally {
      pkcs8.fill(0);
    }
  });
}

async function withPassphrase<Value>(
  name: string,
  access: KeyAccess,
  use: (passphrase: Uint8Array) => Value | Promise<Value>,
): Promise<Value> {
  const passphrase = await access.passphrase(name);
  try {
    return await use(passphrase);
  } finally {
    passphrase.fill(0);
  }
}

/** The causes of OpenSSL's errors are left out: nothing of a secret is to be in them, and nothing is told by them. */
function load(pkcs8: Uint8Array, name: string): KeyObject {
  try {
    return createPrivateKey({ key: viewOf(pkcs8), format: 'der', type: 'pkcs8' });
  } catch {
    throw invalid(name, 'a private key (PKCS #8)', 'something that OpenSSL does not read');
  }
}

/** The form of the file was judged before: what fails now is its decryption. */
function loadEncrypted(pkcs8: Uint8Array, passphrase: Uint8Array, name: string): KeyObject {
  try {
    return createPrivateKey({ key: viewOf(pkcs8), format: 'der', type: 'pkcs8', passphrase: viewOf(passphrase) });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_OSSL_EVP_UNSUPPORTED') {
      throw invalid(name, 'a cipher that OpenSSL has, such as AES', 'another');
    }
    throw new KeyError('KEY_PASSPHRASE_WRONG', 'the passphrase does not open the key', { object: name });
  }
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
