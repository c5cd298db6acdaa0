import assert from 'node:assert/strict';
import { isAppError } from '#base/error.ts';
import { readSigningKeys, verifyDetached } from '#lib/advisories/signature/index.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** Made by GnuPG 2.2: a key that certifies with a subkey that signs, and a signature by it. */
const KEY = `
mDMEaVW5ABYJKwYBBAHaRw8BAQdA2r3YEOinMEC0DuteNrI42nudgv9f0e8PAwRk+lRrjZG0BGZlZWSIkAQTFggAOBYhBMfslETy9yEV
k5wrAO2sEAbNLYHbBQJpVbkAAhsBBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEO2sEAbNLYHbkFIBAK48OgGUU5QVD4YHN/76diG1
59ScLyF9QJzl2ZgHATp8AQD0ZQDrua1lLvbysb9ghpyFART2nlMw3kzWqltf7yWCBbgzBGlVuQAWCSsGAQQB2kcPAQEHQMkVYByEkaKQ
LBCFE5DGo4EmrHWoo41OD7bsWX7wAyLRiO8EGBYIACAWIQTH7JRE8vchFZOcKwDtrBAGzS2B2wUCaVW5AAIbAgCBCRDtrBAGzS2B23Yg
BBkWCAAdFiEECS5GDSD21zsXaGzq74mDlTTUSUAFAmlVuQAACgkQ74mDlTTUSUD/3gEA9kY48TVXWARaY4wHnZbMxK/j6ebVi4oudDqF
f05Ffu0BAOnYqn5BlDAQ0lCY+IdcCzA4wbkNYUDd1boBHUWQbuEBPuMA/A//qME+3QOC6XjNN8Un+v0zqCHSkEmiR8rv7LjfApeoAQCV
H0/BG8xWhnO2LJJHqELcRYHiVhYyTrS2dKFAKVJcDw==`;
const SIGNATURE = `
iHUEABYIAB0WIQQJLkYNIPbXOxdobOrviYOVNNRJQAUCaVW5AAAKCRDviYOVNNRJQByFAQC7xU7TpzOdwCDcP+08OoW4885AT+DUPbF4
Knj5vaSLcAEA4/TCT5rTdW+RYu5m7PqUi98hfXXNawa1xof08SFWnwg=`;

const NOW = Date.parse('2026-06-01T00:00:00Z');
const CONTENT = Buffer.from('a document\n');
const KEYS = armoured(Buffer.from(KEY, 'base64'), 'PUBLIC KEY BLOCK');

function armoured(bytes: Uint8Array, label: string): Buffer {
  const text = Buffer.from(bytes).toString('base64');
  return Buffer.from(`-----BEGIN PGP ${label}-----\n\n${text}\n-----END PGP ${label}-----\n`);
}

async function verify(signature: Uint8Array, content: Uint8Array): Promise<void> {
  const keys = await readSigningKeys(KEYS, 'keys');
  await verifyDetached(signature, [content], keys, { object: 'signature', now: NOW });
}

/** Keys and detached signatures of OpenPGP, with their armour and without: no signature is of anything else too. */
export const openpgp: FuzzTarget = {
  id: 'openpgp',
  seeds: () => [
    KEYS,
    Buffer.from(KEY, 'base64'),
    armoured(Buffer.from(SIGNATURE, 'base64'), 'SIGNATURE'),
    Buffer.from(SIGNATURE, 'base64'),
  ],
  maxMillis: 300,
  dictionary: ['-----BEGIN PGP SIGNATURE-----\n', '-----END PGP PUBLIC KEY BLOCK-----\n', '\n=AAAA\n', 'Comment: x\n'],
  run: async (input) => {
    const isKey = input[0] === 0x98 || Buffer.from(input.subarray(0, 30)).includes('PUBLIC');
    const isText = input[0] === 0x2d;
    if (isKey) {
      const keys = await readSigningKeys(isText ? input : armoured(input, 'PUBLIC KEY BLOCK'), 'keys');
      assert.ok(keys.some(({ refused, packet }) => refused === null && packet.key !== null));
      return;
    }
    const signature = isText ? input : armoured(input, 'SIGNATURE');
    await verify(signature, CONTENT);
    await assert.rejects(verify(signature, Buffer.concat([CONTENT, CONTENT])), isAppError);
  },
};
