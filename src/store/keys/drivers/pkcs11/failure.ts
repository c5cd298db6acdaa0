import { type ErrorDetail, quote } from '#base/error.ts';
import { type KeyCode, KeyError } from '../../error.ts';
import { ckrName } from './ckr.ts';
import type { TokenAnswer } from './native/protocol.ts';
import type { KeyReference } from './reference.ts';

type Reference = Pick<KeyReference, 'name' | 'module'>;

export const LOCKS = 'A token locks after some wrong PINs. Nothing tries one twice here.';

/** Names without `CKR_`: that the token, or what was opened of it, is no longer there. */
const GONE: readonly string[] = [
  'DEVICE_REMOVED',
  'DEVICE_ERROR',
  'TOKEN_NOT_PRESENT',
  'TOKEN_NOT_RECOGNIZED',
  'SLOT_ID_INVALID',
  'SESSION_CLOSED',
  'SESSION_HANDLE_INVALID',
  'OBJECT_HANDLE_INVALID',
  'KEY_HANDLE_INVALID',
  'CRYPTOKI_NOT_INITIALIZED',
];

/** The error for an answer of a token's process that is not the one that was hoped for. */
export function failureOf(answer: TokenAnswer, { name, module }: Reference): KeyError {
  switch (answer.kind) {
    case 'tokens':
      return new KeyError('KEY_NOT_FOUND', 'not one token', {
        object: name,
        expected: 'one token that is what the URI says',
        found: `${answer.count}; the module has ${listOf(answer.labels)}`,
      });
    case 'keys':
      return new KeyError('KEY_NOT_FOUND', 'not one private key on the token', {
        object: name,
        expected: 'one that is what the URI says',
        found: answer.count === 0 ? 'none' : `${answer.count}`,
        hint: 'object=LABEL and id=%01 say which one; pkcs11-tool --list-objects --login lists them.',
      });
    case 'unusable':
      return unusable(answer, module);
    case 'failed':
      return failedCall(answer.call, ckrName(answer.value), name);
    default:
      return unusable({ kind: 'unusable', why: 'answer', found: 'an answer to something else' }, module);
  }
}

function listOf(labels: readonly string[]): string {
  return labels.length === 0 ? 'none' : labels.map((label) => quote(label, 40)).join(', ');
}

const EXPECTED = {
  koffi: 'the package koffi, an optional dependency',
  platform: 'Linux or macOS on 64 bits',
  load: 'a shared library',
  interface: 'a PKCS #11 module',
  answer: 'a module that keeps to PKCS #11',
} as const;

function unusable({ why, found }: TokenAnswer & { kind: 'unusable' }, module: string): KeyError {
  return new KeyError('KEY_MODULE_FAILED', 'the PKCS #11 module cannot be used', {
    object: quote(module),
    expected: EXPECTED[why],
    found: quote(found),
    ...(why === 'koffi' ? { hint: 'Install Plimsoll with its optional dependencies.' } : {}),
  });
}

function failedCall(call: string, ckr: string, name: string): KeyError {
  const error = (code: KeyCode, problem: string, expected: string, hint?: string): KeyError => {
    const detail: ErrorDetail = { object: name, expected, found: `${ckr} from ${call}` };
    return new KeyError(code, problem, hint === undefined ? detail : { ...detail, hint });
  };
  const short = ckr.replace(/^CKR_/, '');
  if (GONE.includes(short)) {
    return error('KEY_TOKEN_GONE', 'the token is no longer there', 'the token that was opened');
  }
  switch (short) {
    case 'PIN_INCORRECT':
    case 'PIN_INVALID':
    case 'PIN_LEN_RANGE':
      return error('KEY_PASSPHRASE_WRONG', 'the PIN does not open the token', 'the PIN of its user', LOCKS);
    case 'PIN_LOCKED':
      return error('KEY_NOT_PERMITTED', 'the token is locked', 'a token that takes PINs', UNLOCK);
    case 'USER_NOT_LOGGED_IN':
      return error('KEY_NOT_PERMITTED', 'the token wants a login', 'what can be done without one');
    case 'KEY_FUNCTION_NOT_PERMITTED':
      return error('KEY_NOT_PERMITTED', 'the key may not sign', 'a private key with CKA_SIGN');
    case 'MECHANISM_INVALID':
    case 'MECHANISM_PARAM_INVALID':
    case 'KEY_TYPE_INCONSISTENT':
      return error('KEY_SCHEME_MISMATCH', 'not a signature that this token makes', 'another format, or another key');
    default:
      return error('KEY_TOKEN_FAILED', 'the token failed', 'CKR_OK');
  }
}

/** For PINs that were wrong too often. */
export const UNLOCK = 'Its security officer can set a new PIN.';
