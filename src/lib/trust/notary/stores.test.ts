import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { certify } from '#test/fixtures/notary-signer.ts';
import { data, missing } from '#test/prerequisites.ts';
import { type NotaryStoreType, notaryStore, notaryStores } from './stores.ts';

evidence(
  'trust/notary-stores',
  'published',
  "notation-go's trust stores, good and bad, and notation-core-go's certificates",
);

const skip = missing('shared-data');

/** What notation-go's tests of its trust store expect; how many certificates, or what is wrong. */
const STORES: readonly (readonly [NotaryStoreType, string, number | string])[] = [
  ['ca', 'valid-trust-store', 6],
  ['ca', 'valid-trust-store-2', 2],
  ['ca', 'valid-trust-store-self-signed', 1],
  ['ca', 'trust-store-with-invalid-certs', 'PEM_INVALID'],
  ['ca', 'trust-store-with-leaf-certs', 'TRUST_STORE_INVALID'],
  ['ca', 'trust-store-with-leaf-certs-in-single-file', 'TRUST_STORE_INVALID'],
  ['signingAuthority', 'valid-trust-store', 3],
  ['signingAuthority', 'valid-trust-store-2', 2],
  ['tsa', 'test-timestamp', 1],
  ['tsa', 'test-mismatch', 1],
  ['tsa', 'test-nonCA', 'TRUST_STORE_INVALID'],
  ['tsa', 'test-nonSelfIssued', 'TRUST_STORE_INVALID'],
];

/** Single files, in a store of type `ca`. */
const FILES: readonly (readonly [string, number | string])[] = [
  ['x509/der.der', 1],
  ['x509/multi-der.der', 2],
  ['x509/pem.crt', 1],
  ['x509/multi-pem.crt', 2],
  ['x509/openssl-minimum-self-signed.pem', 1],
  ['x509/timestamp_root.crt', 1],
  ['x509/timestamp_intermediate.crt', 1],
  ['x509/timestamp_leaf.crt', 'TRUST_STORE_INVALID'],
  ['x509/invalid', 'PEM_INVALID'],
  ['e2e-certs/e2e.crt', 1],
  ['e2e-certs/new_e2e.crt', 1],
  ['e2e-certs/expired_e2e.crt', 1],
  ['e2e-certs/globalsignTSARoot.cer', 1],
  ['e2e-certs/DigiCertTSARootSHA384.cer', 1],
];

describe('trust stores', () => {
  for (const [type, name, expected] of STORES) {
    test(`published store ${type}/${name}: ${expected}`, { skip }, () => {
      const folder = data(join('spec/notation/truststore/x509', type, name));
      const files = readdirSync(folder).map((file) => ({ name: file, bytes: readFileSync(join(folder, file)) }));
      expect(expected, () => notaryStore(type, name, files).certificates.length);
    });
  }

  for (const [path, expected] of FILES) {
    test(`published file ${path}: ${expected}`, { skip }, () => {
      const file = { name: path, bytes: readFileSync(data(join('spec/notation', path))) };
      expect(expected, () => notaryStore('ca', 'store', [file]).certificates.length);
    });
  }

  const root = certify({ name: 'root', kind: 'root', issuer: null });
  const intermediate = certify({ name: 'intermediate', kind: 'intermediate', issuer: root });
  const leaf = certify({ name: 'leaf', kind: 'leaf', issuer: root });
  // The root's name, but not its key: by name alone it would pass for self-signed.
  const impostor = certify({ name: 'root', kind: 'leaf', issuer: root });
  const alone = certify({ name: 'alone', kind: 'leaf', issuer: null });
  const made: readonly (readonly [string, NotaryStoreType, Buffer, number | string])[] = [
    ['a root', 'ca', root.certificate, 1],
    ['an intermediate', 'ca', intermediate.certificate, 1],
    ['a leaf', 'ca', leaf.certificate, 'TRUST_STORE_INVALID'],
    ["a leaf of its issuer's name", 'ca', impostor.certificate, 'TRUST_STORE_INVALID'],
    ['a self-signed leaf', 'ca', alone.certificate, 1],
    ['a self-signed leaf', 'signingAuthority', alone.certificate, 1],
    ['a leaf', 'signingAuthority', leaf.certificate, 'TRUST_STORE_INVALID'],
    ['a root', 'tsa', root.certificate, 1],
    ['an intermediate', 'tsa', intermediate.certificate, 'TRUST_STORE_INVALID'],
    ['a self-signed leaf', 'tsa', alone.certificate, 'TRUST_STORE_INVALID'],
    ['something behind a certificate', 'ca', Buffer.concat([root.certificate, Buffer.from([0])]), 'DER_INVALID'],
    ['nothing', 'ca', Buffer.alloc(0), 'PEM_INVALID'],
  ];
  for (const [what, type, bytes, expected] of made) {
    test(`${what} in a store of type ${type}: ${expected}`, () => {
      expect(expected, () => notaryStore(type, 'store', [{ name: 'file', bytes }]).certificates.length);
    });
  }

  test('a store without files is refused', () => {
    assert.throws(() => notaryStore('ca', 'empty', []), { code: 'TRUST_STORE_INVALID', message: /ca:empty/ });
  });

  test('stores of each type stay apart, and a certificate twice counts once', () => {
    const file = { name: 'root.der', bytes: root.certificate };
    const other = { name: 'alone.der', bytes: alone.certificate };
    const stores = notaryStores([
      notaryStore('ca', 'one', [file]),
      notaryStore('ca', 'two', [file, other]),
      notaryStore('signingAuthority', 'three', [other]),
      notaryStore('tsa', 'four', [file]),
    ]);
    assert.equal(stores.ca.size, 2);
    assert.equal(stores.signingAuthority.size, 1);
    assert.deepEqual(
      stores.tsa.map(({ name }) => name),
      ['four'],
    );
  });
});

function expect(expected: number | string, run: () => number): void {
  if (typeof expected === 'number') {
    assert.equal(run(), expected);
  } else {
    assert.throws(run, { code: expected });
  }
}
