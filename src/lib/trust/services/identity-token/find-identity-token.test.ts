import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type AnsweringServer, startAnswering } from '#test/fixtures/answering-server.ts';
import { identityToken, serviceAccess } from '#test/fixtures/signing-servers.ts';
import { findIdentityToken, type TokenSearch } from './find-identity-token.ts';

const NOW = Date.UTC(2026, 0, 1);
const ACCESS = serviceAccess(NOW);
const BEARER = 'bearer-of-the-runner-a-secret';

describe('where an identity token is looked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-token-'));
  const at = (name: string): string => join(folder, name);
  let provider: AnsweringServer;
  let everything: TokenSearch;
  before(async () => {
    provider = await startAnswering(({ headers }) =>
      headers['authorization'] === `bearer ${BEARER}`
        ? { body: { count: 1, value: tokenOf('github') } }
        : { status: 401 },
    );
    writeFileSync(at('named'), `${tokenOf('named')}\n`);
    writeFileSync(at('projected'), tokenOf('projected'));
    everything = {
      file: at('named'),
      environment: {
        SIGSTORE_ID_TOKEN: tokenOf('variable'),
        ACTIONS_ID_TOKEN_REQUEST_URL: `${provider.url}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
      },
      projectedFile: at('projected'),
    };
  });
  after(async () => {
    await provider.close();
    rmSync(folder, { recursive: true });
  });

  function tokenOf(sub: string, exp = NOW / 1000 + 300): string {
    return identityToken({ iss: 'https://issuer.example', sub, aud: 'sigstore', exp });
  }

  async function subjectOf(search: TokenSearch): Promise<string> {
    return (await findIdentityToken(search, ACCESS)).claims.subject;
  }

  it('what was named comes first, what is around last', async () => {
    const { file: _, ...unnamed } = everything;
    const { SIGSTORE_ID_TOKEN: _variable, ...runner } = unnamed.environment;
    assert.equal(await subjectOf(everything), 'named');
    assert.equal(await subjectOf(unnamed), 'variable');
    assert.equal(await subjectOf({ ...unnamed, environment: { ...runner, SIGSTORE_ID_TOKEN: '' } }), 'github');
    const { ACTIONS_ID_TOKEN_REQUEST_TOKEN: _bearer, ...tokenless } = runner;
    assert.equal(await subjectOf({ ...unnamed, environment: tokenless }), 'projected');
  });

  it('the provider of GitHub Actions is asked for whom the token is', async () => {
    const { file: _, ...unnamed } = everything;
    const environment = { ...unnamed.environment, SIGSTORE_ID_TOKEN: undefined };
    await findIdentityToken({ ...unnamed, environment, audience: 'own fulcio' }, ACCESS);
    assert.equal(provider.asked.at(-1)?.path, '/token?api-version=2.0&audience=own%20fulcio');
    await findIdentityToken(
      { ...unnamed, environment: { ...environment, ACTIONS_ID_TOKEN_REQUEST_URL: `${provider.url}/token` } },
      ACCESS,
    );
    assert.equal(provider.asked.at(-1)?.path, '/token?audience=sigstore');
  });

  it('a token that has expired is refused at once', async () => {
    const environment = { SIGSTORE_ID_TOKEN: tokenOf('late', NOW / 1000) };
    await assert.rejects(findIdentityToken({ environment }, ACCESS), {
      code: 'IDENTITY_TOKEN_EXPIRED',
      object: 'SIGSTORE_ID_TOKEN',
    });
  });

  it('what cannot be had is said, with what to do', async () => {
    const search = { environment: {}, projectedFile: at('absent') };
    await assert.rejects(findIdentityToken(search, ACCESS), {
      code: 'IDENTITY_TOKEN_MISSING',
      message: /SIGSTORE_ID_TOKEN, ACTIONS_ID_TOKEN_REQUEST_URL with its token, or .*absent, found none of them$/,
      hint: undefined,
    });
    await assert.rejects(findIdentityToken({ ...search, environment: { GITHUB_ACTIONS: 'true' } }, ACCESS), {
      hint: /id-token: write/,
    });
    await assert.rejects(findIdentityToken({ ...search, environment: { GITLAB_CI: 'true' } }, ACCESS), {
      hint: /aud: sigstore/,
    });
    await assert.rejects(findIdentityToken({ ...search, file: at('absent') }, ACCESS), {
      code: 'IDENTITY_TOKEN_MISSING',
      message: /absent": the identity token cannot be read: expected a file with a token, found ENOENT$/,
    });
    await assert.rejects(findIdentityToken({ ...search, file: folder }, ACCESS), { code: 'IDENTITY_TOKEN_MISSING' });
    writeFileSync(at('large'), ' '.repeat(70_000));
    await assert.rejects(findIdentityToken({ ...search, file: at('large') }, ACCESS), { code: 'LIMIT_EXCEEDED' });
  });

  it('no answer of a provider and no bearer gets into a message', async () => {
    const value = tokenOf('github');
    const table = [
      [{ status: 403, body: { message: `bad ${BEARER}` } }, 'IDENTITY_TOKEN_MISSING'],
      [{ status: 500, body: 'no' }, 'IDENTITY_TOKEN_MISSING'],
      [{ body: { values: value } }, 'IDENTITY_TOKEN_INVALID'],
      [{ body: value }, 'IDENTITY_TOKEN_INVALID'],
      [{ body: { value: value.slice(0, 80) } }, 'IDENTITY_TOKEN_INVALID'],
      [{ body: { value: [value] } }, 'IDENTITY_TOKEN_INVALID'],
      [{ status: 301, headers: { location: 'https://elsewhere.example/' } }, 'HTTP_REDIRECT_REFUSED'],
    ] as const;
    for (const [reply, code] of table) {
      const server = await startAnswering(() => reply);
      const environment = {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/?key=hidden`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
      };
      await assert.rejects(findIdentityToken({ environment }, ACCESS), (error: Error & { readonly code?: string }) => {
        assert.equal(error.code, code);
        const shown = inspect(error, { depth: 9, showHidden: true });
        for (const secret of [BEARER, value.slice(0, 20), value.slice(-20), 'hidden']) {
          assert.ok(!shown.includes(secret), shown);
        }
        return true;
      });
      await server.close();
    }
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://203.0.113.1/', ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER };
    await assert.rejects(findIdentityToken({ environment }, ACCESS), { code: 'HTTP_URL_REFUSED' });
    const broken = { ACTIONS_ID_TOKEN_REQUEST_URL: provider.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'two\nlines' };
    await assert.rejects(findIdentityToken({ environment: broken }, ACCESS), { code: 'IDENTITY_TOKEN_MISSING' });
  });
});
