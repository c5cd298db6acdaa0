import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { type Ask, apiClient, type Problem, pushedImage, refusedWith } from '#test/fixtures/api-client.ts';
import { type ApiServer, type Login, PASSWORD, startApiServer } from '#test/fixtures/api-server.ts';

evidence('access/api', 'self-made', 'every route over SQLite, by every role');

const API = '/api/v1';
let server: ApiServer;
let admin: Login;
let ask: Ask;
before(async () => {
  server = await startApiServer();
  ({ admin } = server);
  ask = apiClient(server);
});
after(async () => await server.stop());

async function refused(
  status: number,
  code: string,
  ...[method, path, as, body, more]: Parameters<Ask>
): Promise<Problem> {
  return refusedWith(await ask(method, path, as, body, more), status, code);
}

async function newRobot(as: Login, body: object): Promise<Login> {
  const { status, json } = await ask('POST', '/robots', as, { expiresIn: 3600, ...body });
  assert.equal(status, 201, JSON.stringify(json));
  const { robot, secret } = json as { robot: { name: string }; secret: string };
  return { name: robot.name, secret };
}

describe('users', () => {
  it('are made, listed, changed and removed, each with its event', async () => {
    const grants = [{ role: 'publisher', scope: 'team/*', environment: '*' }];
    const made = await ask('POST', '/users', admin, { name: 'carol', password: PASSWORD, grants });
    assert.equal(made.status, 201);
    assert.deepEqual(made.json, {
      name: 'carol',
      kind: 'user',
      environment: null,
      grants,
      isDisabled: false,
      expiresAt: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: 'user:admin',
    });
    await refused(409, 'ACCOUNT_NAME_TAKEN', 'POST', '/users', admin, { name: 'carol', password: PASSWORD });
    const changed = await ask('PATCH', '/users/carol', admin, {
      grants: [{ role: 'viewer', scope: '*' }],
      isDisabled: true,
    });
    assert.equal(changed.status, 200);
    const found = await ask('GET', '/users/carol', admin);
    assert.deepEqual(found.json, changed.json);
    const listed = (await ask('GET', '/users?limit=1', admin)).json as { items: { name: string }[]; next: string };
    assert.deepEqual([listed.items.map(({ name }) => name), listed.next], [['admin'], 'admin']);
    const rest = (await ask('GET', '/users?after=admin', admin)).json as { items: { name: string }[]; next: null };
    assert.deepEqual([rest.items.map(({ name }) => name), rest.next], [['carol'], null]);
    assert.equal((await ask('DELETE', '/users/carol', admin)).status, 204);
    await refused(404, 'ACCOUNT_UNKNOWN', 'GET', '/users/carol', admin);
    const events = (await server.events()).filter(({ subject }) => subject === 'user:carol');
    assert.deepEqual(
      events.map(({ type, actor, data }) => [type, actor, data['change'] ?? null]),
      [
        ['account.created.v1', 'user:admin', null],
        ['account.changed.v1', 'user:admin', 'grants, isDisabled'],
        ['account.removed.v1', 'user:admin', null],
      ],
    );
  });

  it('are refused with names, passwords and roles that are none', async () => {
    const good = { name: 'dave', password: PASSWORD };
    await refused(400, 'ACCOUNT_NAME_INVALID', 'POST', '/users', admin, { ...good, name: 'robot$dave' });
    await refused(400, 'PASSWORD_REFUSED', 'POST', '/users', admin, { ...good, password: 'short' });
    const scoped = (scope: string, environment = '*') => ({
      ...good,
      grants: [{ role: 'viewer', scope, environment }],
    });
    for (const scope of ['team/', 'Team/*', 'te*', '**']) {
      await refused(400, 'GRANT_INVALID', 'POST', '/users', admin, scoped(scope));
    }
    await refused(400, 'GRANT_INVALID', 'POST', '/users', admin, scoped('*', 'production'));
  });

  it('leave somebody to administer the server', async () => {
    await refused(409, 'ACCOUNT_LAST_ADMINISTRATOR', 'DELETE', '/users/admin', admin);
    await refused(409, 'ACCOUNT_LAST_ADMINISTRATOR', 'PATCH', '/users/admin', admin, { isDisabled: true });
    await refused(409, 'ACCOUNT_LAST_ADMINISTRATOR', 'PATCH', '/users/admin', admin, { grants: [] });
    const second = await server.user('second-admin', 'admin', '*');
    assert.equal((await ask('PATCH', '/users/second-admin', second, { grants: [] })).status, 200);
    await ask('DELETE', '/users/second-admin', admin);
  });
});

describe('a request', () => {
  it('without credentials, or with wrong ones, is answered 401', async () => {
    await refused(401, 'API_UNAUTHENTICATED', 'GET', '/users', null);
    await refused(401, 'CREDENTIALS_REFUSED', 'GET', '/users', { name: 'admin', secret: 'wrong' });
  });

  it('is refused for a member that is not known, a member twice, and what is no JSON', async () => {
    const problem = await refused(400, 'API_REQUEST_INVALID', 'POST', '/users', admin, {
      name: 'eve',
      password: PASSWORD,
      isAdmin: true,
    });
    assert.ok(!JSON.stringify(problem).includes(PASSWORD));
    await refused(400, 'JSON_DUPLICATE_KEY', 'POST', '/users', admin, undefined, {
      text: `{"name":"eve","name":"admin","password":"${PASSWORD}"}`,
    });
    await refused(400, 'JSON_INVALID', 'POST', '/users', admin, undefined, { text: '{"name":' });
    await refused(400, 'API_REQUEST_INVALID', 'POST', '/users', admin, undefined, { text: '[]' });
    await refused(400, 'API_REQUEST_INVALID', 'GET', '/users?limit=0', admin);
    await refused(400, 'API_REQUEST_INVALID', 'GET', '/users?limit=5&limit=6', admin);
    await refused(400, 'API_REQUEST_INVALID', 'GET', '/users?all=1', admin);
  });

  it('is refused for a body that is too large or of another type', async () => {
    await refused(413, 'API_REQUEST_INVALID', 'POST', '/users', admin, undefined, {
      text: `{"name":"${'x'.repeat(1_100_000)}"}`,
    });
    await refused(415, 'API_REQUEST_INVALID', 'POST', '/users', admin, undefined, {
      text: '{}',
      headers: { 'content-type': 'text/plain' },
    });
  });

  it('to nowhere is answered 404', async () => {
    for (const path of ['', '/', '/nothing', '/users/a/b', '/Users', '/me/', '/repositories/a/manifests']) {
      await refused(404, 'API_NOT_FOUND', 'GET', path, admin);
    }
    await refused(404, 'API_NOT_FOUND', 'PUT', '/me', admin);
  });

  it('from a page of another site is refused', async () => {
    for (const site of ['cross-site', 'same-site', 'x']) {
      await refused(403, 'API_CROSS_SITE', 'POST', '/upkeep/scrub', admin, {}, { headers: { 'sec-fetch-site': site } });
    }
    assert.equal(
      (await ask('GET', '/me', admin, undefined, { headers: { 'sec-fetch-site': 'same-origin' } })).status,
      200,
    );
  });

  it('with a NUL in a text that a database would be asked for is refused', async () => {
    for (const path of ['/users/a%00', '/robots/a%00', '/users?after=a%00', '/repositories?after=a%00']) {
      await refused(400, 'API_REQUEST_INVALID', 'GET', path, admin);
    }
    assert.equal((await ask('GET', '/me', { name: 'a\0', secret: PASSWORD })).status, 401);
  });

  it('with what would break a path finds nothing', async () => {
    await refused(400, 'API_REQUEST_INVALID', 'GET', '/users/%', admin);
    const paths = [
      '/users/%00',
      '/users/%2e%2e',
      '/users/..%2fadmin',
      '/users/%',
      '/users/__proto__',
      '/repositories/..%2f/manifests/x',
      `/users/${'x'.repeat(2000)}`,
    ];
    for (const path of paths) {
      const { status } = await ask('GET', path, admin);
      assert.ok(status >= 400 && status < 500, `${path} ${status}`);
    }
  });
});

describe('whoever has no role for it', () => {
  const CHANGES: readonly (readonly [method: string, path: string, body?: unknown])[] = [
    ['GET', '/users'],
    ['GET', '/users/admin'],
    ['POST', '/users', { name: 'mallory', password: PASSWORD, grants: [{ role: 'admin', scope: '*' }] }],
    ['PATCH', '/users/admin', { isDisabled: true }],
    ['PUT', '/users/admin/password', { password: PASSWORD }],
    ['DELETE', '/users/admin'],
    ['GET', '/robots'],
    ['POST', '/robots', { name: 'x', grants: [{ role: 'viewer', scope: '*' }], expiresIn: 60 }],
    ['DELETE', '/robots/robot$ci'],
    ['POST', '/robots/robot$ci/rotate', { expiresIn: 60 }],
    ['POST', '/upkeep/collection', {}],
    ['POST', '/upkeep/collection/preview', {}],
    ['GET', '/upkeep/scrub'],
    ['POST', '/upkeep/scrub', {}],
    ['GET', '/upkeep/jobs'],
  ];
  for (const role of ['viewer', 'developer', 'publisher', 'approver', 'deployer', 'auditor']) {
    it(`${role}: changes nothing, and is written down`, async () => {
      const who = await server.user(`lowly-${role}`, role, '*');
      for (const [method, path, body] of CHANGES) {
        const { status } = await ask(method, path, who, body);
        assert.equal(status, 403, `${method} ${path}`);
      }
      const denials = (await server.events()).filter(
        ({ type, subject }) => type === 'access.denied.v1' && subject === `user:lowly-${role}`,
      );
      assert.equal(denials.length, CHANGES.length);
      for (let times = 0; times < 2; times += 1) {
        await ask('GET', '/robots', who);
      }
      const after = (await server.events()).filter(({ subject }) => subject === `user:lowly-${role}`);
      assert.equal(after.filter(({ type }) => type === 'access.denied.v1').length, CHANGES.length, 'once a minute');
      const audited = await ask('GET', '/events', who);
      assert.equal(audited.status, role === 'auditor' ? 200 : 403);
    });
  }

  it('an auditor reads the report of every image and decides about none', async () => {
    const digest = await pushedImage(server, 'audited/app');
    const auditor = await server.user('auditor', 'auditor', '*');
    const path = `/repositories/audited/app/manifests/${digest}`;
    assert.equal((await ask('GET', path, auditor)).status, 200);
    await refused(403, 'STATE_CHANGE_DENIED', 'POST', `${path}/state`, auditor, { state: 'approved', reason: 'x' });
    const approval = { environment: 'production', decision: 'approved', reason: 'x' };
    await refused(403, 'STATE_CHANGE_DENIED', 'POST', `${path}/approvals`, auditor, approval);
    await refused(403, 'RESTORE_DENIED', 'POST', '/upkeep/trash/restore', auditor, {
      repository: 'audited/app',
      digest,
    });
    assert.equal((await server.ask('GET', `/v2/audited/app/manifests/${digest}`, { as: auditor })).status, 404);
  });
});

describe('the administrator of a project', () => {
  let lead: Login;
  before(async () => {
    lead = await server.user('lead', 'admin', 'team/*');
  });

  it('makes robots for it, and no rights beyond', async () => {
    const grants = [{ role: 'publisher', scope: 'team/app' }];
    const ci = await newRobot(lead, { name: 'ci', project: 'team', grants });
    assert.equal(ci.name, 'robot$team+ci');
    for (const scope of ['*', 'team2/*', 'team2/app', 'other']) {
      const body = { name: 'more', project: 'team', grants: [{ role: 'viewer', scope }], expiresIn: 60 };
      await refused(403, 'ACCOUNT_DENIED', 'POST', '/robots', lead, body);
    }
    for (const project of [null, 'team2']) {
      await refused(403, 'ACCOUNT_DENIED', 'POST', '/robots', lead, { name: 'more', project, grants, expiresIn: 60 });
    }
    await refused(403, 'ACCOUNT_DENIED', 'PATCH', '/robots/robot$team+ci', lead, {
      grants: [{ role: 'admin', scope: '*' }],
    });
    await refused(403, 'ACCOUNT_DENIED', 'POST', '/users', lead, { name: 'friend', password: PASSWORD });
  });

  it('gets no new secret for a robot that may do more, and does not see others', async () => {
    await newRobot(lead, { name: 'own', project: 'team', grants: [{ role: 'viewer', scope: 'team/*' }] });
    await newRobot(admin, { name: 'wide', project: 'team', grants: [{ role: 'admin', scope: '*' }] });
    await newRobot(admin, { name: 'theirs', project: 'team2', grants: [{ role: 'viewer', scope: 'team2/*' }] });
    for (const name of ['robot$team+wide', 'robot$team2+theirs', 'robot$team+nobody']) {
      await refused(404, 'ACCOUNT_UNKNOWN', 'POST', `/robots/${encodeURIComponent(name)}/rotate`, lead, {
        expiresIn: 60,
      });
      await refused(404, 'ACCOUNT_UNKNOWN', 'DELETE', `/robots/${encodeURIComponent(name)}`, lead);
      await refused(404, 'ACCOUNT_UNKNOWN', 'GET', `/robots/${encodeURIComponent(name)}`, lead);
    }
    const { items } = (await ask('GET', '/robots', lead)).json as { items: { name: string }[] };
    const names = items.map(({ name }) => name);
    assert.ok(names.includes('robot$team+own'));
    assert.ok(!names.some((name) => name.endsWith('+wide') || name.endsWith('+theirs')));
  });
});

describe('robots', () => {
  it('have an end within a year', async () => {
    const body = { name: 'eternal', grants: [{ role: 'viewer', scope: '*' }] };
    await refused(400, 'API_REQUEST_INVALID', 'POST', '/robots', admin, { ...body, expiresIn: 367 * 86_400 });
    await refused(400, 'API_REQUEST_INVALID', 'POST', '/robots', admin, body);
  });

  it('show their secret once', async () => {
    const made = await newRobot(admin, { name: 'once', grants: [{ role: 'viewer', scope: '*' }] });
    const shown = JSON.stringify([
      (await ask('GET', `/robots/${encodeURIComponent(made.name)}`, admin)).json,
      (await ask('GET', '/robots', admin)).json,
    ]);
    assert.ok(shown.includes('robot$once') && !shown.includes(made.secret) && !shown.includes('sha256:'));
  });
});

describe('the description of the API', () => {
  interface Document {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string; responses: object }>>>>;
  }

  it('has every route, and nothing else is answered', async () => {
    const { status, json } = await server.ask('GET', `${API}/openapi.json`);
    assert.equal(status, 200);
    const { openapi, paths } = json as Document;
    assert.equal(openapi, '3.1.0');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
    );
    assert.ok(operations.length >= 25, `${operations.length}`);
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    for (const { path, method } of operations) {
      const url = path.replaceAll(/\{[a-z]+\}/g, 'x');
      const answer = await server.ask(method.toUpperCase(), url);
      assert.equal(answer.status, 401, `${method} ${path}`);
    }
  });
});
