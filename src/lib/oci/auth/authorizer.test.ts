import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import {
  ann,
  BASIC_HEADER,
  CHALLENGE,
  failsWith,
  REGISTRY,
  SCOPE,
  SECRET,
  withAuthorizer,
} from '#test/fixtures/authorizer.ts';
import type { Answer } from '#test/fixtures/loopback-services.ts';
import { AuthError } from './error.ts';

evidence(
  'oci/registry-tokens',
  'published',
  'requests and answers of the distribution token and OAuth 2 specifications',
);

const { signal } = new AbortController();

describe('tokens', () => {
  it('are asked for as the specification says, with the user as Basic', () =>
    withAuthorizer({ auths: ann() }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.header(SCOPE, signal), null);
      assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
      const [question] = asked;
      assert.equal(question?.method, 'GET');
      assert.equal(
        question?.url,
        'https://registry.example/token?service=svc&scope=repository%3Asamalba%2Fmy-app%3Apull',
      );
      assert.equal(question?.headers['authorization'], BASIC_HEADER);
    }));

  it('are asked for without a user when there are no credentials', () =>
    withAuthorizer({}, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      assert.equal(asked[0]?.headers['authorization'], undefined);
      assert.match(
        authorizer.hint(SCOPE) ?? '',
        /No credentials for registry\.example in .*config\.json\. Log in with docker login/,
      );
    }));

  it('for an identity token are a refresh grant', () =>
    withAuthorizer(
      { auths: { [REGISTRY]: { identitytoken: SECRET } }, answer: () => ({ body: { access_token: 'A' } }) },
      async ({ authorizer, asked }) => {
        await authorizer.challenged([CHALLENGE], SCOPE, signal, null);
        assert.equal(await authorizer.header(SCOPE, signal), 'Bearer A');
        assert.equal(asked[0]?.method, 'POST');
        assert.equal(asked[0]?.url, 'https://registry.example/token');
        assert.equal(asked[0]?.headers['content-type'], 'application/x-www-form-urlencoded');
        assert.deepEqual(Object.fromEntries(new URLSearchParams(asked[0]?.body)), {
          grant_type: 'refresh_token',
          service: 'svc',
          scope: SCOPE,
          client_id: 'plimsoll',
          refresh_token: SECRET,
        });
      },
    ));

  it('of a registry token need no service', () =>
    withAuthorizer({ auths: { [REGISTRY]: { registrytoken: 'RT' } } }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer RT');
      assert.equal(asked.length, 0);
    }));

  it('keep the query of the realm and leave out what the challenge does not say', () =>
    withAuthorizer({}, async ({ authorizer, asked }) => {
      await authorizer.challenged(['Bearer realm="https://registry.example/token?tenant=a%20b"'], SCOPE, signal, null);
      assert.equal(
        asked[0]?.url,
        'https://registry.example/token?tenant=a+b&scope=repository%3Asamalba%2Fmy-app%3Apull',
      );
    }));

  it('are kept for each scope and shared by all who ask at once', () =>
    withAuthorizer({}, async ({ authorizer, asked }) => {
      const other = 'repository:other:pull';
      const answers = await Promise.all([
        ...[1, 2, 3].map(() => authorizer.challenged([CHALLENGE], SCOPE, signal, null)),
        authorizer.challenged([CHALLENGE.replaceAll(SCOPE, other)], other, signal, null),
      ]);
      assert.deepEqual(answers, [true, true, true, true]);
      assert.equal(asked.length, 2);
      assert.notEqual(await authorizer.header(SCOPE, signal), await authorizer.header(other, signal));
      // A request that was under way without a token learns that there is one by now.
      assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      assert.equal(asked.length, 2);
    }));

  it('are renewed shortly before they end', () =>
    withAuthorizer(
      { answer: (_, count) => ({ body: { token: `T${count}`, expires_in: 300 } }) },
      async ({ authorizer, set }) => {
        await authorizer.challenged([CHALLENGE], SCOPE, signal, null);
        set(289_000);
        assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
        set(291_000);
        const headers = await Promise.all([authorizer.header(SCOPE, signal), authorizer.header(SCOPE, signal)]);
        assert.deepEqual(headers, ['Bearer T2', 'Bearer T2']);
      },
    ));

  it('last for a minute when the service does not say', async () => {
    for (const expires of [undefined, null, 0, -5, 'soon']) {
      await withAuthorizer(
        { answer: (_, count) => ({ body: { token: `T${count}`, expires_in: expires } }) },
        async ({ authorizer, set }) => {
          await authorizer.challenged([CHALLENGE], SCOPE, signal, null);
          set(49_000);
          assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
          set(51_000);
          assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T2');
        },
      );
    }
  });

  it('that are refused before their end are renewed once', () =>
    withAuthorizer(
      { answer: (_, count) => ({ body: { token: `T${count}`, expires_in: 3600 } }) },
      async ({ authorizer, asked, set }) => {
        await authorizer.challenged([CHALLENGE], SCOPE, signal, null);
        set(30_000);
        assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, 'Bearer T1'), true);
        assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T2');
        assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, 'Bearer T1'), true);
        assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, 'Bearer T2'), false);
        assert.equal(asked.length, 2);
      },
    ));

  it('never say more than was asked for', () =>
    withAuthorizer({}, async ({ authorizer, asked }) => {
      await authorizer.challenged([CHALLENGE.replace(':pull', ':pull,push')], SCOPE, signal, null);
      assert.equal(new URL(asked[0]?.url ?? '').searchParams.get('scope'), SCOPE);
    }));
});

describe('credentials and token services elsewhere', () => {
  const foreign = CHALLENGE.replace('https://registry.example/', 'https://attacker.example/');

  it('credentials are not sent to a token service of another origin', () =>
    withAuthorizer({ auths: ann() }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([foreign], SCOPE, signal, null), true);
      assert.equal(asked.length, 1);
      assert.equal(asked[0]?.headers['authorization'], undefined);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
      assert.match(authorizer.hint(SCOPE) ?? '', /token-realms: \["https:\/\/attacker\.example"\]/);
      // What anybody gets is not enough.
      await assert.rejects(
        authorizer.challenged([foreign], SCOPE, signal, 'Bearer T1'),
        failsWith('CREDENTIALS_WITHHELD', /https:\/\/registry\.example.*found https:\/\/attacker\.example/),
      );
    }));

  it('nor is an identity token', () =>
    withAuthorizer({ auths: { [REGISTRY]: { identitytoken: SECRET } } }, async ({ authorizer, asked }) => {
      await authorizer.challenged([foreign], SCOPE, signal, null);
      assert.equal(asked[0]?.method, 'GET');
      assert.ok(!JSON.stringify(asked).includes(SECRET));
    }));

  it('a service that gives nothing to anybody is an error that shows the line to write', () =>
    withAuthorizer({ auths: ann(), answer: () => ({ status: 401 }) }, async ({ authorizer }) => {
      await assert.rejects(authorizer.challenged([foreign], SCOPE, signal, null), (error) => {
        assert.ok(failsWith('CREDENTIALS_WITHHELD')(error) && error instanceof AuthError);
        assert.ok(
          error.hint?.includes('registries: { "registry.example": { token-realms: ["https://attacker.example"] } }'),
        );
        return true;
      });
    }));

  it('the registries file can allow it', () =>
    withAuthorizer(
      { auths: ann(), settings: { tokenRealms: ['https://attacker.example'] } },
      async ({ authorizer, asked }) => {
        await authorizer.challenged([foreign], SCOPE, signal, null);
        assert.equal(asked[0]?.headers['authorization'], BASIC_HEADER);
      },
    ));

  it('redirects are not followed', () =>
    withAuthorizer(
      { auths: ann(), answer: () => ({ status: 307, headers: { location: 'https://attacker.example/t?x=y' } }) },
      async ({ authorizer, asked }) => {
        await assert.rejects(
          authorizer.challenged([CHALLENGE], SCOPE, signal, null),
          failsWith(
            'TOKEN_REFUSED',
            /redirects of a token service are not followed: found 307 to https:\/\/attacker\.example\/t$/,
          ),
        );
        assert.equal(asked.length, 1);
      },
    ));

  it('plain http is for registries that are so themselves', async () => {
    const plain = CHALLENGE.replace('https:', 'http:');
    await withAuthorizer({ auths: ann() }, async ({ authorizer, asked }) => {
      await assert.rejects(
        authorizer.challenged([plain], SCOPE, signal, null),
        failsWith('REALM_REFUSED', /expected https/),
      );
      assert.equal(asked.length, 0);
    });
    const insecure = { origin: new URL('http://registry.example'), insecureTokenRealm: true };
    await withAuthorizer({ ...insecure, auths: ann(), settings: { tls: 'none' } }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([plain], SCOPE, signal, null), true);
      assert.equal(asked[0]?.headers['authorization'], BASIC_HEADER);
    });
  });
});

describe('answers of token services', () => {
  const refused: readonly (readonly [what: string, answer: Answer, code: AuthError['code'], problem: RegExp])[] = [
    ['no JSON', { body: `<html>${SECRET}` }, 'TOKEN_ANSWER_INVALID', /expected a JSON object, found something else/],
    ['a list', { body: [] }, 'TOKEN_ANSWER_INVALID', /found another JSON value/],
    ['no token', { body: { expires_in: 5 } }, 'TOKEN_ANSWER_INVALID', /expected token or access_token/],
    ['a token twice', { body: '{"token":"a","token":"b"}' }, 'TOKEN_ANSWER_INVALID', /a member twice/],
    [
      'a line break in the token',
      { body: { token: 'a\r\nHost: b' } },
      'TOKEN_ANSWER_INVALID',
      /letters, digits and signs/,
    ],
    ['a token that is a number', { body: { token: 5 } }, 'TOKEN_ANSWER_INVALID', /something else/],
    [
      '401',
      { status: 401 },
      'TOKEN_REFUSED',
      /GET https:\/\/registry\.example\/token: no token: expected 200, found 401$/,
    ],
    [
      '403 with reasons',
      {
        status: 403,
        body: { errors: [{ code: 'DENIED', message: `not for ${SECRET}` }, { code: SECRET }, { code: 'a b' }] },
      },
      'TOKEN_REFUSED',
      /found 403 \(DENIED\)$/,
    ],
    ['500', { status: 500 }, 'TOKEN_SERVICE_UNAVAILABLE', /found 500/],
    ['429', { status: 429 }, 'TOKEN_SERVICE_UNAVAILABLE', /found 429/],
  ];
  for (const [what, answer, code, problem] of refused) {
    it(`are refused: ${what}`, () =>
      withAuthorizer({ auths: ann(), answer: () => answer }, async ({ authorizer }) => {
        await assert.rejects(authorizer.challenged([CHALLENGE], SCOPE, signal, null), failsWith(code, problem));
      }));
  }

  it('are not read beyond their limit', () =>
    withAuthorizer({ answer: () => ({ body: { token: 'x'.repeat(LIMITS.tokenBytes) } }) }, async ({ authorizer }) => {
      await assert.rejects(authorizer.challenged([CHALLENGE], SCOPE, signal, null), { code: 'LIMIT_EXCEEDED' });
    }));

  it('are asked for again after a failure', () =>
    withAuthorizer(
      { answer: (_, count) => (count === 1 ? { status: 503 } : { body: { token: 'T' } }) },
      async ({ authorizer }) => {
        await assert.rejects(
          authorizer.challenged([CHALLENGE], SCOPE, signal, null),
          failsWith('TOKEN_SERVICE_UNAVAILABLE'),
        );
        assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      },
    ));

  it('to nobody without credentials say where they were looked for', () =>
    withAuthorizer({ answer: () => ({ status: 401 }) }, async ({ authorizer }) => {
      await assert.rejects(authorizer.challenged([CHALLENGE], SCOPE, signal, null), (error) => {
        assert.ok(error instanceof AuthError && error.code === 'TOKEN_REFUSED');
        return /No credentials for registry\.example in \/.*\/config\.json\. Log in/.test(error.hint ?? '');
      });
    }));
});
