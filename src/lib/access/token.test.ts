import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { readToken, type TokenClaims, type TokenKey, writeToken } from './token.ts';

evidence('access/tokens', 'self-made', 'tokens that are tampered with, of other keys, of other algorithms');
evidence('access/tokens', 'real tool', 'OpenSSL makes the same signature, and one of its own is taken');

const NOW = 1_780_000_000_000;
const SECONDS = NOW / 1000;
const KEY: TokenKey = { id: 'k1', secret: randomBytes(32) };
const PARTIES = { issuer: 'http://127.0.0.1:7400', audience: 'plimsoll' };
const CLAIMS: TokenClaims = {
  iss: PARTIES.issuer,
  aud: PARTIES.audience,
  sub: 'alice',
  iat: SECONDS,
  nbf: SECONDS - 60,
  exp: SECONDS + 300,
  jti: 'x',
  from: 0,
  aid: 'id',
  access: [{ repository: 'team/app', actions: ['pull'] }],
};

function read(text: string, now = NOW) {
  return readToken(text, [KEY], PARTIES, now).kind;
}

/** A token with any header and body, signed by the right key. */
function forged(header: string, body: string, key: TokenKey = KEY): string {
  const signed = `${Buffer.from(header).toString('base64url')}.${Buffer.from(body).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', key.secret).update(signed).digest('base64url')}`;
}

const HEADER = '{"alg":"HS256","typ":"JWT","kid":"k1"}';
const BODY = JSON.stringify(CLAIMS);

describe('a token', () => {
  it('says what it was written with', () => {
    assert.deepEqual(readToken(writeToken(CLAIMS, KEY), [KEY], PARTIES, NOW), { kind: 'good', claims: CLAIMS });
    assert.equal(read(forged(HEADER, BODY)), 'good');
  });

  it('is signed as OpenSSL signs', { skip: missing('openssl') }, () => {
    const [header = '', body = '', signature] = writeToken(CLAIMS, KEY).split('.');
    const key = `hexkey:${Buffer.from(KEY.secret).toString('hex')}`;
    const sign = (input: string): string =>
      execFileSync('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', key, '-binary'], { input }).toString(
        'base64url',
      );
    assert.equal(signature, sign(`${header}.${body}`));
    const own = `${header}.${Buffer.from(BODY).toString('base64url')}`;
    assert.equal(read(`${own}.${sign(own)}`), 'good');
    assert.equal(read(`${own}.${sign(`${own}.`)}`), 'bad');
  });

  it('is good from nbf until exp', () => {
    const token = writeToken(CLAIMS, KEY);
    assert.equal(read(token, (CLAIMS.nbf - 1) * 1000), 'bad');
    assert.equal(read(token, CLAIMS.nbf * 1000), 'good');
    assert.equal(read(token, CLAIMS.exp * 1000 - 1), 'good');
    assert.equal(read(token, CLAIMS.exp * 1000), 'bad');
  });

  it('of another key is of an unknown one, or bad under a known name', () => {
    assert.equal(read(writeToken(CLAIMS, { ...KEY, id: 'k2' })), 'unknown-key');
    assert.equal(read(writeToken(CLAIMS, { ...KEY, secret: randomBytes(32) })), 'bad');
  });

  it('of another issuer or for another audience is bad', () => {
    assert.equal(read(writeToken({ ...CLAIMS, iss: 'http://evil' }, KEY)), 'bad');
    assert.equal(read(writeToken({ ...CLAIMS, aud: 'other' }, KEY)), 'bad');
  });

  const cases: readonly (readonly [name: string, token: string])[] = [
    ['no text', ''],
    ['two parts', 'a.b'],
    ['four parts', `${writeToken(CLAIMS, KEY)}.a`],
    ['no signature', `${writeToken(CLAIMS, KEY).split('.').slice(0, 2).join('.')}.`],
    [
      'alg none',
      `${Buffer.from('{"alg":"none","typ":"JWT","kid":"k1"}').toString('base64url')}.${Buffer.from(BODY).toString('base64url')}.`,
    ],
    ['alg none, signed', forged('{"alg":"none","typ":"JWT","kid":"k1"}', BODY)],
    ['another alg', forged('{"alg":"HS512","typ":"JWT","kid":"k1"}', BODY)],
    ['a header more', forged('{"alg":"HS256","typ":"JWT","kid":"k1","jku":"http://evil"}', BODY)],
    ['no kid', forged('{"alg":"HS256","typ":"JWT"}', BODY)],
    ['a header twice', forged('{"alg":"none","alg":"HS256","typ":"JWT","kid":"k1"}', BODY)],
    ['a claim more', forged(HEADER, JSON.stringify({ ...CLAIMS, admin: true }))],
    ['a claim less', forged(HEADER, JSON.stringify({ ...CLAIMS, exp: undefined }))],
    ['a claim twice', forged(HEADER, BODY.replace('{', '{"sub":"root",'))],
    ['an end that is no number', forged(HEADER, JSON.stringify({ ...CLAIMS, exp: '9e9' }))],
    ['an action that there is not', forged(HEADER, BODY.replace('"pull"', '"admin"'))],
    ['padding', forged(HEADER, BODY).replace('.', '=.')],
    ['too much', forged(HEADER, JSON.stringify({ ...CLAIMS, jti: 'x'.repeat(70_000) }))],
  ];
  for (const [name, token] of cases) {
    it(`is bad with ${name}`, () => {
      assert.equal(read(token), 'bad');
    });
  }

  it('is bad with any character changed', () => {
    const token = writeToken(CLAIMS, KEY);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 2, unit: 'binary' }), (at, text) => {
        const changed = token.slice(0, at) + text + token.slice(at + 1);
        assert.ok(changed === token || read(changed) !== 'good');
      }),
    );
  });

  it('is bad, not an error, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(read(text), 'bad')));
    fc.assert(fc.property(fc.json(), fc.json(), (header, body) => assert.notEqual(read(forged(header, body)), 'good')));
  });

  it('is not signed by a key that is too short', () => {
    assert.throws(() => writeToken(CLAIMS, { id: 'k1', secret: new Uint8Array() }), RangeError);
  });
});
