import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { identityToken } from '#test/fixtures/signing-servers.ts';
import { IdentityToken } from './identity-token.ts';

evidence(
  'trust/identity-token',
  'published',
  'the token of RFC 7519 section 3.1; Fulcio of @sigstore/mock takes what is accepted',
);

const EXPIRES = 1_300_819_380;
const CLAIMS = { iss: 'https://issuer.example', sub: 'subject', aud: 'sigstore', exp: EXPIRES };
/** RFC 7519 section 3.1, whose claims are `iss`, `exp` and one that is not registered. */
const PUBLISHED =
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9' +
  '.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ' +
  '.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

function read(claims: unknown): IdentityToken {
  return new IdentityToken(identityToken(claims as Readonly<Record<string, unknown>>), 'the test');
}

describe('an identity token', () => {
  it('says who its owner is, for whom it is and how long', () => {
    assert.deepEqual(read(CLAIMS).claims, {
      issuer: 'https://issuer.example',
      subject: 'subject',
      audiences: ['sigstore'],
      expires: EXPIRES * 1000,
    });
    const { sub: _, ...others } = CLAIMS;
    const person = { ...others, email: 'a@voyage.example', email_verified: true };
    assert.equal(read(person).claims.subject, 'a@voyage.example');
    assert.equal(read({ ...person, sub: 'other' }).claims.subject, 'a@voyage.example');
    assert.deepEqual(read({ ...CLAIMS, aud: ['a', 'b'] }).claims.audiences, ['a', 'b']);
    assert.deepEqual(read({ ...CLAIMS, aud: undefined }).claims.audiences, []);
    assert.deepEqual(read({ ...CLAIMS, email: '' }).claims.subject, 'subject');
    assert.equal(new IdentityToken(` \r\n${identityToken(CLAIMS)}\n`, 'file').reveal(), identityToken(CLAIMS));
  });

  it('is in no property, and in nothing that prints it', () => {
    const token = read(CLAIMS);
    for (const shown of [inspect(token, { showHidden: true, depth: 9 }), JSON.stringify(token), String(token)]) {
      assert.ok(!shown.includes(token.reveal().slice(0, 20)), shown);
    }
  });

  it('counts up to the second in which it expires', () => {
    const token = read(CLAIMS);
    token.assertCurrent(EXPIRES * 1000 - 1);
    for (const [late, said] of [
      [0, '0 minutes ago'],
      [60_000, '1 minute ago'],
      [7_260_000, '121 minutes ago'],
    ] as const) {
      assert.throws(() => token.assertCurrent(EXPIRES * 1000 + late), {
        code: 'IDENTITY_TOKEN_EXPIRED',
        found: `one that ended at 2011-03-22T18:43:00Z, ${said}`,
      });
    }
  });

  it('without what has to be in it is refused, and not repeated', () => {
    const claims = Buffer.from(JSON.stringify(CLAIMS)).toString('base64url');
    const [header, , signature] = PUBLISHED.split('.');
    const table: readonly (readonly [string, string, found: RegExp])[] = [
      ['nothing', '', /0 characters/],
      ['an opaque token', 'ghs_16C7e42F292c6912E7710c838347Ae178B4a', /40 characters in other form/],
      ['two parts', `${header}.${claims}`, /in other form/],
      ['four parts', `${header}.${claims}.${signature}.${signature}`, /in other form/],
      ['no signature', `${header}.${claims}.`, /in other form/],
      ['too long', `${header}.${claims}.${'A'.repeat(70_000)}`, /70\d{3} characters/],
      ['base64 that is not for URLs', `${header}.${claims}+/=.${signature}`, /something else/],
      ['a signature that is none', `${header}.${claims}.${signature}!`, /something else/],
      ['a header that is none', `AAAA.${claims}.${signature}`, /something else/],
      ['no subject', PUBLISHED, /"sub" to be a text, found nothing/],
      ['a list', identityToken([] as never), /an object/],
      ['no issuer', identityToken({ ...CLAIMS, iss: 5 }), /"iss" to be a text/],
      [
        'an address that nobody verified',
        identityToken({ ...CLAIMS, email: 'a@b.example' }),
        /"email_verified" to be true/,
      ],
      [
        'one that is not verified',
        identityToken({ ...CLAIMS, email: 'a@b.example', email_verified: 'false' }),
        /to be true/,
      ],
      ['no end', identityToken({ ...CLAIMS, exp: undefined }), /"exp" to be seconds/],
      ['an end as text', identityToken({ ...CLAIMS, exp: '1300819380' }), /"exp" to be seconds/],
      ['an end before all times', identityToken({ ...CLAIMS, exp: -1 }), /"exp" to be seconds/],
      ['an end after all times', identityToken({ ...CLAIMS, exp: 1e300 }), /"exp" to be seconds/],
      ['an audience that is a number', identityToken({ ...CLAIMS, aud: 3 }), /"aud" to be a list/],
    ];
    for (const [name, text, found] of table) {
      assert.throws(
        () => new IdentityToken(text, 'the test'),
        (error) => {
          assert.ok(isAppError(error), name);
          assert.equal(error.code, 'IDENTITY_TOKEN_INVALID', name);
          assert.match(error.message, found, name);
          const shown = `${inspect(error, { depth: 9 })} ${error.stack}`;
          assert.ok(text.length < 20 || !shown.includes(text.slice(0, 20)), name);
          return true;
        },
        name,
      );
    }
  });

  it('twice in its JSON is refused', () => {
    const [header, , signature] = PUBLISHED.split('.');
    const twice = Buffer.from('{"iss":"a","iss":"b","sub":"c","exp":1300819380}').toString('base64url');
    assert.throws(() => new IdentityToken(`${header}.${twice}.${signature}`, 'x'), { code: 'IDENTITY_TOKEN_INVALID' });
  });

  it('with any character changed is read or refused', () => {
    const text = identityToken(CLAIMS);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), (at, put) => {
        try {
          const token = new IdentityToken(text.slice(0, at) + put + text.slice(at + 1), 'x');
          assert.equal(typeof token.claims.subject, 'string');
        } catch (error) {
          assert.ok(isAppError(error) && error.code === 'IDENTITY_TOKEN_INVALID', String(error));
        }
      }),
      { numRuns: 500, seed: 9 },
    );
  });
});
