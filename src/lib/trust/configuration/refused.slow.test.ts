import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { readTrustFile as read, TRUST_CONFIGURATION as WHOLE } from '#test/fixtures/trust-configuration.ts';
import { loadTrustConfiguration, type TrustConfiguration } from './index.ts';

function load(text: string): Promise<TrustConfiguration> {
  return loadTrustConfiguration(text, '/trust/trust.yaml', read);
}

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
    [
      'with one key for two operators',
      change('file: second.pub', 'file: release.pub')
        .replace('    operator: release-team\n    key:\n', '    key:\n')
        .replace('[release, ci], threshold: 2', '[release, ci, release-old], threshold: 2'),
      /signature > signers > \[2\]: .*one operator for a key or identity, found "release-team" and "release-old"/,
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
      'with a verdict by policy for any environment',
      change('- refuse: the audit is not over', '- attestation: { predicateType: policy-verdict, signers: [release] }'),
      /environments, the ones that the verdict may be for, found none/,
    ],
    [
      'with environments of another predicate',
      change('predicateType: provenance', 'predicateType: provenance\n          environments: [production]'),
      /environments only beside a predicateType of that kind/,
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
