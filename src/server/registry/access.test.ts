import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { AccessError } from '#lib/access/index.ts';
import { ANONYMOUS, type TokenScope } from '#model/platform/access.ts';
import { type Answer, type Asked, type Document, imageOf, TYPES } from '#test/fixtures/registry-client.ts';
import { PEOPLE, type RegistryUnderTest, startRegistry, type Who } from '#test/fixtures/registry-under-test.ts';
import type { Authenticator } from '../context.ts';

/** Names of `PEOPLE` as tokens; with a scope behind: `alice repository:team/app:pull`. */
const authenticator: Authenticator = {
  authenticate: ({ request }) => {
    const [, name, scope] = (request.headers.authorization ?? '').split(' ');
    if (name === undefined) {
      return Promise.resolve(ANONYMOUS);
    }
    if (name === 'often') {
      return Promise.reject(new AccessError('TOO_MANY_ATTEMPTS', 'too many', { retryAfter: 7 }));
    }
    const subject = Object.entries(PEOPLE).find(([known]) => known === name)?.[1];
    return subject === undefined
      ? Promise.reject(new AccessError('CREDENTIALS_REFUSED', 'refused'))
      : Promise.resolve({ ...subject, ...(scope === undefined ? {} : { within: [within(scope)] }) });
  },
};

let registry: RegistryUnderTest;
let image: Document;
const content = 'a layer of the team';
const blob = digestOf(content);
before(async () => {
  registry = await startRegistry({ authenticator });
  image = await registry.as('alice').pushImage('team/app', { tag: 'v1' });
  await registry.as('alice').pushBlob('team/app', content);
});
after(async () => {
  await registry.stop();
});

function within(text: string): TokenScope {
  const [kind, repository = '', actions = ''] = text.split(':');
  return {
    repository: kind === 'registry' ? null : repository,
    actions: (['pull', 'push', 'delete'] as const).filter((action) => actions === '*' || actions.includes(action)),
  };
}

/** Everything that can be asked about a repository, with what a challenge has to ask for. */
function requestsTo(
  repository: string,
): readonly (readonly [method: string, path: string, actions: string, asked?: Asked])[] {
  const base = `/v2/${repository}`;
  const manifest = { body: image.bytes, headers: { 'content-type': TYPES.manifest } };
  const upload = `${base}/blobs/uploads/01a20657-efad-7329-900c-29ea8e314fed`;
  return [
    ['GET', `${base}/manifests/v1`, 'pull'],
    ['HEAD', `${base}/manifests/v1`, 'pull'],
    ['GET', `${base}/manifests/${image.digest}`, 'pull'],
    ['PUT', `${base}/manifests/v1`, 'pull,push', manifest],
    ['DELETE', `${base}/manifests/v1`, 'delete'],
    ['DELETE', `${base}/manifests/${image.digest}`, 'delete'],
    ['GET', `${base}/blobs/${blob}`, 'pull'],
    ['HEAD', `${base}/blobs/${blob}`, 'pull'],
    ['DELETE', `${base}/blobs/${blob}`, 'delete'],
    ['GET', `${base}/tags/list`, 'pull'],
    ['GET', `${base}/referrers/${image.digest}`, 'pull'],
    ['POST', `${base}/blobs/uploads/`, 'pull,push'],
    ['POST', `${base}/blobs/uploads/?digest=${blob}`, 'pull,push', { body: content }],
    ['POST', `${base}/blobs/uploads/?mount=${blob}`, 'pull,push'],
    ['GET', upload, 'pull,push'],
    ['PATCH', upload, 'pull,push', { body: content }],
    ['PUT', `${upload}?digest=${blob}`, 'pull,push', { body: content }],
    ['DELETE', upload, 'pull,push'],
  ];
}

/** All of an answer that somebody could tell from another one. */
function told({ status, headers: { date: _, ...headers }, body }: Answer): object {
  return { status, headers, body: body.toString() };
}

describe('a repository that is there and one that is not look alike', () => {
  for (const who of ['eve', null] as const) {
    it(`to ${who ?? 'nobody in particular'}`, async () => {
      const there = requestsTo('team/app');
      for (const [index, [method, path, actions, asked]] of requestsTo('team/not').entries()) {
        const absent = await registry.as(who).ask(method, path, asked);
        const present = await registry.as(who).ask(method, there[index]?.[1] ?? '', asked);
        const renamed = JSON.parse(JSON.stringify(told(present)).replaceAll('team/app', 'team/not')) as object;
        assert.deepEqual(renamed, told(absent), `${method} ${path}`);
        if (who === null) {
          assert.equal(absent.status, 401);
          const challenge = `Bearer realm="http://registry.test/auth/token",service="registry.test",scope="repository:team/not:${actions}"`;
          assert.equal(absent.headers['www-authenticate'], challenge);
        } else {
          assert.equal(absent.status, 404);
        }
      }
    });
  }

  it('to somebody who mounts from it', async () => {
    const mount = async (from: string): Promise<Answer> =>
      await registry.as('eve').ask('POST', `/v2/other/app/blobs/uploads/?mount=${blob}&from=${from}`);
    for (const from of ['team/app', 'team/not']) {
      assert.equal((await mount(from)).status, 202);
    }
    assert.equal((await registry.as('eve').ask('POST', `/v2/other/app/blobs/uploads/?mount=${blob}`)).status, 202);
    assert.equal((await registry.as('eve').ask('HEAD', `/v2/other/app/blobs/${blob}`)).status, 404);
  });
});

describe('who may only read', () => {
  for (const who of ['vera', 'ann', 'dan'] as const) {
    it(`${who}: changes nothing`, async () => {
      for (const [method, path, actions, asked] of requestsTo('team/app')) {
        if (actions !== 'pull') {
          const answer = await registry.as(who).ask(method, path, asked);
          assert.equal(answer.status, 403, `${method} ${path}`);
          assert.deepEqual(answer.codes(), ['DENIED']);
        }
      }
    });
  }
});

describe('a token', () => {
  const ask = async (authorization: string, method: string, path: string): Promise<Answer> =>
    await registry.as(null).ask(method, path, { headers: { authorization } });

  it('is good for what it was made for', async () => {
    const token = 'Bearer alice repository:team/app:pull';
    assert.equal((await ask(token, 'GET', '/v2/team/app/manifests/v1')).status, 200);
    for (const [method, path, scope] of [
      ['POST', '/v2/team/app/blobs/uploads/', 'repository:team/app:pull,push'],
      ['DELETE', '/v2/team/app/manifests/v1', 'repository:team/app:delete'],
      ['GET', '/v2/team/other/tags/list', 'repository:team/other:pull'],
      ['GET', '/v2/_catalog', 'registry:catalog:*'],
    ] as const) {
      const answer = await ask(token, method, path);
      assert.equal(answer.status, 401);
      assert.ok(answer.headers['www-authenticate']?.endsWith(`,scope="${scope}",error="insufficient_scope"`));
    }
    // What the account may not do, no token helps.
    assert.equal(
      (await ask('Bearer vera repository:team/app:pull', 'POST', '/v2/team/app/blobs/uploads/')).status,
      403,
    );
    assert.equal((await ask(token, 'GET', '/v2/other/app/tags/list')).status, 404);
  });

  it('has to be for the repository that is mounted from', async () => {
    await registry.as('both').pushBlob('other/source', 'mounted');
    const path = `/v2/team/app/blobs/uploads/?mount=${digestOf('mounted')}&from=other/source`;
    const refused = await ask('Bearer both repository:team/app:pull,push', 'POST', path);
    assert.equal(refused.status, 401);
    assert.match(
      String(refused.headers['www-authenticate']),
      /scope="repository:team\/app:pull,push repository:other\/source:pull",error="insufficient_scope"$/,
    );
  });

  it('that is none is refused', async () => {
    const answer = await ask('Bearer nobody', 'GET', '/v2/team/app/manifests/v1');
    assert.deepEqual([answer.status, answer.codes()], [401, ['UNAUTHORIZED']]);
    const often = await ask('Bearer often', 'GET', '/v2/');
    assert.deepEqual([often.status, often.codes(), often.headers['retry-after']], [429, ['TOOMANYREQUESTS'], '7']);
  });

  it('is asked for at /v2/, and then it is there', async () => {
    const without = await registry.as(null).ask('GET', '/v2/');
    assert.equal(without.status, 401);
    assert.equal(
      without.headers['www-authenticate'],
      'Bearer realm="http://registry.test/auth/token",service="registry.test"',
    );
    const answer = await registry.as('vera').ask('GET', '/v2/');
    assert.deepEqual([answer.status, answer.headers['docker-distribution-api-version']], [200, 'registry/2.0']);
  });
});

describe('a mount', () => {
  const mount = async (who: Who, to: string, query: string): Promise<Answer> =>
    await registry.as(who).ask('POST', `/v2/${to}/blobs/uploads/?mount=${blob}${query}`);

  it('is there where its source may be read, named or not', async () => {
    for (const [to, query] of [
      ['team/named', '&from=team/app'],
      ['team/unnamed', ''],
    ] as const) {
      const answer = await mount('alice', to, query);
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.location, `/v2/${to}/blobs/${blob}`);
      assert.equal(answer.headers['docker-content-digest'], blob);
      assert.equal((await registry.as('alice').ask('GET', `/v2/${to}/blobs/${blob}`)).body.toString(), content);
    }
  });

  it('is an upload where it may not: in quarantine, or not there', async () => {
    for (const query of ['&from=team/app', '', '&from=team/not']) {
      const answer = await mount('bob', 'team/bob', query);
      assert.equal(answer.status, 202);
      assert.match(answer.headers.location ?? '', /^\/v2\/team\/bob\/blobs\/uploads\//);
    }
    assert.equal((await registry.as('bob').ask('HEAD', `/v2/team/bob/blobs/${blob}`)).status, 404);
  });
});

describe('methods and paths that are none', () => {
  for (const [method, path, allow] of [
    ['POST', '/v2/', 'GET, HEAD'],
    ['DELETE', '/v2/_catalog', 'GET, HEAD'],
    ['POST', '/v2/team/app/manifests/v1', 'GET, HEAD, PUT, DELETE'],
    ['PUT', `/v2/team/app/blobs/${blob}`, 'GET, HEAD, DELETE'],
    ['GET', '/v2/team/app/blobs/uploads/', 'POST'],
    ['OPTIONS', '/v2/team/app/tags/list', 'GET, HEAD'],
    ['PROPFIND', '/v2/team/app/tags/list', 'GET, HEAD'],
  ] as const) {
    it(`${method} ${path}`, async () => {
      const answer = await registry.as('root').ask(method, path);
      assert.deepEqual([answer.status, answer.headers.allow], [405, allow]);
    });
  }

  it('are not what a header says', async () => {
    const headers = {
      'x-http-method-override': 'DELETE',
      'x-forwarded-host': 'evil.test',
      host: 'evil.test',
      'x-original-url': '/v2/',
    };
    const answer = await registry.as('alice').ask('POST', '/v2/team/app/blobs/uploads/', { headers });
    assert.equal(answer.status, 202);
    assert.match(answer.headers.location ?? '', /^\/v2\/team\/app\//);
    const { headers: challenge } = await registry.as(null).ask('GET', '/v2/', { headers });
    assert.match(String(challenge['www-authenticate']), /realm="http:\/\/registry\.test\//);
    const quarantined = await registry
      .as('vera')
      .ask('GET', '/v2/team/app/manifests/v1', { headers: { 'user-agent': 'cosign/v3.0' } });
    assert.equal(quarantined.status, 403);
  });
});

describe('lists', () => {
  before(async () => {
    const alice = registry.as('alice');
    const { document, blobs } = imageOf({ seed: 'listed' });
    for (const one of blobs) {
      await alice.pushBlob('team/listed', one);
    }
    for (const tag of ['b', 'a', 'Z', '_', '1', 'a-b', 'a.b', 'A']) {
      await alice.pushManifest('team/listed', document, tag);
    }
    for (const name of ['team2/app', 'tea', 'team/aa', 'team/zz']) {
      await registry.as('root').pushBlob(name, 'x');
    }
  });
  const all = ['1', 'A', 'Z', '_', 'a', 'a-b', 'a.b', 'b'];
  const tags = async (
    query: string,
  ): Promise<{ readonly tags: readonly string[]; readonly link: unknown; readonly status: number }> => {
    const { headers, json, status } = await registry.as('vera').ask('GET', `/v2/team/listed/tags/list${query}`);
    return { tags: (json() as { tags: readonly string[] }).tags, link: headers['link'], status };
  };

  it('of tags are sorted by bytes, and end where they are asked to', async () => {
    assert.deepEqual(await tags(''), { tags: all, link: undefined, status: 200 });
    assert.deepEqual(await tags('?n=8'), { tags: all, link: undefined, status: 200 });
    assert.deepEqual(await tags('?n=3'), {
      tags: ['1', 'A', 'Z'],
      link: '</v2/team/listed/tags/list?n=3&last=Z>; rel="next"',
      status: 200,
    });
    assert.deepEqual((await tags('?n=3&last=Z')).tags, ['_', 'a', 'a-b']);
    assert.deepEqual((await tags('?last=a')).tags, ['a-b', 'a.b', 'b']);
    assert.deepEqual((await tags('?last=nothing')).tags, []);
    assert.deepEqual(await tags('?n=0'), { tags: [], link: undefined, status: 200 });
    assert.equal((await tags('?n=-1')).status, 400);
  });

  it('of repositories have those that may be pulled from', async () => {
    const list = async (who: Who, query = '') => {
      const { headers, json } = await registry.as(who).ask('GET', `/v2/_catalog${query}`);
      return { names: (json() as { repositories: readonly string[] }).repositories, link: headers['link'] };
    };
    const { names } = await list('vera');
    assert.ok(names.includes('team/app') && names.every((name) => name.startsWith('team/')));
    assert.deepEqual(names, names.toSorted());
    assert.deepEqual(
      (await list('eve')).names.filter((name) => !name.startsWith('other/')),
      [],
    );
    assert.ok((await list('root')).names.includes('team2/app'));
    const found: string[] = [];
    for (let query: string | undefined = '?n=2'; query !== undefined; ) {
      const part = await list('vera', query);
      assert.ok(part.names.length <= 2);
      found.push(...part.names);
      query = /<[^?]*(\?[^>]*)>; rel="next"/.exec(String(part.link ?? ''))?.[1];
    }
    assert.deepEqual(found, names);
    assert.equal((await registry.as(null).ask('GET', '/v2/_catalog')).status, 401);
  });
});
