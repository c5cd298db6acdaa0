import type { KeyObject } from 'node:crypto';
import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { failureOf, LOCKS, UNLOCK } from './failure.ts';
import type { KeyAttributes } from './native/protocol.ts';
import { pinFor } from './pin.ts';
import { publicKeyOf } from './public-key.ts';
import { type KeyReference, parseReference } from './reference.ts';
import { TokenKey } from './token-key.ts';
import { TokenProcess } from './token-process.ts';
import { waysToSign } from './ways.ts';

/** Opens the key that a PKCS #11 URI names. Throws `KeyError`, and what the PIN's file and asking for it throw. */
export async function openToken(text: string, access: KeyAccess): Promise<SigningKey> {
  const reference = parseReference(text, access.environment);
  access.signal.throwIfAborted();
  const process = new TokenProcess(reference, access.environment);
  try {
    await login(process, reference, access);
    const answer = await process.ask({ kind: 'find', key: reference.key }, access.signal);
    if (answer.kind !== 'key') {
      throw failureOf(answer, reference);
    }
    return new TokenKey(reference, usableKey(answer.key, reference.name), process);
  } catch (error) {
    await process.close();
    throw error;
  }
}

async function login(process: TokenProcess, reference: KeyReference, access: KeyAccess): Promise<void> {
  const { name, module, token } = reference;
  const opened = await process.ask({ kind: 'open', module, token }, access.signal);
  if (opened.kind !== 'token') {
    throw failureOf(opened, reference);
  }
  if (opened.login === 'none') {
    return;
  }
  if (opened.tries === 'none') {
    throw new KeyError('KEY_NOT_PERMITTED', 'the token is locked', {
      object: name,
      expected: 'a token that takes PINs',
      found: 'one that has seen too many wrong ones',
      hint: UNLOCK,
    });
  }
  if (opened.tries !== 'many') {
    const left = opened.tries === 'last' ? 'One more locks it' : LOCKS;
    access.warn(`${name}: somebody has given the token a wrong PIN. ${left}`);
  }
  if (opened.login === 'reader') {
    access.warn(`${name}: the token asks for its PIN at its own reader.`);
  }
  const answer =
    opened.login === 'reader'
      ? await process.ask({ kind: 'login' }, access.signal)
      : await process.login(await pinFor(reference, access), access.signal);
  if (answer.kind !== 'login') {
    throw failureOf(answer, reference);
  }
}

function usableKey(attributes: KeyAttributes, name: string): KeyObject {
  if (!attributes.maySign) {
    throw new KeyError('KEY_NOT_PERMITTED', 'the key may not sign', {
      object: name,
      expected: 'a private key with CKA_SIGN',
      found: 'one without it, as keys for decryption are',
    });
  }
  const key = publicKeyOf(attributes, name);
  if (!isSupported(key)) {
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
    throw new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', {
      object: name,
      expected: 'ECDSA on P-256, P-384 or P-521, RSA of 2048 to 8192 bits, or Ed25519',
      found: `${key.asymmetricKeyType ?? 'none'} ${namedCurve ?? modulusLength ?? ''}`.trim(),
    });
  }
  return key;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

function isSupported(key: KeyObject): boolean {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  return key.asymmetricKeyType === 'rsa'
    ? modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS
    : (['ecdsa', 'ed25519'] as const).some((scheme) => waysToSign(key, scheme, new Uint8Array()).length > 0);
}
