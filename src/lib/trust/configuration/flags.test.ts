import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTrustFile as read } from '#test/fixtures/trust-configuration.ts';
import { rulesFor, trustFromFlags } from './index.ts';

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
    const key = (await trustFromFlags(flags, read)).signers.get('release.pub');
    assert.ok(key?.kind === 'key' && key.transparency === 'required' && key.root !== null);
  });

  it('call keys as their files are, unless that could be anybody else', async () => {
    const names = async (...keys: readonly string[]): Promise<readonly string[]> => {
      const pem = await read('/trust/release.pub');
      return [...(await trustFromFlags({ ...none, keys }, () => Promise.resolve(pem))).signers.keys()];
    };
    assert.deepEqual(await names('/a/one.pub', '/b/two.pub'), ['one.pub', 'two.pub']);
    assert.deepEqual(await names('/a/one.pub', '/b/one.pub'), ['key-1', 'key-2']);
    assert.deepEqual(await names('/a/keyless'), ['key-1']);
    assert.deepEqual(await names('/a/key-2', '/b/__proto__'), ['key-1', 'key-2']);
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
