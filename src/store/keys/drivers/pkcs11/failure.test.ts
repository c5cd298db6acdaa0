import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failureOf } from './failure.ts';

const REFERENCE = { name: 'pkcs11:object=k', module: '/m.so' };

describe('an error of a token', () => {
  for (const [value, code, ckr] of [
    [0x32, 'KEY_TOKEN_GONE', 'CKR_DEVICE_REMOVED'],
    [0xe0, 'KEY_TOKEN_GONE', 'CKR_TOKEN_NOT_PRESENT'],
    [0xb3, 'KEY_TOKEN_GONE', 'CKR_SESSION_HANDLE_INVALID'],
    [0xb0, 'KEY_TOKEN_GONE', 'CKR_SESSION_CLOSED'],
    [0xa0, 'KEY_PASSPHRASE_WRONG', 'CKR_PIN_INCORRECT'],
    [0xa2, 'KEY_PASSPHRASE_WRONG', 'CKR_PIN_LEN_RANGE'],
    [0xa4, 'KEY_NOT_PERMITTED', 'CKR_PIN_LOCKED'],
    [0x68, 'KEY_NOT_PERMITTED', 'CKR_KEY_FUNCTION_NOT_PERMITTED'],
    [0x101, 'KEY_NOT_PERMITTED', 'CKR_USER_NOT_LOGGED_IN'],
    [0x70, 'KEY_SCHEME_MISMATCH', 'CKR_MECHANISM_INVALID'],
    [0x05, 'KEY_TOKEN_FAILED', 'CKR_GENERAL_ERROR'],
    [0x8000_0001, 'KEY_TOKEN_FAILED', 'CKR 0x80000001'],
  ] as const) {
    it(`${ckr} is ${code}`, () => {
      const error = failureOf({ kind: 'failed', call: 'C_Sign', value }, REFERENCE);
      assert.deepEqual([error.code, error.object, error.found], [code, REFERENCE.name, `${ckr} from C_Sign`]);
      assert.notEqual(error.expected, undefined);
    });
  }

  it('says that wrong PINs lock a token', () => {
    assert.match(failureOf({ kind: 'failed', call: 'C_Login', value: 0xa0 }, REFERENCE).hint ?? '', /locks/);
  });

  it('says what to do without koffi, and quotes what a module says', () => {
    const { code, hint } = failureOf({ kind: 'unusable', why: 'koffi', found: 'Cannot find package' }, REFERENCE);
    assert.deepEqual([code, hint], ['KEY_MODULE_FAILED', 'Install Plimsoll with its optional dependencies.']);
    const labels = ['\u001b[31mred', 'x'.repeat(100)];
    const { found } = failureOf({ kind: 'tokens', count: 0, labels }, REFERENCE);
    assert.equal(found, `0; the module has "\\u001b[31mred", "${'x'.repeat(40)}…"`);
  });
});
