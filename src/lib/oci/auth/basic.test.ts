import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { ann, BASIC_HEADER, CHALLENGE, failsWith, REGISTRY, SCOPE, withAuthorizer } from '#test/fixtures/authorizer.ts';

evidence('oci/registry-tokens', 'self-made', 'Basic authentication');

const BASIC = 'Basic realm="Registry"';
const { signal } = new AbortController();

describe('Basic authentication', () => {
  it('sends the user to the registry itself', () =>
    withAuthorizer({ auths: ann() }, async ({ authorizer, asked, set }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), true);
      assert.equal(await authorizer.header(SCOPE, signal), BASIC_HEADER);
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, BASIC_HEADER), false);
      set(60_000);
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, BASIC_HEADER), false);
      assert.equal(asked.length, 0);
      assert.match(
        authorizer.hint(SCOPE) ?? '',
        /does not accept the credentials for registry\.example from .*\.json: log in again/,
      );
    }));

  it('reads the credentials again when they are refused later: they may have been renewed', () =>
    withAuthorizer({ auths: ann() }, async ({ authorizer, set, write }) => {
      await authorizer.challenged([BASIC], SCOPE, signal, null);
      write({ [REGISTRY]: { username: 'ann', password: 'new' } });
      set(60_000);
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, BASIC_HEADER), true);
      assert.equal(await authorizer.header(SCOPE, signal), `Basic ${Buffer.from('ann:new').toString('base64')}`);
    }));

  it('is nothing without credentials', () =>
    withAuthorizer({}, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), false);
      assert.equal(await authorizer.header(SCOPE, signal), null);
    }));

  it('comes after a token', () =>
    withAuthorizer({ auths: ann() }, async ({ authorizer }) => {
      await authorizer.challenged([BASIC, CHALLENGE], SCOPE, signal, null);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
    }));

  it('goes unencrypted to this machine and where the user said so', async () => {
    const insecure = { auths: { ...ann(), ...ann('localhost:5000') }, insecureTokenRealm: true };
    const other = { ...insecure, origin: new URL('http://registry.example') };
    await withAuthorizer(other, async ({ authorizer }) => {
      await assert.rejects(
        authorizer.challenged([BASIC], SCOPE, signal, null),
        failsWith('CREDENTIALS_WITHHELD', /unencrypted/),
      );
      assert.equal(await authorizer.header(SCOPE, signal), null);
    });
    await withAuthorizer({ ...other, settings: { tls: 'none' } }, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), true);
    });
    const local = { ...insecure, registry: 'localhost:5000', origin: new URL('http://localhost:5000') };
    await withAuthorizer(local, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), true);
    });
  });

  it('is not asked for by other schemes', () =>
    withAuthorizer({ auths: ann() }, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged(['Negotiate', 'Digest realm="x"'], SCOPE, signal, null), false);
      assert.equal(await authorizer.challenged([], SCOPE, signal, null), false);
      assert.equal(await authorizer.challenged(['Bearer error="x"'], SCOPE, signal, null), false);
      await assert.rejects(
        authorizer.challenged(['Bearer realm="'], SCOPE, signal, null),
        failsWith('CHALLENGE_INVALID'),
      );
    }));
});
