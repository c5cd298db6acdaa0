import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { z } from 'zod';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { parseYaml, printYaml } from '#base/yaml.ts';
import { TrustError } from '../error.ts';
import { matchIdentity } from '../keyless/identity.ts';
import { loadTrustConfiguration, rulesFor, type TrustConfiguration, trustFromFlags } from './index.ts';
import { trustDocument } from './schema.ts';

const root = resolve(import.meta.dirname, '../../../..');
const signed = join(root, 'test/fixtures/signed');

/** The fixtures' files under short names, and nothing else. */
const FILES: ReadonlyMap<string, string> = new Map([
  ['/trust/release.pub', 'keys/p256.pub'],
  ['/trust/second.pub', 'keys/p256-second.pub'],
  ['/trust/root.json', 'trusted-root.json'],
  ['/trust/notary.pem', 'certificates/notary-p256-root.pem'],
  ['/trust/tsa.pem', 'certificates/timestamp-authority-root.pem'],
]);

async function read(path: string): Promise<Uint8Array> {
  const file = FILES.get(path);
  if (file === undefined) {
    throw new Error(`ENOENT: no such file: ${path}`);
  }
  return await readFile(join(signed, file));
}

function load(text: string, readFileOf = read): Promise<TrustConfiguration> {
  return loadTrustConfiguration(text, '/trust/trust.yaml', readFileOf);
}

const WHOLE = `apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: example }
roots:
  public: { file: root.json }
stores:
  acme: { type: ca, certificates: [notary.pem] }
  clock: { type: tsa, certificates: [tsa.pem] }
signers:
  release:
    operator: release-team
    key: { file: release.pub, transparency: none }
  release-old:
    operator: release-team
    key:
      file: second.pub
      root: public
      transparency: required
      validFrom: 2024-01-01T00:00:00Z
      revokedAt: 2026-01-01T01:00:00+01:00
  ci:
    keyless:
      root: public
      issuer: https://token.actions.githubusercontent.com
      subject: { matches: 'https://github\\.com/acme/[^/]+/\\.github/workflows/release\\.yml@refs/tags/v[0-9.]+' }
      claims:
        sourceRepositoryOwnerURI: https://github.com/acme
  vendor:
    x509:
      stores: [acme]
      timestampAuthorities: [clock]
      identities: ["C=US, ST=WA, O=Notary"]
      level: permissive
      override: { expiry: enforce }
rules:
  - name: everything
    repositories: ["**"]
    except: [registry.example/public/**]
    platforms: index
    require:
      - signature: { signers: [release, ci], threshold: 2, maxAge: 90d, signedReference: same-repository }
  - name: apps
    repositories: [registry.example/apps/**]
    platforms: both
    require:
      - attestation:
          predicateType: provenance
          signers: [ci, release]
          maxAge: 12h
          ageFrom: predicate-time
          provenance:
            builders:
              - { id: https://github.com/actions/runner, level: 3, signers: [ci] }
              - { id: https://ci.example, level: 1 }
            minimumLevel: 2
            sources: [https://github.com/acme/app]
            externalParameters: { allow: [workflow] }
      - attestation:
          predicateType: https://slsa.dev/verification_summary/v1
          signers: [release]
          summary:
            verifiers: [{ id: https://verifier.example }]
            levels: [SLSA_BUILD_LEVEL_2]
            resourceUri: { matches: 'registry\\.example/apps/.*' }
      - refuse: the audit is not over
`;

describe('a trust configuration', () => {
  it('is resolved to what its parts need', async () => {
    const configuration = await load(WHOLE);
    assert.equal(configuration.name, 'example');
    const [everything, apps] = configuration.rules;
    const [signature] = everything?.requirements ?? [];
    assert.ok(signature?.kind === 'signature');
    assert.deepEqual(
      signature.signers.map(({ name, operator, kind }) => [name, operator, kind]),
      [
        ['release', 'release-team', 'key'],
        ['ci', 'ci', 'keyless'],
      ],
    );
    assert.equal(signature.threshold, 2);
    assert.deepEqual(signature.freshness, { maxAge: 90 * 86_400_000, ageFrom: 'verified-time' });
    assert.deepEqual(signature.signedReference, { kind: 'same-repository' });

    const old = configuration.signers.get('release-old');
    assert.ok(old?.kind === 'key');
    assert.equal(old.transparency, 'required');
    assert.equal(old.root, configuration.roots.get('public'));
    assert.deepEqual([old.validFrom, old.validUntil, old.revokedAt], [1_704_067_200_000, null, 1_767_225_600_000]);

    const vendor = configuration.signers.get('vendor');
    assert.ok(vendor?.kind === 'x509');
    assert.deepEqual(vendor.rules, {
      authenticity: 'enforce',
      authenticTimestamp: 'log',
      expiry: 'enforce',
      revocation: 'log',
      verifyTimestamp: 'always',
    });
    assert.equal(vendor.stores.ca.size, 1);
    assert.equal(vendor.stores.tsa.length, 1);

    const [provenance, summary, refusal] = apps?.requirements ?? [];
    assert.ok(provenance?.kind === 'attestation' && summary?.kind === 'attestation');
    assert.deepEqual(
      provenance.provenance?.builders.map(({ id, level, signers }) => [id, level, signers.map(({ name }) => name)]),
      [
        ['https://github.com/actions/runner', 3, ['ci']],
        ['https://ci.example', 1, ['ci', 'release']],
      ],
    );
    assert.equal(provenance.predicateType.matches('https://slsa.dev/provenance/v1'), true);
    assert.equal(provenance.predicateType.matches('https://slsa.dev/provenance/v0.2'), true);
    assert.equal(provenance.predicateType.matches('https://slsa.dev/provenance/v1/evil'), false);
    assert.deepEqual(provenance.provenance?.externalParameters, ['workflow']);
    assert.equal(summary.predicateType.matches('https://slsa.dev/verification_summary/v1.1'), false);
    assert.deepEqual(refusal, { kind: 'refuse', place: 'require[2]', reason: 'the audit is not over' });
  });

  it('has all rules of a repository apply, and none where none matches', async () => {
    const configuration = await load(WHOLE);
    const names = (repository: string | null): readonly string[] =>
      rulesFor(configuration, repository).map(({ name }) => name);
    assert.deepEqual(names('registry.example/apps/web'), ['everything', 'apps']);
    assert.deepEqual(names('registry.example/apps-evil/web'), ['everything']);
    assert.deepEqual(names('REGISTRY.example:443/apps/web'), ['everything', 'apps']);
    assert.deepEqual(names('docker.io/library/nginx'), ['everything']);
    assert.deepEqual(names('registry.example/public/web'), []);
    assert.deepEqual(names(null), []);
    assert.deepEqual(names('no-host'), []);
    assert.deepEqual(names(''), []);
  });

  it('matches identities from end to end', async () => {
    const ci = (await load(WHOLE)).signers.get('ci');
    assert.ok(ci?.kind === 'keyless');
    const subject = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2';
    const claims = new Map([['sourceRepositoryOwnerURI', 'https://github.com/acme']]);
    const issuer = 'https://token.actions.githubusercontent.com';
    const fits = (values: { subject?: string; issuer?: string }): boolean =>
      matchIdentity({ kind: 'keyless', subject, issuer, claims, ...values }, ci.identity).length === 0;
    assert.equal(fits({}), true);
    assert.equal(fits({ subject: `${subject}-evil` }), false);
    assert.equal(fits({ subject: `https://evil.example/?${subject}` }), false);
    assert.equal(fits({ subject: `${subject}\nx` }), false);
    assert.equal(fits({ subject: subject.replace('github.com', 'githubxcom') }), false);
    assert.equal(fits({ issuer: `${issuer}.evil.example` }), false);
  });

  it('has a digest of all that decides, files included', async () => {
    const { digest } = await load(WHOLE);
    assert.equal((await load(WHOLE.replaceAll('\n\n', '\n# a comment\n'))).digest, digest);
    assert.notEqual((await load(WHOLE.replace('threshold: 2', 'threshold: 1'))).digest, digest);
    assert.notEqual((await load(WHOLE.replace('except: [registry.example/public/**]', ''))).digest, digest);
    const otherKey = await load(WHOLE, (path) => read(path === '/trust/release.pub' ? '/trust/second.pub' : path));
    assert.notEqual(otherKey.digest, digest);
  });

  it('reads each file once, and holds keys in place of files too', async () => {
    const counts = new Map<string, number>();
    const text = WHOLE.replace('file: second.pub', 'file: release.pub');
    await load(text, (path) => {
      counts.set(path, (counts.get(path) ?? 0) + 1);
      return read(path);
    });
    assert.equal(counts.get('/trust/release.pub'), 1);
    const pem = Buffer.from(await read('/trust/release.pub')).toString('utf8');
    const inline = await load(WHOLE.replace('{ file: release.pub,', `{ pem: ${JSON.stringify(pem)},`));
    const release = inline.signers.get('release');
    const before = (await load(WHOLE)).signers.get('release');
    assert.ok(release?.kind === 'key' && before?.kind === 'key');
    assert.equal(release.key.fingerprint, before.key.fingerprint);
  });
});

describe('a trust configuration is refused', () => {
  const change = (from: string, to: string): string => {
    assert.ok(WHOLE.includes(from), from);
    return WHOLE.replace(from, to);
  };
  const cases: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    ['empty', '', /line 1.*object/],
    ['of another kind', change('kind: Trust', 'kind: Policy'), /line 2, kind: .*"Trust", found "Policy"/],
    [
      'with an unknown field',
      change('    platforms: both', '    platform: both\n    platforms: both'),
      /line \d+, rules > \[1\]: .*a key that there is, found "platform"/,
    ],
    [
      'with an unknown field of a signer',
      change('operator: release-team', 'operators: release-team'),
      /line 11, signers > release: .*found "operators"/,
    ],
    ['with a key twice', change('  release:', '  release: {}\n  release:'), /line 11: .*every key once/],
    ['with __proto__ for a name', change('  ci:', '  __proto__:'), /keys that are texts, found "__proto__"/],
    [
      'with a threshold past the operators',
      change('[release, ci], threshold: 2', '[release, release-old], threshold: 2'),
      /line \d+, rules > \[0\] > require > \[0\] > signature > threshold: .*at most 1, the number of distinct operators among the signers, found 2/,
    ],
    ['with no signers', change('signers: [release, ci], threshold', 'signers: [], threshold'), /at least one name/],
    [
      'with an unknown signer',
      change('signers: [release, ci], threshold', 'signers: [release, nobody], threshold'),
      /signers > \[1\]: .*the name of one of the signers, found "nobody"/,
    ],
    [
      'with a signer twice',
      change('signers: [release, ci], threshold', 'signers: [ci, ci], threshold'),
      /every signer once, found "ci" again/,
    ],
    [
      'with the name of an object member for a signer',
      change('signers: [release, ci], threshold', 'signers: [constructor, ci], threshold'),
      /the name of one of the signers/,
    ],
    [
      'with no requirements',
      change(
        '    require:\n      - signature: { signers: [release, ci], threshold: 2, maxAge: 90d, signedReference: same-repository }',
        '    require: []',
      ),
      /at least one requirement/,
    ],
    [
      'with two kinds of signer in one',
      change(
        'key: { file: release.pub, transparency: none }',
        'key: { file: release.pub, transparency: none }\n    x509: { stores: [acme], identities: "*", level: strict }',
      ),
      /exactly one of key, keyless, x509/,
    ],
    [
      'with a key that says nothing of the log',
      change('{ file: release.pub, transparency: none }', '{ file: release.pub }'),
      /transparency: .*"required"\|"none"/,
    ],
    [
      'with a log that it does not name',
      change('{ file: release.pub, transparency: none }', '{ file: release.pub, transparency: required }'),
      /a root beside transparency: required/,
    ],
    [
      'with a bound that nobody vouches for',
      change(
        '{ file: release.pub, transparency: none }',
        '{ file: release.pub, transparency: none, revokedAt: 2026-01-01T00:00:00Z }',
      ),
      /a root beside revokedAt/,
    ],
    ['with a time without a zone', change('2024-01-01T00:00:00Z', '2024-01-01'), /a date and time such as/],
    [
      'with a file that is not there',
      change('release.pub', 'nowhere.pub'),
      /line 12, signers > release > key > file: .*a file that can be read, found "nowhere\.pub": ENOENT/,
    ],
    [
      'with a pattern of the issuer that matches anybody',
      change('issuer: https://token.actions.githubusercontent.com', "issuer: { matches: '.*' }"),
      /issuer: .*a pattern that leaves somebody out, found "\.\*"/,
    ],
    [
      'with another such pattern',
      change('issuer: https://token.actions.githubusercontent.com', "issuer: { matches: '(?s)(.|\\n)+?' }"),
      /a pattern that leaves somebody out/,
    ],
    [
      'with a pattern that is not RE2',
      change('issuer: https://token.actions.githubusercontent.com', "issuer: { matches: '(?=a)b' }"),
      /RE2 syntax/,
    ],
    [
      'with an issuer that may be any',
      change('issuer: https://token.actions.githubusercontent.com', 'issuer: { any: true }'),
      /a text, or matches: with a pattern/,
    ],
    [
      'with a claim that there is not',
      change('sourceRepositoryOwnerURI:', 'sourceRepositoryOwner:'),
      /a claim that certificates have: .*found "sourceRepositoryOwner"/,
    ],
    [
      'with an unknown root',
      change('root: public\n      issuer', 'root: private\n      issuer'),
      /the name of one of the roots, found "private"/,
    ],
    [
      'with an unknown store',
      change('stores: [acme]', 'stores: [acme, other]'),
      /the name of one of the stores, found "other"/,
    ],
    [
      'with a store of the wrong type',
      change('stores: [acme]', 'stores: [clock]'),
      /a store of type ca or signingAuthority, found "clock" of type tsa/,
    ],
    ['with level skip', change('level: permissive', 'level: skip'), /"strict"\|"permissive"\|"audit", found "skip"/],
    ['with an identity without organisation', change('"C=US, ST=WA, O=Notary"', '"C=US, ST=WA"'), /C, ST and O/],
    [
      'with a part of a name for a pattern',
      change('registry.example/apps/**', 'registry.example/apps*'),
      /line \d+, rules > \[1\] > repositories > \[0\]: .*a \* that is a whole segment/,
    ],
    [
      'with a tag in a pattern',
      change('registry.example/apps/**', 'registry.example/apps:v1'),
      /segments of lower-case letters/,
    ],
    ['with two rules of one name', change('name: apps', 'name: everything'), /every rule under a name of its own/],
    ['with a duration without a unit', change('maxAge: 90d', 'maxAge: 90'), /string|duration/],
    [
      'with an unknown kind of predicate',
      change('predicateType: provenance', 'predicateType: provenances'),
      /a URI, or the name of a kind of predicate/,
    ],
    [
      'with provenance of another predicate',
      change('predicateType: provenance', 'predicateType: spdx'),
      /provenance only beside a predicateType of that kind/,
    ],
    [
      'with a level that no builder has',
      change('minimumLevel: 2', 'minimumLevel: 4'),
      /at most 3, the level of the best builder, found 4/,
    ],
    [
      'with a builder of another signer',
      change('signers: [ci] }', 'signers: [vendor] }'),
      /one of the requirement's signers, found "vendor"/,
    ],
    [
      'with a summary of any resource',
      change("resourceUri: { matches: 'registry\\.example/apps/.*' }", "resourceUri: { matches: '.+' }"),
      /a pattern that leaves somebody out/,
    ],
    ['that is larger than the limit', `${WHOLE}#${'x'.repeat(LIMITS.trustConfigurationBytes)}`, /too large/],
    ['with brackets without end', '['.repeat(100_000), /levels of YAML|valid YAML/],
  ];
  for (const [what, text, problem] of cases) {
    it(what, async () => {
      await assert.rejects(load(text), (error: unknown) => {
        assert.ok(isAppError(error), String(error));
        assert.match(error.message, problem);
        return true;
      });
    });
  }

  it('or read, whatever the text', async () => {
    const lines = WHOLE.split('\n');
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length - 1), fc.nat(lines.length - 1), fc.string(), async (at, from, text) => {
        const changed = lines.with(at, `${(lines[from] ?? '').slice(0, text.length)}${text}`).join('\n');
        try {
          await load(changed);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the published schema of a trust configuration', () => {
  it('takes what is read, and refuses unknown fields', () => {
    const validate = new Ajv2020({ strict: true, logger: false, formats: { 'date-time': true } }).compile(
      z.toJSONSchema(trustDocument, { io: 'input' }),
    );
    const parse = (text: string): unknown =>
      parseYaml(text, 'f', {
        schema: z.unknown(),
        limit: text.length + 1,
        invalid: () => new TrustError('ENVELOPE_INVALID', text),
      }).data;
    assert.equal(validate(parse(WHOLE)), true, JSON.stringify(validate.errors));
    assert.equal(validate(parse(WHOLE.replace('platforms: both', 'platform: both'))), false);
    const printed = printYaml(parse(WHOLE));
    assert.deepEqual(parse(printed), parse(WHOLE));
  });
});

describe('flags', () => {
  const none = { keys: [], identity: null, issuer: null, trustedRoot: null } as const;

  it('with keys make one rule that any of them meets', async () => {
    const configuration = await trustFromFlags({ ...none, keys: ['/trust/release.pub', '/trust/second.pub'] }, read);
    for (const repository of ['registry.example/a', null]) {
      const [rule, ...others] = rulesFor(configuration, repository);
      assert.equal(others.length, 0);
      const [requirement] = rule?.requirements ?? [];
      assert.ok(requirement?.kind === 'signature');
      assert.equal(requirement.threshold, 1);
      assert.equal(requirement.signers.length, 2);
      assert.ok(requirement.signers.every((signer) => signer.kind === 'key' && signer.transparency === 'none'));
    }
  });

  it('with a key and a root need an entry in a log of it', async () => {
    const flags = { ...none, keys: ['/trust/release.pub'], trustedRoot: '/trust/root.json' };
    const key = (await trustFromFlags(flags, read)).signers.get('key-1');
    assert.ok(key?.kind === 'key' && key.transparency === 'required' && key.root !== null);
  });

  it('with an identity match it exactly', async () => {
    const flags = { keys: [], identity: 'a@b.example', issuer: 'https://i.example', trustedRoot: '/trust/root.json' };
    const signer = (await trustFromFlags(flags, read)).signers.get('keyless');
    assert.ok(signer?.kind === 'keyless');
    assert.deepEqual(signer.identity.subject, { kind: 'exact', value: 'a@b.example' });
  });

  for (const [what, flags] of [
    ['nothing at all', none],
    ['an identity without an issuer', { ...none, identity: 'a@b.example', trustedRoot: '/trust/root.json' }],
    ['an issuer without an identity', { ...none, issuer: 'https://i.example', trustedRoot: '/trust/root.json' }],
    ['an identity without a root', { ...none, identity: 'a@b.example', issuer: 'https://i.example' }],
    ['a root alone', { ...none, trustedRoot: '/trust/root.json' }],
    ['an empty identity', { ...none, identity: '', issuer: 'https://i.example', trustedRoot: '/trust/root.json' }],
  ] as const) {
    it(`with ${what} trust nobody`, async () => {
      await assert.rejects(trustFromFlags(flags, read), { code: 'TRUST_FLAGS_INVALID' });
    });
  }
});
