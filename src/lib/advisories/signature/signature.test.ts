import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { GnuPg } from '#test/fixtures/gnupg.ts';
import { missing } from '#test/prerequisites.ts';
import { readSigningKeys, verifyDetached } from './index.ts';
import { type Packet, readPackets, TAGS } from './packets.ts';

evidence('advisories/redhat-csaf', 'real tool', 'keys and detached signatures that GnuPG has made');

const skip = missing('gnupg');
const MADE = '20260101T000000';
const NOW = Date.parse('2026-06-01T00:00:00Z');
const CONTENT = Buffer.from('{"document":\r\n"of a feed"}\n');
const object = 'feed.asc';

let shared: ReturnType<typeof make> | undefined;

after(() => shared?.gpg.close());

/** Once for all tests: keys of RSA take a while. */
function sample(): ReturnType<typeof make> {
  shared ??= make();
  return shared;
}

function make() {
  const gpg = new GnuPg(MADE);
  const rsa = gpg.key('rsa', 'rsa3072');
  const edward = gpg.key('edward', 'ed25519', { usage: 'cert', subkey: 'ed25519' });
  const roger = gpg.key('roger', 'rsa2048', { usage: 'cert', subkey: 'rsa2048' });
  const brief = gpg.key('brief', 'ed25519', { expires: '2026-05-01' });
  return { gpg, rsa, edward, roger, brief };
}

async function check(
  keys: Uint8Array,
  signature: Uint8Array,
  { content = CONTENT, now = NOW }: { content?: Uint8Array; now?: number } = {},
): Promise<void> {
  const pieces = [content.subarray(0, 5), content.subarray(5)];
  await verifyDetached(signature, pieces, await readSigningKeys(keys, 'feed.key'), { object, now });
}

const code = 'ADVISORY_SIGNATURE_INVALID';

describe('signatures of GnuPG', { skip }, () => {
  for (const user of ['rsa', 'edward', 'roger', 'brief'] as const) {
    it(`are accepted where the key is there and valid: ${user}`, async () => {
      const { gpg, ...keys } = sample();
      const now = Date.parse('2026-04-01T00:00:00Z');
      for (const hash of ['SHA256', 'SHA384', 'SHA512']) {
        const signature = gpg.sign(keys[user], CONTENT, '--digest-algo', hash);
        await check(gpg.public(keys[user]), signature, { now });
        await check(gpg.public(), signature, { now });
      }
    });
  }

  it('are refused where the content is another', async () => {
    const { gpg, rsa, edward } = sample();
    for (const user of [rsa, edward]) {
      const [keys, signature] = [gpg.public(user), gpg.sign(user, CONTENT)];
      for (const content of [CONTENT.subarray(1), Buffer.concat([CONTENT, CONTENT]), Buffer.alloc(0)]) {
        await assert.rejects(check(keys, signature, { content }), { code, message: /a signature of these bytes/ });
      }
    }
  });

  it('are refused where the hash is of the content and the signature of another', async () => {
    const { gpg, rsa, edward } = sample();
    for (const user of [rsa, edward]) {
      const bytes = unarmoured(gpg.sign(user, CONTENT));
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await assert.rejects(check(gpg.public(user), armoured(bytes)), { code, message: /does not verify/ });
    }
  });

  it('are refused where only the first bytes of the hash are those of the content', async () => {
    const { gpg, rsa, edward } = sample();
    const content = Buffer.from('another document');
    for (const user of [rsa, edward]) {
      const [packet] = readPackets(unarmoured(gpg.sign(user, CONTENT, '--digest-algo', 'SHA256')), 'signature');
      assert.ok(packet !== undefined);
      const body = Buffer.from(packet.body);
      const hashed = 6 + body.readUInt16BE(4);
      const end = Buffer.from([4, 0xff, 0, 0, hashed >> 8, hashed & 0xff]);
      const digest = createHash('sha256').update(content).update(body.subarray(0, hashed)).update(end).digest();
      digest.copy(body, hashed + 2 + body.readUInt16BE(hashed), 0, 2);
      const signature = armoured(written([{ tag: TAGS.signature, body }]));
      await assert.rejects(check(gpg.public(user), signature, { content }), { code, message: /does not verify/ });
    }
  });

  it('are refused by other keys', async () => {
    const { gpg, rsa, edward } = sample();
    const message = /expected a signature by [0-9a-f]{40}.*found one by [0-9a-f]{40}/;
    await assert.rejects(check(gpg.public(edward), gpg.sign(rsa, CONTENT)), { code, message });
  });

  it('are refused when the key has expired, is not valid yet, or the signature is of later or has expired', async () => {
    const { gpg, rsa, brief } = sample();
    await assert.rejects(check(gpg.public(brief), gpg.sign(brief, CONTENT)), {
      code,
      message: /expired on 2026-05-01/,
    });
    const early = Date.parse('2025-12-31T00:00:00Z');
    await assert.rejects(check(gpg.public(rsa), gpg.sign(rsa, CONTENT), { now: early }), {
      code,
      message: /valid only from 2026-01-01/,
    });
    const later = gpg.run(
      ['--faked-system-time', '20270101T000000!', '--armor', '--local-user', rsa, '--detach-sign'],
      CONTENT,
    );
    await assert.rejects(check(gpg.public(rsa), later), { code, message: /found 2027-01-01/ });
    const expired = gpg.sign(rsa, CONTENT, '--default-sig-expire', '30d');
    await assert.rejects(check(gpg.public(rsa), expired), { code, message: /expired on 2026-01-31/ });
  });

  it('are refused of SHA-1, of text, of several at once, with an unknown critical part, and cut off', async () => {
    const { gpg, rsa, edward } = sample();
    const whole = gpg.sign(rsa, CONTENT);
    const cases: readonly (readonly [signature: Uint8Array, message: RegExp])[] = [
      [gpg.sign(rsa, CONTENT, '--digest-algo', 'SHA1', '--weak-digest', 'MD5'), /SHA-256.*found hash algorithm 2/],
      [gpg.sign(rsa, CONTENT, '--textmode'), /a signature of a binary document, found one of type 1/],
      [gpg.sign(rsa, CONTENT, '--local-user', edward), /expected one signature, found more/],
      [gpg.sign(rsa, CONTENT, '--set-notation', '!a@example.org=b'), /critical subpackets/],
      [whole.subarray(0, -30), /END PGP SIGNATURE/],
      [Buffer.from(whole.toString().replace(/\n=.{4}\n/, '\n=AAAA\n')), /the checksum of the armour/],
      [Buffer.concat([whole, Buffer.from('more')]), /found "more"/],
      [Buffer.alloc(0), /found nothing/],
      [Buffer.alloc(20_000), /at most 16384 bytes/],
      [gpg.public(rsa), /BEGIN PGP SIGNATURE/],
    ];
    for (const [signature, message] of cases) {
      await assert.rejects(check(gpg.public(rsa), signature), { code, message });
    }
  });

  it('are refused by a key that is revoked, and a file of nothing that may sign is refused', async () => {
    const { gpg, edward } = sample();
    const revoked = gpg.key('revoked', 'ed25519');
    const signature = gpg.sign(revoked, CONTENT);
    gpg.revoke(revoked);
    await assert.rejects(check(gpg.public(revoked), signature), { code, message: /may sign, found it is revoked/ });
    await assert.rejects(check(gpg.public(revoked, edward), signature), { code, message: /: it is revoked/ });
    const certifies = gpg.key('certifies', 'ed25519', { usage: 'cert' });
    await assert.rejects(readSigningKeys(gpg.public(certifies), 'k'), { code, message: /it is not for signing/ });
  });

  it('are refused by a subkey that is revoked, or that the primary key has not bound', async () => {
    const { gpg, rsa, edward } = sample();
    const signature = gpg.sign(edward, CONTENT);
    const ofRsa = readPackets(unarmoured(gpg.public(rsa)), 'rsa');
    const ofEdward = readPackets(unarmoured(gpg.public(edward)), 'edward');
    const subkey = ofEdward.findIndex(({ tag }) => tag === TAGS.subkey);
    const [head, bound, binding] = [ofEdward.slice(0, subkey), ofEdward[subkey], ofEdward[subkey + 1]];
    assert.ok(bound !== undefined && binding !== undefined);
    const revocation = Buffer.from(binding.body);
    revocation[1] = 0x28;
    const revoked = [...head, bound, binding, { tag: TAGS.signature, body: revocation }];
    const unbound = [...head, bound];
    const forged = Buffer.from(binding.body);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const keyRevoked = [
      ofEdward[0] ?? bound,
      { tag: TAGS.signature, body: Buffer.from([4, 0x20]) },
      ...ofEdward.slice(1),
    ];
    const cases: readonly (readonly [packets: readonly Packet[], message: RegExp])[] = [
      [revoked, /it is revoked/],
      [unbound, /signed nothing about it/],
      [[...unbound, { tag: TAGS.signature, body: forged }], /what is signed about it does not count/],
      [keyRevoked, /its primary key is revoked/],
      [[...ofRsa, bound, binding], /signed nothing about it/],
    ];
    for (const [packets, message] of cases) {
      // A key that may sign beside it, or the file is refused as a whole.
      const all = packets[0] === ofRsa[0] ? packets : [...ofRsa, ...packets];
      await assert.rejects(check(armoured(written(all), 'PUBLIC KEY BLOCK'), signature), { code, message });
    }
    await check(armoured(written([...ofRsa, ...ofEdward]), 'PUBLIC KEY BLOCK'), signature);
  });

  it('whatever is changed in a signature or a key, what is refused is refused by an error of ours', async () => {
    const { gpg, edward, rsa } = sample();
    const damage = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean());
    for (const user of [edward, rsa]) {
      const [keys, signature] = [gpg.public(user), gpg.sign(user, CONTENT)];
      await fc.assert(
        fc.asyncProperty(damage, fc.constantFrom('signature', 'keys', 'text'), async ([at, mask, cut], what) => {
          const changed = (text: Buffer, label: string) =>
            what === 'text' ? damaged(text) : armoured(damaged(unarmoured(text)), label);
          const damaged = (bytes: Buffer) => {
            const copy = Buffer.from(cut ? bytes.subarray(0, at % bytes.length) : bytes);
            copy[at % bytes.length] = (copy[at % bytes.length] ?? 0) ^ mask;
            return copy;
          };
          try {
            await check(
              what === 'signature' ? keys : changed(keys, 'PUBLIC KEY BLOCK'),
              what === 'keys' ? signature : changed(signature, 'SIGNATURE'),
            );
          } catch (error) {
            assert.ok(isAppError(error) && error.code === code, String(error));
          }
          await assert.rejects(
            check(keys, changed(signature, 'SIGNATURE'), { content: Buffer.concat([CONTENT, Buffer.of(mask)]) }),
            { code },
          );
        }),
        { numRuns: 300 },
      );
    }
  });

  it('no bit of what is signed, of the key or of the signature can be another', async () => {
    const { gpg, edward } = sample();
    const [keys, signature] = [unarmoured(gpg.public(edward)), unarmoured(gpg.sign(edward, CONTENT))];
    // A head of the packet, the subpackets that are hashed, and the numbers; the id of the key is not hashed, and a hint.
    const unhashed = 2 + 6 + signature.readUInt16BE(6);
    for (let at = 0; at < signature.length; at += 1) {
      if (at < unhashed || at >= unhashed + 2 + signature.readUInt16BE(unhashed)) {
        const changed = Buffer.from(signature);
        changed[at] = (changed[at] ?? 0) ^ 4;
        await assert.rejects(check(armoured(keys, 'PUBLIC KEY BLOCK'), armoured(changed)), { code }, `byte ${at}`);
      }
    }
  });
});

function written(packets: readonly Packet[]): Buffer {
  return Buffer.concat(
    packets.flatMap(({ tag, body }) => {
      const head = Buffer.from([0xc0 | tag, 255, 0, 0, 0, 0]);
      head.writeUInt32BE(body.length, 2);
      return [head, body];
    }),
  );
}

function unarmoured(text: Buffer): Buffer {
  const lines = text.toString().split('\n');
  const content = lines.slice(lines.indexOf('') + 1).filter((line) => !/^[-=]/.test(line));
  return Buffer.from(content.join(''), 'base64');
}

/** Without the checksum, which would tell of any change. */
function armoured(bytes: Uint8Array, label = 'SIGNATURE'): Buffer {
  const text = Buffer.from(bytes).toString('base64');
  return Buffer.from(`-----BEGIN PGP ${label}-----\n\n${text}\n-----END PGP ${label}-----\n`);
}
