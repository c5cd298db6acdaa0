import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { readTrustFile, TRUST_CONFIGURATION } from '#test/fixtures/trust-configuration.ts';
import { loadTrustConfiguration } from '../index.ts';
import { describeTrust } from './index.ts';

evidence('trust/commands', 'self-made', 'a configuration with one of everything, in words');

const NOW = Date.parse('2026-11-23T00:00:00Z');

async function described(text: string, now = NOW) {
  const { rules, signers, roots } = describeTrust(
    await loadTrustConfiguration(text, '/trust/trust.yaml', readTrustFile),
    now,
  );
  const facts = [...rules, ...signers, ...roots].flatMap(({ title, facts: own }) =>
    own.map(({ label, value }) => `${title}: ${label}: ${value}`),
  );
  return { facts, titles: [...rules, ...signers, ...roots].map(({ title }) => title) };
}

describe('a trust configuration in words', () => {
  it('names every rule, signer and root, and who is not asked', async () => {
    const { titles } = await described(TRUST_CONFIGURATION);
    assert.deepEqual(titles, [
      'everything',
      'apps',
      'release, operator release-team',
      'release-old, operator release-team (no rule asks for it)',
      'ci',
      'vendor (no rule asks for it)',
      'public',
    ]);
  });

  it('says what each asks for', async () => {
    const { facts } = await described(TRUST_CONFIGURATION);
    for (const fact of [
      'everything: images: **',
      'everything: except: registry.example/public/**',
      'everything: require: a signature by 2 different operators of release (release-team), ci; over a payload that names the repository of the image; at most 90 days old by a verified time',
      'apps: platforms: signed on the index and on the manifest of each platform',
      'apps: require: nothing passes: the audit is not over',
      'release, operator release-team: key: sha256:be3c6051c9399a27411aa24eedcb29d0a699dc9b8f10d367e78448115ea605a8',
      'ci: sourceRepositoryOwnerURI: "https://github.com/acme"',
      'vendor (no rule asks for it): level: permissive (authenticTimestamp: log, revocation: log)',
    ]) {
      assert.ok(facts.includes(fact), fact);
    }
  });

  it('says what has ended, and who may be anybody', async () => {
    const text = TRUST_CONFIGURATION.replace("{ matches: 'https://github", "{ any: true } # '").replace(
      'revokedAt: 2026-01-01T01:00:00+01:00',
      'validUntil: 2026-01-01T00:00:00Z',
    );
    const { facts } = await described(text);
    const old = 'release-old, operator release-team (no rule asks for it)';
    assert.ok(facts.includes(`${old}: signs: from 2024-01-01T00:00:00Z until 2026-01-01T00:00:00Z (ended)`));
    assert.ok(facts.includes('ci: subject: anybody'));
    const early = await described(text, Date.parse('2020-01-01T00:00:00Z'));
    assert.ok(early.facts.includes(`${old}: signs: from 2024-01-01T00:00:00Z until 2026-01-01T00:00:00Z (not yet)`));
  });
});
