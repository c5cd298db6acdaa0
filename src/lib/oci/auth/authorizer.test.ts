import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { type Answer, type Asked, startServices } from '#test/fixtures/loopback-services.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { DEFAULT_SETTINGS, type RegistrySettings } from '../settings/settings.ts';
import { type AuthorizerOptions, createAuthorizer } from './authorizer.ts';
import { AuthError } from './error.ts';

evidence(
  'oci/registry-tokens',
  'published',
  'requests and answers of the distribution token and OAuth 2 specifications',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-authorizer-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const REGISTRY = 'registry.example';
const SCOPE = 'repository:samalba/my-app:pull';
const CHALLENGE = `Bearer realm="https://registry.example/token",service="svc",scope="${SCOPE}"`;
const BASIC = 'Basic realm="Registry"';
const signal = AbortSignal.timeout(60_000);
const SECRET = 'secret-word';
const basic = `Basic ${Buffer.from(`ann:${SECRET}`).toString('base64')}`;

let files = 0;
function credentials(entry: unknown, registry = REGISTRY): string {
  files += 1;
  const path = join(folder, `${files}.json`);
  writeFileSync(path, JSON.stringify({ auths: { [registry]: entry } }));
  return path;
}
function password(registry = REGISTRY): string {
  return credentials({ auth: basic.slice('Basic '.length) }, registry);
}

interface Setting extends Partial<Omit<AuthorizerOptions, 'settings'>> {
  readonly files?: readonly string[];
  readonly settings?: Partial<RegistrySettings>;
  readonly answer?: (asked: Asked, count: number) => Answer | Promise<Answer>;
}

/** Runs with services on loopback that number their tokens, and a clock that stands still until it is set. */
async function within(
  setting: Setting,
  test: (world: {
    readonly authorizer: ReturnType<typeof createAuthorizer>;
    readonly asked: readonly Asked[];
    readonly set: (ms: number) => void;
  }) => Promise<void>,
): Promise<void> {
  let now = 1_000_000;
  let count = 0;
  const services = await startServices((asked) => {
    count += 1;
    return setting.answer?.(asked, count) ?? { body: { token: `T${count}` } };
  });
  const registry = setting.registry ?? REGISTRY;
  try {
    const authorizer = createAuthorizer({
      registry,
      origin: setting.origin ?? new URL(`https://${registry}`),
      exchange: services.exchange,
      settings: { ...DEFAULT_SETTINGS, ...setting.settings },
      access: sourceAccess({ credentialFiles: setting.files ?? [], clock: { now: () => now } }),
      insecureTokenRealm: setting.insecureTokenRealm ?? false,
    });
    await test({
      authorizer,
      asked: services.asked,
      set: (ms) => {
        now = 1_000_000 + ms;
      },
    });
  } finally {
    await services.close();
  }
}

function fails(code: AuthError['code'], problem = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AuthError && error.code === code, String(error));
    assert.match(error.message, problem);
    const shown = `${error.message} ${error.hint} ${error.stack} ${String(error.cause)}`;
    assert.ok(!shown.includes(SECRET) && !shown.includes(basic.slice(6)), shown);
    return true;
  };
}

describe('tokens', () => {
  it('are asked for as the specification says, with the user as Basic', () =>
    within({ files: [password()] }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.header(SCOPE, signal), null);
      assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
      const [question] = asked;
      assert.equal(question?.method, 'GET');
      assert.equal(
        question?.url,
        'https://registry.example/token?service=svc&scope=repository%3Asamalba%2Fmy-app%3Apull',
      );
      assert.equal(question?.headers['authorization'], basic);
    }));

  it('are asked for without a user when there are no credentials', () =>
    within({}, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      assert.equal(asked[0]?.headers['authorization'], undefined);
      assert.match(
        authorizer.hint(SCOPE) ?? '',
        /No credentials for registry\.example in any file\. Log in with docker login/,
      );
    }));

  it('for an identity token are a refresh grant', () =>
    within(
      { files: [credentials({ identitytoken: SECRET })], answer: () => ({ body: { access_token: 'A' } }) },
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
    within({ files: [credentials({ registrytoken: 'RT' })] }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer RT');
      assert.equal(asked.length, 0);
    }));

  it('keep the query of the realm and leave out what the challenge does not say', () =>
    within({}, async ({ authorizer, asked }) => {
      await authorizer.challenged(['Bearer realm="https://registry.example/token?tenant=a%20b"'], SCOPE, signal, null);
      assert.equal(
        asked[0]?.url,
        'https://registry.example/token?tenant=a+b&scope=repository%3Asamalba%2Fmy-app%3Apull',
      );
    }));

  it('are kept for each scope and shared by all who ask at once', () =>
    within({}, async ({ authorizer, asked }) => {
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
    within(
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
      await within(
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
    within(
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
    within({}, async ({ authorizer, asked }) => {
      await authorizer.challenged([CHALLENGE.replace(':pull', ':pull,push')], SCOPE, signal, null);
      assert.equal(new URL(asked[0]?.url ?? '').searchParams.get('scope'), SCOPE);
    }));
});

describe('credentials and token services elsewhere', () => {
  const foreign = CHALLENGE.replace('https://registry.example/', 'https://attacker.example/');

  it('credentials are not sent to a token service of another origin', () =>
    within({ files: [password()] }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([foreign], SCOPE, signal, null), true);
      assert.equal(asked.length, 1);
      assert.equal(asked[0]?.headers['authorization'], undefined);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
      // What anybody gets is not enough.
      await assert.rejects(
        authorizer.challenged([foreign], SCOPE, signal, 'Bearer T1'),
        fails('CREDENTIALS_WITHHELD', /https:\/\/registry\.example.*found https:\/\/attacker\.example/),
      );
    }));

  it('nor is an identity token', () =>
    within({ files: [credentials({ identitytoken: SECRET })] }, async ({ authorizer, asked }) => {
      await authorizer.challenged([foreign], SCOPE, signal, null);
      assert.equal(asked[0]?.method, 'GET');
      assert.ok(!JSON.stringify(asked).includes(SECRET));
    }));

  it('a service that gives nothing to anybody is an error that shows the line to write', () =>
    within({ files: [password()], answer: () => ({ status: 401 }) }, async ({ authorizer }) => {
      await assert.rejects(authorizer.challenged([foreign], SCOPE, signal, null), (error) => {
        assert.ok(fails('CREDENTIALS_WITHHELD')(error) && error instanceof AuthError);
        assert.ok(
          error.hint?.includes('registries: { "registry.example": { token-realms: ["https://attacker.example"] } }'),
        );
        return true;
      });
    }));

  it('the registries file can allow it', () =>
    within(
      { files: [password()], settings: { tokenRealms: ['https://attacker.example'] } },
      async ({ authorizer, asked }) => {
        await authorizer.challenged([foreign], SCOPE, signal, null);
        assert.equal(asked[0]?.headers['authorization'], basic);
      },
    ));

  it('redirects are not followed', () =>
    within(
      { files: [password()], answer: () => ({ status: 307, headers: { location: 'https://attacker.example/t?x=y' } }) },
      async ({ authorizer, asked }) => {
        await assert.rejects(
          authorizer.challenged([CHALLENGE], SCOPE, signal, null),
          fails(
            'TOKEN_REFUSED',
            /redirects of a token service are not followed: found 307 to https:\/\/attacker\.example\/t$/,
          ),
        );
        assert.equal(asked.length, 1);
      },
    ));

  it('plain http is for registries that are so themselves', async () => {
    const plain = CHALLENGE.replace('https:', 'http:');
    await within({ files: [password()] }, async ({ authorizer, asked }) => {
      await assert.rejects(
        authorizer.challenged([plain], SCOPE, signal, null),
        fails('REALM_REFUSED', /expected https/),
      );
      assert.equal(asked.length, 0);
    });
    const insecure = { origin: new URL('http://registry.example'), insecureTokenRealm: true };
    await within({ ...insecure, files: [password()], settings: { tls: 'none' } }, async ({ authorizer, asked }) => {
      assert.equal(await authorizer.challenged([plain], SCOPE, signal, null), true);
      assert.equal(asked[0]?.headers['authorization'], basic);
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
      within({ files: [password()], answer: () => answer }, async ({ authorizer }) => {
        await assert.rejects(authorizer.challenged([CHALLENGE], SCOPE, signal, null), fails(code, problem));
      }));
  }

  it('are not read beyond their limit', () =>
    within({ answer: () => ({ body: { token: 'x'.repeat(LIMITS.tokenBytes) } }) }, async ({ authorizer }) => {
      await assert.rejects(authorizer.challenged([CHALLENGE], SCOPE, signal, null), { code: 'LIMIT_EXCEEDED' });
    }));

  it('are asked for again after a failure', () =>
    within(
      { answer: (_, count) => (count === 1 ? { status: 503 } : { body: { token: 'T' } }) },
      async ({ authorizer }) => {
        await assert.rejects(
          authorizer.challenged([CHALLENGE], SCOPE, signal, null),
          fails('TOKEN_SERVICE_UNAVAILABLE'),
        );
        assert.equal(await authorizer.challenged([CHALLENGE], SCOPE, signal, null), true);
      },
    ));

  it('to nobody without credentials say where they were looked for', () =>
    within({ files: ['/nonexistent/config.json'], answer: () => ({ status: 401 }) }, async ({ authorizer }) => {
      await assert.rejects(authorizer.challenged([CHALLENGE], SCOPE, signal, null), (error) => {
        assert.ok(error instanceof AuthError && error.code === 'TOKEN_REFUSED');
        return /No credentials for registry\.example in \/nonexistent\/config\.json\. Log in/.test(error.hint ?? '');
      });
    }));
});

describe('Basic authentication', () => {
  it('sends the user to the registry itself', () =>
    within({ files: [password()] }, async ({ authorizer, asked, set }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), true);
      assert.equal(await authorizer.header(SCOPE, signal), basic);
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, basic), false);
      set(60_000);
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, basic), false);
      assert.equal(asked.length, 0);
      assert.match(authorizer.hint(SCOPE) ?? '', /The credentials for registry\.example are from .*\.json\./);
    }));

  it('reads the credentials again when they are refused later: they may have been renewed', async () => {
    const path = password();
    await within({ files: [path] }, async ({ authorizer, set }) => {
      await authorizer.challenged([BASIC], SCOPE, signal, null);
      writeFileSync(path, JSON.stringify({ auths: { [REGISTRY]: { username: 'ann', password: 'new' } } }));
      set(60_000);
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, basic), true);
      assert.equal(await authorizer.header(SCOPE, signal), `Basic ${Buffer.from('ann:new').toString('base64')}`);
    });
  });

  it('is nothing without credentials', () =>
    within({}, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), false);
      assert.equal(await authorizer.header(SCOPE, signal), null);
    }));

  it('comes after a token', () =>
    within({ files: [password()] }, async ({ authorizer }) => {
      await authorizer.challenged([BASIC, CHALLENGE], SCOPE, signal, null);
      assert.equal(await authorizer.header(SCOPE, signal), 'Bearer T1');
    }));

  it('goes unencrypted to this machine and where the user said so', async () => {
    const insecure = { files: [password(), password('localhost:5000')], insecureTokenRealm: true };
    const other = { ...insecure, origin: new URL('http://registry.example') };
    await within(other, async ({ authorizer }) => {
      await assert.rejects(
        authorizer.challenged([BASIC], SCOPE, signal, null),
        fails('CREDENTIALS_WITHHELD', /unencrypted/),
      );
      assert.equal(await authorizer.header(SCOPE, signal), null);
    });
    await within({ ...other, settings: { tls: 'none' } }, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), true);
    });
    const local = { ...insecure, registry: 'localhost:5000', origin: new URL('http://localhost:5000') };
    await within(local, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged([BASIC], SCOPE, signal, null), true);
    });
  });

  it('is not asked for by other schemes', () =>
    within({ files: [password()] }, async ({ authorizer }) => {
      assert.equal(await authorizer.challenged(['Negotiate', 'Digest realm="x"'], SCOPE, signal, null), false);
      assert.equal(await authorizer.challenged([], SCOPE, signal, null), false);
      assert.equal(await authorizer.challenged(['Bearer error="x"'], SCOPE, signal, null), false);
      await assert.rejects(authorizer.challenged(['Bearer realm="'], SCOPE, signal, null), fails('CHALLENGE_INVALID'));
    }));
});
