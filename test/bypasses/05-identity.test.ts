import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { der } from '../fixtures/hostile-certificates.ts';
import { IDENTITIES, MADE, TRUSTED_ROOT_FILE } from '../fixtures/signed/index.ts';
import { assertAccepted, assertRefused, IMAGE, judge, MINUTE, NOW, signedByCosign, trusting } from './attack.ts';
import { claim, type Identity, keylessSignature, newAuthority, uri } from './fulcio.ts';

evidence(
  'trust/bypass-05',
  'self-made',
  'certificates of an authority and certificate log of the test, of identities that look like the one asked for',
);
evidence('trust/bypass-05', 'real tool', 'a bundle of cosign 3 with a certificate of Fulcio');

const ISSUER = 'https://token.actions.example';
const SUBJECT = 'https://code.example/team/app/.github/workflows/release.yml@refs/heads/main';
const authority = newAuthority(NOW);
const SIGNED_AT = NOW - 60 * MINUTE;

interface Asked {
  readonly issuer?: unknown;
  readonly subject?: unknown;
  readonly claims?: unknown;
}

async function attempt(identity: Partial<Identity>, asked: Asked = {}) {
  const whole = { subject: SUBJECT, issuer: ISSUER, from: SIGNED_AT - MINUTE, ...identity };
  const signature = keylessSignature(IMAGE, authority.issue(whole), authority.log, SIGNED_AT);
  return await judge({
    attachments: [signature],
    roots: { own: authority.entry },
    signers: { release: { keyless: { root: 'own', issuer: ISSUER, subject: SUBJECT, ...asked } } },
  });
}

const MAIN = { matches: 'https://code\\.example/team/app/\\.github/workflows/release\\.yml@refs/heads/main' };
const BELOW = { matches: 'https://code\\.example/team/[a-z]+/.*' };

const lookalikes: readonly (readonly [name: string, identity: Partial<Identity>, asked: Asked, fault: RegExp])[] = [
  ['another subject', { subject: `${SUBJECT}-evil` }, {}, /^IDENTITY_MISMATCH .*expected subject .*found subject /],
  [
    'a subject that begins so',
    { subject: `${SUBJECT}/../evil` },
    { subject: MAIN },
    /^IDENTITY_MISMATCH .*all of the pattern/,
  ],
  [
    'a subject that ends so',
    { subject: `https://evil.example/?${SUBJECT}` },
    { subject: MAIN },
    /^IDENTITY_MISMATCH .*all of the pattern/,
  ],
  [
    'a line that is so',
    { subject: `${SUBJECT}\n${SUBJECT}` },
    { subject: MAIN },
    /^IDENTITY_MISMATCH |CERTIFICATE_INVALID /,
  ],
  [
    'a pattern of a part',
    {},
    { subject: { matches: 'code\\.example/team' } },
    /^IDENTITY_MISMATCH .*all of the pattern/,
  ],
  [
    'alternatives, each of them anchored',
    { subject: 'https://code.example/team/app/x' },
    { subject: { matches: 'https://code\\.example/team/ap|https://code\\.example/team/app/y' } },
    /^IDENTITY_MISMATCH /,
  ],
  [
    'another host below a pattern',
    { subject: 'https://code.example.evil/team/app/x' },
    { subject: BELOW },
    /^IDENTITY_MISMATCH /,
  ],
  ['another case', { subject: SUBJECT.toUpperCase() }, {}, /^IDENTITY_MISMATCH /],
  [
    'a text where a pattern is asked for',
    { subject: 'https://code_example/team/app/x' },
    { subject: 'https://code.example/team/app/x' },
    /^IDENTITY_MISMATCH /,
  ],
  [
    'another issuer (CVE-2025-29778)',
    { issuer: 'https://evil.example' },
    { subject: { any: true } },
    /^IDENTITY_MISMATCH .*expected issuer .*found issuer "https:\/\/evil\.example"/,
  ],
  [
    'another issuer than the pattern (CVE-2025-29778)',
    { issuer: 'https://token.actions.example.evil' },
    { issuer: { matches: 'https://token\\.actions\\.example' } },
    /^IDENTITY_MISMATCH .*expected issuer/,
  ],
  [
    'an issuer with a path (CVE-2026-22772)',
    { issuer: 'https://evil.example/https://token.actions.example' },
    { issuer: { matches: 'https://token\\.[a-z]+\\.example' } },
    /^IDENTITY_MISMATCH .*expected issuer/,
  ],
  [
    'a claim that is not there',
    {},
    { claims: { sourceRepositoryURI: 'https://code.example/team/app' } },
    /^IDENTITY_MISMATCH .*sourceRepositoryURI.*found sourceRepositoryURI nothing/,
  ],
  [
    'another claim',
    { extensions: [claim(8, ISSUER), claim(12, 'https://code.example/evil/app')] },
    { claims: { sourceRepositoryURI: 'https://code.example/team/app' } },
    /^IDENTITY_MISMATCH .*sourceRepositoryURI/,
  ],
  [
    'two issuers: the old extension says what is asked for, the new one who it was',
    { extensions: [claim(1, ISSUER, 'raw'), claim(8, 'https://evil.example')] },
    {},
    /^IDENTITY_UNCLEAR .*in both extensions/,
  ],
  [
    'two issuers: the new extension says what is asked for, the old one who it was',
    { extensions: [claim(1, 'https://evil.example', 'raw'), claim(8, ISSUER)] },
    {},
    /^IDENTITY_UNCLEAR .*in both extensions/,
  ],
  [
    'the new extension twice',
    { extensions: [claim(8, 'https://evil.example'), claim(8, ISSUER)] },
    {},
    /^CERTIFICATE_INVALID /,
  ],
  ['the new extension as bare text', { extensions: [claim(8, ISSUER, 'raw')] }, {}, /^DER_INVALID /],
  [
    'an issuer with a NUL behind it',
    { extensions: [claim(8, `${ISSUER}\0.evil`)] },
    {},
    /^IDENTITY_MISMATCH |^DER_INVALID /,
  ],
  ['no issuer', { extensions: [] }, {}, /^IDENTITY_UNCLEAR .*expected an OIDC issuer/],
  ['an empty issuer', { extensions: [claim(8, '')] }, {}, /^IDENTITY_UNCLEAR .*expected an OIDC issuer/],
  [
    'two names, one of them the right one',
    { names: Buffer.concat([uri('https://evil.example'), uri(SUBJECT)]) },
    {},
    /^IDENTITY_UNCLEAR .*exactly one subject alternative name/,
  ],
  ['no name', { names: Buffer.alloc(0) }, { subject: { any: true } }, /^(IDENTITY_UNCLEAR|CERTIFICATE_INVALID) /],
  ['an empty name', { names: uri('') }, { subject: { any: true } }, /^(IDENTITY_UNCLEAR|CERTIFICATE_INVALID) /],
  [
    'a host name in the place of a URI',
    { names: der(0x82, Buffer.from('code.example')) },
    { subject: 'code.example' },
    /^IDENTITY_UNCLEAR .*a mail address, a URI/,
  ],
];

const empties: readonly (readonly [name: string, keyless: object, fault: RegExp])[] = [
  ['no issuer', { root: 'own', subject: SUBJECT }, /issuer/],
  ['no subject', { root: 'own', issuer: ISSUER }, /subject/],
  ['an empty issuer', { root: 'own', issuer: '', subject: SUBJECT }, /issuer/],
  ['an empty subject', { root: 'own', issuer: ISSUER, subject: '' }, /subject/],
  ['an empty pattern', { root: 'own', issuer: { matches: '' }, subject: SUBJECT }, /issuer/],
  ['any issuer', { root: 'own', issuer: { any: true }, subject: SUBJECT }, /issuer/],
  ['any and a text', { root: 'own', issuer: ISSUER, subject: { any: true, matches: 'x' } }, /subject/],
  [
    'a member of another tool, which would be passed over',
    { root: 'own', issuer: ISSUER, subject: SUBJECT, subjectRegExp: 'x' },
    /subjectRegExp/,
  ],
  [
    'a claim that no certificate has',
    { root: 'own', issuer: ISSUER, subject: SUBJECT, claims: { repository: 'x' } },
    /claim/,
  ],
  ['a pattern that is none', { root: 'own', issuer: { matches: '(' }, subject: SUBJECT }, /issuer/],
  ['a root that is not there', { root: 'other', issuer: ISSUER, subject: SUBJECT }, /root/],
];

describe('identity matched loosely or not at all: CVE-2025-29778, CVE-2026-22772', () => {
  it('the identity itself is accepted, as a text, as patterns and with its claims', async () => {
    assertAccepted(await attempt({}));
    assertAccepted(await attempt({}, { subject: MAIN, issuer: { matches: 'https://token\\.actions\\.example' } }));
    assertAccepted(await attempt({}, { subject: { any: true } }));
    const extensions = [claim(1, ISSUER, 'raw'), claim(8, ISSUER), claim(12, 'https://code.example/team/app')];
    assertAccepted(await attempt({ extensions }, { claims: { sourceRepositoryURI: 'https://code.example/team/app' } }));
  });

  for (const [name, identity, asked, fault] of lookalikes) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attempt(identity, asked), fault);
    });
  }

  for (const [name, keyless, fault] of empties) {
    it(`a configuration is refused: ${name}`, async () => {
      const rules = [
        { name: 'rule', repositories: ['**'], platforms: 'either', require: [{ signature: { signers: ['one'] } }] },
      ];
      const document = { roots: { own: authority.entry }, signers: { one: { keyless } }, rules };
      await assert.rejects(trusting(document), (error: Error) => {
        assert.match(error.message, fault);
        assert.ok(
          'code' in error && /^(TRUST_CONFIGURATION|IDENTITY)_INVALID$/.test(String(error.code)),
          error.message,
        );
        return true;
      });
    });
  }
});

describe('a certificate of Fulcio', () => {
  const { subject, issuer } = IDENTITIES.person;
  const attemptAs = async (keyless: object) =>
    await judge({
      ...signedByCosign('cosign3-keyless'),
      roots: { own: { file: TRUSTED_ROOT_FILE } },
      signers: { person: { keyless: { root: 'own', ...keyless } } },
      now: MADE + MINUTE,
    });

  it('is accepted for its holder and refused for others', async () => {
    assertAccepted(await attemptAs({ subject, issuer }));
    for (const asked of [
      { subject: subject.toUpperCase(), issuer },
      { subject: subject.slice(0, -1), issuer },
      { subject: { matches: 'voyager@plimsoll' }, issuer },
      { subject, issuer: `${issuer}/` },
      { subject: { any: true }, issuer: issuer.slice(0, -1) },
      IDENTITIES.workflow,
    ]) {
      assertRefused(await attemptAs(asked), /^IDENTITY_MISMATCH /);
    }
  });
});
