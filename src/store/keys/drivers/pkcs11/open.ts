import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { failureOf, LOCKS, UNLOCK } from './failure.ts';
import { pinFor } from './pin.ts';
import { usableKey } from './public-key.ts';
import { type KeyReference, parseReference } from './reference.ts';
import { TokenKey } from './token-key.ts';
import { TokenProcess } from './token-process.ts';

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
      : await process.login(await pinOf(reference, access), access.signal);
  if (answer.kind !== 'login') {
    throw failureOf(answer, reference);
  }
}

/** An empty PIN is not tried: it is a variable that is empty, and would count as a wrong one. */
async function pinOf(reference: KeyReference, access: KeyAccess): Promise<Uint8Array> {
  const pin = await pinFor(reference, access);
  if (pin.length === 0) {
    throw new KeyError('KEY_PASSPHRASE_WRONG', 'no PIN', {
      object: reference.name,
      expected: 'the PIN of the token',
      found: 'an empty one, which was not tried',
    });
  }
  return pin;
}
