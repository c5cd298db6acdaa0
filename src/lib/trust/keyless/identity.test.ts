import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { exactly, type KeylessSigner, matchIdentity, matching, type TextMatcher } from './identity.ts';

const SIGNER: KeylessSigner = {
  kind: 'keyless',
  subject: 'https://github.com/voyage/app/.github/workflows/release.yml@refs/tags/v1',
  issuer: 'https://token.actions.githubusercontent.com',
  claims: new Map([['runnerEnvironment', 'github-hosted']]),
};

function mismatches(
  subject: TextMatcher,
  more: { readonly issuer?: TextMatcher; readonly claims?: Readonly<Record<string, TextMatcher>> } = {},
): readonly string[] {
  return matchIdentity(SIGNER, {
    issuer: more.issuer ?? exactly(SIGNER.issuer, 'issuer'),
    subject,
    claims: new Map(Object.entries(more.claims ?? {})),
  }).map(({ name }) => name);
}

describe('matchIdentity', () => {
  test('exact and pattern', () => {
    assert.deepEqual(mismatches(exactly(SIGNER.subject, 'subject')), []);
    assert.deepEqual(mismatches(matching('https://github\\.com/voyage/.*', 'subject')), []);
    assert.deepEqual(
      mismatches(matching('https://github\\.com/(voyage|other)/app/.*@refs/tags/v[0-9]+', 'subject')),
      [],
    );
  });

  test('a pattern matches all of the value, however it is written', () => {
    for (const source of [
      'https://github\\.com/voyage/',
      'voyage',
      '.',
      'github\\.com/voyage/app/.*',
      '^https://github',
      'x|https://github',
      '(?m)^https://github\\.com',
      'https://github.com/voyage/app/.github/workflows/release.yml@refs/tags/v',
    ]) {
      assert.deepEqual(mismatches(matching(source, 'subject')), ['subject'], source);
    }
  });

  test('alternatives are anchored together, and a line break does not end a value', () => {
    const signer = { ...SIGNER, subject: 'good\nevil' };
    const identity = { issuer: exactly(SIGNER.issuer, 'issuer'), claims: new Map<string, TextMatcher>() };
    for (const source of ['good', 'good|evil', '(?m)^good$', 'good.*', '(?m)good$']) {
      assert.equal(matchIdentity(signer, { ...identity, subject: matching(source, 'subject') }).length, 1, source);
    }
  });

  test('case and spaces count', () => {
    assert.deepEqual(mismatches(exactly(SIGNER.subject.toUpperCase(), 'subject')), ['subject']);
    assert.deepEqual(mismatches(exactly(`${SIGNER.subject} `, 'subject')), ['subject']);
  });

  test('the issuer and every claim have to match; a claim that is not there does not', () => {
    const subject = exactly(SIGNER.subject, 'subject');
    assert.deepEqual(mismatches(subject, { issuer: exactly('https://accounts.google.com', 'issuer') }), ['issuer']);
    assert.deepEqual(mismatches(subject, { claims: { runnerEnvironment: exactly('github-hosted', 'claim') } }), []);
    assert.deepEqual(mismatches(subject, { claims: { runnerEnvironment: exactly('self-hosted', 'claim') } }), [
      'runnerEnvironment',
    ]);
    assert.deepEqual(mismatches(subject, { claims: { buildTrigger: matching('.*', 'claim') } }), ['buildTrigger']);
  });

  test('nothing to look for, and patterns that are not RE2, are refused', () => {
    for (const source of ['', '(', '(?=x)', '(a)\\1', '[']) {
      assert.throws(() => matching(source, 'subject'), { code: 'IDENTITY_INVALID' });
    }
    assert.throws(() => exactly('', 'subject'), { code: 'IDENTITY_INVALID' });
  });

  test('a pattern that makes other engines hang does not', () => {
    const identity = {
      issuer: exactly(SIGNER.issuer, 'issuer'),
      subject: matching('(a+)+$', 'subject'),
      claims: new Map(),
    };
    assert.equal(matchIdentity({ ...SIGNER, subject: `${'a'.repeat(5000)}!` }, identity).length, 1);
  });

  test('an exact value matches itself and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        assert.equal(mismatches(exactly(a, 'subject')).length === 0, a === SIGNER.subject);
        const signer = { ...SIGNER, subject: b };
        const identity = {
          issuer: exactly(SIGNER.issuer, 'issuer'),
          subject: exactly(a, 'subject'),
          claims: new Map(),
        };
        assert.equal(matchIdentity(signer, identity).length === 0, a === b);
      }),
    );
  });
});
