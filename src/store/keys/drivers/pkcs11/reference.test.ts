import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseReference } from './reference.ts';

const MODULE = '?module-path=/m.so';

describe('a reference to a key behind PKCS #11', () => {
  it('says which module, token and key', () => {
    const { name, module, token, key, pin } = parseReference(
      'pkcs11:token=a%20b;manufacturer=m;model=1;serial=7;slot-id=12;object=k;id=%01%ff;type=private?pin-value=1234&module-path=/lib/m.so',
      { COSIGN_PKCS11_MODULE_PATH: '/other.so' },
    );
    assert.equal(name, 'pkcs11:token=a%20b;manufacturer=m;model=1;serial=7;slot-id=12;object=k;id=%01%ff;type=private');
    assert.equal(module, '/lib/m.so');
    assert.deepEqual(token, { label: '612062', manufacturer: '6d', model: '31', serial: '37', slot: 12 });
    assert.deepEqual(key, { label: '6b', id: '01ff' });
    assert.deepEqual(pin, { kind: 'value', bytes: Buffer.from('1234') });
  });

  it('has its module from the environment otherwise, cosign’s variable first', () => {
    const [cosign, other] = [{ COSIGN_PKCS11_MODULE_PATH: '/cosign.so' }, { PKCS11_MODULE_PATH: '/other.so' }];
    assert.equal(parseReference('pkcs11:', { ...cosign, ...other }).module, '/cosign.so');
    assert.equal(parseReference('pkcs11:', { ...other, COSIGN_PKCS11_MODULE_PATH: '' }).module, '/other.so');
  });

  it('names a file with the PIN by path or URI', () => {
    for (const source of ['file:/etc/pin', 'file:///etc/pin', '/etc/pin', 'FILE:/etc/pin']) {
      assert.deepEqual(parseReference(`pkcs11:${MODULE}&pin-source=${source}`, {}).pin, {
        kind: 'file',
        path: '/etc/pin',
      });
    }
  });

  for (const [text, found] of [
    ['pkcs11:object=a', 'none of them'],
    ['pkcs11:object=a?module-name=softhsm2', 'module-name'],
    ['pkcs11:object=a?module-path=softhsm2.so', '"softhsm2.so"'],
    ['pkcs11:object=a?module-path=/a%00b', '"/a\\u0000b"'],
    ['pkcs11:object=a?module-path=', '""'],
    [`pkcs11:slot-id=x${MODULE}`, '"x"'],
    [`pkcs11:slot-id=${MODULE}`, '""'],
    [`pkcs11:slot-id=99999999999999999999${MODULE}`, '"99999999999999999999"'],
    [`pkcs11:object=a;type=public${MODULE}`, 'type="public"'],
    [`pkcs11:object=a;slot-description=b${MODULE}`, 'slot-description'],
    [`pkcs11:object=a;library-version=1${MODULE}`, 'library-version'],
    [`pkcs11:object=a${MODULE}&pin-value=1&pin-source=/b`, 'both'],
    [`pkcs11:object=a${MODULE}&pin-source=|/bin/pin`, 'a command'],
    [`pkcs11:object=a${MODULE}&pin-source=pin.txt`, 'something else'],
    [`pkcs11:object=a${MODULE}&pin-source=file://elsewhere/pin`, 'something else'],
    [`pkcs11:object=a${MODULE}&pin-source=https://elsewhere/pin`, 'something else'],
  ] as const) {
    it(`is refused: ${text}`, () => {
      assert.throws(() => parseReference(text, {}), { code: 'KEY_REFERENCE_INVALID', found });
    });
  }
});
