import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { parseYaml, printYaml } from '#base/yaml.ts';
import { readTrustFile as read, TRUST_CONFIGURATION as WHOLE } from '#test/fixtures/trust-configuration.ts';
import { TrustError } from '../error.ts';
import { matchIdentity } from '../keyless/identity.ts';
import { loadTrustConfiguration, rulesFor, type TrustConfiguration } from './index.ts';
import { trustDocument } from './schema.ts';

function load(text: string, readFileOf = read): Promise<TrustConfiguration> {
  return loadTrustConfiguration(text, '/trust/trust.yaml', readFileOf);
}

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
