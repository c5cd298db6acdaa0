import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import { type ApiServer, basic, type Login, PASSWORD, startApiServer } from '#test/fixtures/api-server.ts';
import { ensureFirstAdmin } from './index.ts';

evidence('access/login', 'self-made', 'the token service, the registry and the API over SQLite, asked as clients ask');

const LATER = 3000;
let server: ApiServer;
before(async () => {
  server = await startApiServer();
});
after(async () => await server.stop());

function claimsOf(token: string): { access: unknown; exp: number; iat: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as never;
}

async function statusOf(token: string): Promise<number> {
  return (await server.ask('GET', '/v2/', { token })).status;
}

/** An address of its own, so that what fails here counts nowhere else. */
function from(address: string) {
  return { 'x-test-address': address };
}

async function robot(name: string, grants: readonly object[], expiresIn = 3600): Promise<Login> {
  const body = { name, grants, expiresIn };
  const { status, json } = await server.ask('POST', '/api/v1/robots', { as: server.admin, body });
  assert.equal(status, 201, JSON.stringify(json));
  const made = json as { secret: string; robot: { name: string } };
  return { name: made.robot.name, secret: made.secret };
}

describe('the first administrator', () => {
  it('is made once, and may do everything', async () => {
    assert.equal(await ensureFirstAdmin(server.context), null);
    assert.match(server.admin.secret, /^[0-9a-f]{36}$/);
    const { json } = await server.ask('GET', '/api/v1/me', { as: server.admin });
    assert.deepEqual(json, {
      id: 'user:admin',
      environment: null,
      grants: [{ role: 'admin', scope: '*', environment: '*' }],
    });
  });
});

describe('a token', () => {
  it('holds what is asked for and held, and no more', async () => {
    const viewer = await server.user('token-viewer', 'viewer', 'team/*');
    const scope = 'repository:team/app:pull,push,delete repository:other/app:pull';
    const token = await server.token(viewer, scope);
    assert.deepEqual(claimsOf(token).access, [{ repository: 'team/app', actions: ['pull'] }]);
    assert.equal(await statusOf(token), 200);
    const { status } = await server.ask('POST', '/v2/team/app/blobs/uploads/', { token });
    assert.ok(status === 403 || status === 401, `${status}`);
  });

  it('lets a publisher push, and only where it was asked for', async () => {
    const publisher = await server.user('token-publisher', 'publisher', 'team/*');
    const token = await server.token(publisher, 'repository:team/app:pull,push');
    assert.equal((await server.ask('POST', '/v2/team/app/blobs/uploads/', { token })).status, 202);
    assert.notEqual((await server.ask('POST', '/v2/team/b/blobs/uploads/', { token })).status, 202);
  });

  it('is given for the form of OAuth2 as well', async () => {
    const form = new URLSearchParams({
      grant_type: 'password',
      service: 'x',
      client_id: 'docker',
      username: server.admin.name,
      password: server.admin.secret,
      scope: 'repository:a/b:pull,fly registry:catalog:* repository:none',
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, json } = await server.ask('POST', '/auth/token', { text: form.toString(), headers });
    assert.equal(status, 200);
    const { access_token: token, ...answer } = json as { access_token: string; expires_in: number; scope: string };
    assert.deepEqual([answer.expires_in, answer.scope], [300, 'repository:a/b:pull registry:catalog:*']);
    assert.equal(await statusOf(token), 200);
    for (const text of ['', 'grant_type=refresh_token&refresh_token=x', 'grant_type=password&username=a']) {
      assert.equal((await server.ask('POST', '/auth/token', { text, headers })).status, 400, text);
    }
    assert.equal((await server.ask('PUT', '/auth/token', { text: '', headers })).status, 405);
  });

  it('is not made of another token, nor of nothing', async () => {
    const token = await server.token(server.admin, 'repository:a/b:pull');
    assert.equal((await server.ask('GET', '/auth/token?scope=repository:a/b:pull,push', { token })).status, 401);
    const { status, headers } = await server.ask('GET', '/auth/token');
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate') ?? '', /^Basic /);
  });

  it('is not for the API, whoever has it', async () => {
    const token = await server.token(server.admin, 'repository:a/b:pull,push,delete registry:catalog:*');
    assert.equal((await server.ask('GET', '/api/v1/users', { token })).status, 403);
    assert.equal((await server.ask('GET', '/api/v1/events', { token })).status, 403);
  });

  it('ends with its time', async () => {
    const token = await server.token(server.admin);
    server.wait((claimsOf(token).exp - claimsOf(token).iat - 1) * 1000 - 500);
    assert.equal(await statusOf(token), 200);
    server.wait(2000);
    assert.equal(await statusOf(token), 401);
  });

  it('that is tampered with, unsigned or of another key is refused', async () => {
    const token = await server.token(server.admin, 'repository:a/b:pull');
    const [head = '', body = '', signature = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const more = Buffer.from(Buffer.from(body, 'base64url').toString().replace('"pull"', '"pull","push"')).toString(
      'base64url',
    );
    const other = createHmac('sha256', 'another key').update(`${head}.${body}`).digest('base64url');
    for (const bad of [
      `${head}.${more}.${signature}`,
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${head}.${body}.${other}`,
    ]) {
      assert.equal(await statusOf(bad), 401);
    }
  });

  it('outlives a change of keys, and keys are changed', async () => {
    const before = await server.token(server.admin);
    const kid = (token: string) => Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
    server.wait(31 * 24 * 60 * 60 * 1000);
    const rotated = await server.token(server.admin);
    assert.notEqual(kid(rotated), kid(before));
    assert.equal(await statusOf(rotated), 200);
  });
});

describe('an account that ends', () => {
  it('takes its tokens and passwords with it within seconds when it is disabled', async () => {
    const user = await server.user('ending-disabled', 'viewer', '*');
    const token = await server.token(user);
    assert.equal(await statusOf(token), 200);
    const body = { isDisabled: true };
    assert.equal((await server.ask('PATCH', '/api/v1/users/ending-disabled', { as: server.admin, body })).status, 200);
    server.wait(LATER);
    assert.equal(await statusOf(token), 401);
    assert.equal((await server.ask('GET', '/v2/', { as: user, headers: from('10.0.0.1') })).status, 401);
    await server.ask('PATCH', '/api/v1/users/ending-disabled', { as: server.admin, body: { isDisabled: false } });
    server.wait(LATER);
    assert.equal(await statusOf(token), 401, 'a token from before does not come back to life');
    assert.equal((await server.ask('GET', '/v2/', { as: user, headers: from('10.0.0.1') })).status, 200);
  });

  it('also in another process, that learns of it from the records alone', async () => {
    const user = await server.user('ending-elsewhere', 'viewer', '*');
    const token = await server.token(user);
    assert.equal(await statusOf(token), 200);
    await server.store.transaction(async (records) => await records.accounts.remove(user.name));
    server.wait(LATER);
    assert.equal(await statusOf(token), 401);
    assert.equal((await server.ask('GET', '/v2/', { as: user, headers: from('10.0.0.2') })).status, 401);
  });

  it('is not taken for one of the same name that is made later', async () => {
    const token = await server.token(await server.user('ending-again', 'admin', '*'));
    await server.ask('DELETE', '/api/v1/users/ending-again', { as: server.admin });
    await server.user('ending-again', 'viewer', 'team/*');
    server.wait(LATER);
    assert.equal(await statusOf(token), 401);
  });

  it('leaves what it uploaded to nobody of its name', async () => {
    const bytes = 'what only its uploader may read yet';
    const digest = digestOf(bytes);
    const body = { text: bytes, headers: { 'content-type': 'application/octet-stream' } };
    const first = await server.user('ending-owner', 'publisher', 'owned/*');
    const uploads = '/v2/owned/app/blobs/uploads/';
    assert.equal((await server.ask('POST', `${uploads}?digest=${digest}`, { as: first, ...body })).status, 201);
    const open = await server.ask('POST', uploads, { as: first });
    const upload = new URL(open.headers.get('location') ?? '', server.url).pathname;
    const statuses = async (as: Login): Promise<readonly number[]> => {
      const asked = [`/v2/owned/app/blobs/${digest}`, upload].map((path) => server.ask('GET', path, { as }));
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    assert.deepEqual(await statuses(first), [200, 204]);
    await server.ask('DELETE', '/api/v1/users/ending-owner', { as: server.admin });
    const second = await server.user('ending-owner', 'publisher', 'owned/*');
    assert.deepEqual(await statuses(second), [404, 404]);
  });

  it('with a new password, all tokens and what was remembered of the old one', async () => {
    const user = await server.user('ending-password', 'viewer', '*');
    const token = await server.token(user);
    const body = { password: 'another password for me', current: PASSWORD };
    const path = '/api/v1/users/ending-password/password';
    assert.equal((await server.ask('PUT', path, { as: user, body: { ...body, current: 'wrong' } })).status, 401);
    assert.equal((await server.ask('PUT', path, { as: user, body })).status, 200);
    assert.equal(await statusOf(token), 401);
    assert.equal((await server.ask('GET', '/v2/', { as: user, headers: from('10.0.0.3') })).status, 401);
    const renewed = { ...user, secret: body.password };
    assert.equal((await server.ask('GET', '/v2/', { as: renewed, headers: from('10.0.0.3') })).status, 200);
  });
});

describe('a robot', () => {
  it('works in its scope, and outside there is nothing', async () => {
    const ci = await robot('scoped', [{ role: 'publisher', scope: 'team/*' }]);
    assert.equal((await server.ask('POST', '/v2/team/app/blobs/uploads/', { as: ci })).status, 202);
    for (const name of ['team2/app', 'team', 'other/app']) {
      const { status } = await server.ask('GET', `/v2/${name}/manifests/latest`, { as: ci });
      assert.equal(status, 404, name);
      assert.notEqual((await server.ask('POST', `/v2/${name}/blobs/uploads/`, { as: ci })).status, 202, name);
    }
    assert.equal((await server.ask('GET', '/api/v1/users', { as: ci })).status, 403);
  });

  it('ends with its time, and its token with it', async () => {
    const ci = await robot('short', [{ role: 'viewer', scope: '*' }], 60);
    const token = await server.token(ci);
    assert.equal(await statusOf(token), 200);
    server.wait(61_000);
    assert.equal(await statusOf(token), 401);
    assert.equal((await server.ask('GET', '/v2/', { as: ci })).status, 401);
  });

  it('has another secret after a rotation, and the old one ends', async () => {
    const ci = await robot('rotated', [{ role: 'viewer', scope: '*' }]);
    const path = `/api/v1/robots/${encodeURIComponent(ci.name)}/rotate`;
    const { json } = await server.ask('POST', path, { as: server.admin, body: { expiresIn: 3600 } });
    const { secret } = json as { secret: string };
    assert.notEqual(secret, ci.secret);
    assert.equal((await server.ask('GET', '/v2/', { as: ci })).status, 401);
    assert.equal((await server.ask('GET', '/v2/', { as: { ...ci, secret } })).status, 200);
  });
});

describe('credentials that are wrong', () => {
  it('get one answer, whatever is wrong with them', async () => {
    await server.user('wrong-here', 'viewer', '*');
    const answers = await Promise.all(
      [
        { name: 'wrong-here', secret: 'another password' },
        { name: 'nobody-here', secret: 'another password' },
        { name: 'robot$nobody', secret: 'plm_x' },
        { name: '', secret: '' },
        { name: 'wrong-here', secret: '' },
      ].map(async (as) => await server.ask('GET', '/v2/', { as, headers: from('10.0.1.1') })),
    );
    const [first, ...others] = answers.map(({ status, json }) => ({ status, json }));
    assert.equal(first?.status, 401);
    for (const other of others) {
      assert.deepEqual(other, first);
    }
  });

  it('are those that cannot be read as well', async () => {
    for (const authorization of [
      'Basic',
      'Basic ',
      'Basic !!!',
      `Basic ${Buffer.from('nocolon').toString('base64')}`,
      'Bearer',
      'Digest x',
      'x',
    ]) {
      const { status } = await server.ask('GET', '/v2/', { headers: { authorization } });
      assert.equal(status, 401, authorization);
    }
  });

  it('are not tried for ever on one account, wherever they come from', async () => {
    const user = await server.user('brute-force', 'viewer', '*');
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const as = { name: user.name, secret: `guess number ${attempt}` };
      const { status, headers } = await server.ask('GET', '/auth/token', { as, headers: from(`10.1.0.${attempt}`) });
      statuses.push(status);
      if (status === 429) {
        assert.match(headers.get('retry-after') ?? '', /^[1-9][0-9]*$/);
      }
    }
    assert.deepEqual(statuses, [...Array<number>(10).fill(401), 429, 429]);
    const tried = await server.ask('GET', '/auth/token', { as: user, headers: from('10.1.1.1') });
    assert.equal(tried.status, 429, 'the right one is not tried either');
    server.wait(31_000);
    assert.equal((await server.ask('GET', '/auth/token', { as: user, headers: from('10.1.1.1') })).status, 200);
  });

  it('do not keep out whoever logged in a moment ago', async () => {
    const user = await server.user('brute-known', 'viewer', '*');
    assert.equal((await server.ask('GET', '/v2/', { as: user })).status, 200);
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await server.ask('GET', '/v2/', {
        as: { name: user.name, secret: 'a guess' },
        headers: from(`10.2.0.${attempt}`),
      });
    }
    assert.equal((await server.ask('GET', '/v2/', { as: user })).status, 200);
  });

  it('are not tried for ever from one address, on whatever accounts', async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 32; attempt += 1) {
      const as = { name: `robot$guess-${attempt}`, secret: 'plm_guess' };
      statuses.push((await server.ask('GET', '/v2/', { as, headers: from('10.3.0.1') })).status);
    }
    assert.deepEqual(new Set(statuses.slice(0, 30)), new Set([401]));
    assert.deepEqual(statuses.slice(30), [429, 429]);
  });

  it('are counted as they come, also at once', async () => {
    const user = await server.user('brute-at-once', 'viewer', '*');
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, at) =>
          await server.ask('GET', '/v2/', {
            as: { name: user.name, secret: `guess ${at}` },
            headers: from(`10.4.0.${at}`),
          }),
      ),
    );
    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    assert.deepEqual([count(401), count(429)], [10, 10]);
  });
});

describe('nobody in particular', () => {
  it('is asked to log in, and told where', async () => {
    const { status, headers } = await server.ask('GET', '/v2/');
    assert.equal(status, 401);
    const challenge = headers.get('www-authenticate') ?? '';
    assert.ok(challenge.startsWith(`Bearer realm="${server.url}/auth/token",service="`), challenge);
  });

  it('may pull what the configuration says, with a token as clients get one', async () => {
    const open = await startApiServer(['public/*']);
    try {
      const token = await open.token(null, 'repository:public/app:pull,push repository:team/app:pull');
      assert.deepEqual(claimsOf(token).access, [{ repository: 'public/app', actions: ['pull'] }]);
      assert.equal((await open.ask('GET', '/v2/public/app/manifests/latest', { token })).status, 404);
      assert.notEqual((await open.ask('POST', '/v2/public/app/blobs/uploads/', { token })).status, 202);
      assert.equal((await open.ask('GET', '/api/v1/me', { token })).status, 401);
    } finally {
      await open.stop();
    }
  });
});

it('no secret is in the log, in an event, or in the database', async () => {
  const user = await server.user('secretive', 'viewer', '*');
  const ci = await robot('secretive', [{ role: 'viewer', scope: '*' }]);
  const token = await server.token(user);
  await server.ask('GET', '/v2/', { as: ci });
  await server.ask('GET', `/v2/?access_token=${token}`, { token });
  const typo = 'my-password-in-the-wrong-field';
  await server.ask('GET', '/v2/', { as: { name: typo, secret: 'secret-of-typo' }, headers: from('10.5.0.1') });
  const events = JSON.stringify(await server.events());
  const accounts = JSON.stringify([
    await server.store.records.accounts.find(user.name),
    await server.store.records.accounts.find(ci.name),
  ]);
  const log = server.lines.join('\n');
  assert.ok(log.includes('credentials refused'));
  const secrets = [
    server.admin.secret,
    PASSWORD,
    ci.secret,
    ci.secret.slice(4),
    token,
    token.split('.')[2] ?? '',
    typo,
    'secret-of-typo',
  ];
  for (const secret of [...secrets, basic(user), basic(ci).slice(6)]) {
    assert.ok(secret.length > 8);
    for (const [name, text] of Object.entries({ log, events, accounts })) {
      assert.ok(!text.includes(secret), `a secret is in the ${name}`);
    }
  }
  assert.ok(events.includes('"access.denied.v1"'));
});
