import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type AttackedRegistry, NEVER_PUSHED, startAttackedRegistry } from '../fixtures/attacked-registry.ts';
import { type PushedImage, pushImage } from '../fixtures/push-image.ts';
import { type RawAnswer } from '../fixtures/raw-http.ts';
import { type TestRegistry, type TestUser } from '../fixtures/test-registry.ts';

evidence(
  'registry/hostile-requests',
  'self-made',
  'projects of others, tokens that were tampered with, and what the log holds',
);

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

describe('the registry and whoever has no business there', () => {
  let registry: TestRegistry;
  let image: PushedImage;
  let publisher: TestUser;
  let viewer: TestUser;
  let outsider: TestUser;
  let ask: AttackedRegistry['ask'];
  let assertWhole: AttackedRegistry['assertWhole'];

  before(async () => {
    ({ registry, image, publisher, viewer, outsider, ask, assertWhole } = await startAttackedRegistry());
  });
  after(async () => {
    await registry.stop();
  });

  describe('whoever is not from here', () => {
    /** What differs from answer to answer by itself. */
    function comparable({ status, lines, body }: RawAnswer, names: readonly string[]): object {
      const clean = (text: string): string => names.reduce((rest, name) => rest.replaceAll(name, 'NAME'), text);
      const kept = lines.slice(1).filter((line) => !/^(date|x-request-id|content-length):/i.test(line));
      return { status, lines: kept.map(clean).map(withoutIds).toSorted(), body: withoutIds(clean(body)) };
    }

    function withoutIds(text: string): string {
      return text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID');
    }

    it('cannot tell a repository that exists from one that does not, nor an image, nor a blob', async () => {
      const questions: readonly (readonly [string, string])[] = [
        ['manifests/v1', 'manifests/v1'],
        [`manifests/${image.manifest}`, `manifests/${NEVER_PUSHED}`],
        [`blobs/${image.config}`, `blobs/${NEVER_PUSHED}`],
        ['tags/list', 'tags/list'],
        [`referrers/${image.manifest}`, `referrers/${NEVER_PUSHED}`],
      ];
      for (const user of [outsider, null]) {
        for (const method of ['GET', 'HEAD', 'DELETE']) {
          for (const [there, nowhere] of questions) {
            const real = await ask(user, `${method} /v2/team/app/${there}`, ['Content-Length: 0']);
            const unreal = await ask(user, `${method} /v2/team/none/${nowhere}`, ['Content-Length: 0']);
            const names = ['team/app', 'team/none', image.manifest, image.config, NEVER_PUSHED];
            assert.deepEqual(comparable(real, names), comparable(unreal, names), `${method} ${there}`);
            assert.ok(real.status >= 400, `${method} ${there}: ${real.status}`);
          }
        }
        for (const [name, digest] of [
          ['team/app', image.config],
          ['team/none', NEVER_PUSHED],
        ] as const) {
          const push = await ask(user, `POST /v2/${name}/blobs/uploads/?digest=${digest}`, ['Content-Length: 0']);
          assert.ok([401, 403, 404].includes(push.status), String(push.status));
        }
      }
    });

    it('gets nothing by mounting: the answer is that of what is not there', async () => {
      const mount = async (digest: string, from: string): Promise<RawAnswer> =>
        await ask(outsider, `POST /v2/other/app/blobs/uploads/?mount=${digest}&from=${from}`, ['Content-Length: 0']);
      const answers = [
        await mount(image.config, 'team/app'),
        await mount(NEVER_PUSHED, 'team/app'),
        await mount(image.config, 'team/none'),
      ];
      const names = ['team/app', 'team/none', image.config, NEVER_PUSHED];
      for (const answer of answers) {
        assert.equal(answer.status, 202);
        assert.deepEqual(comparable(answer, names), comparable(answers[0] as RawAnswer, names));
      }
      const anonymous = await ask(outsider, `POST /v2/other/app/blobs/uploads/?mount=${image.config}`, [
        'Content-Length: 0',
      ]);
      assert.equal(anonymous.status, 202, 'without from nothing of another project is mounted');
      for (const digest of [image.config, image.layer, NEVER_PUSHED]) {
        assert.equal((await ask(outsider, `GET /v2/other/app/blobs/${digest}`)).status, 404);
      }
    });

    it('cannot claim a blob of others by a manifest that names it', async () => {
      const put = async (digest: string, size: number): Promise<RawAnswer> => {
        const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size };
        const bytes = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
        const head = [`Content-Type: ${MANIFEST}`, `Content-Length: ${bytes.length}`];
        return await ask(outsider, 'PUT /v2/other/app/manifests/claimed', head, bytes);
      };
      const real = await put(image.config, image.configSize);
      const unreal = await put(NEVER_PUSHED, image.configSize);
      const names = [image.config, NEVER_PUSHED];
      assert.deepEqual(comparable(real, names), comparable(unreal, names));
      assert.ok(real.status >= 400 && real.status < 500, String(real.status));
      assert.equal((await ask(outsider, `GET /v2/other/app/blobs/${image.config}`)).status, 404);
    });

    it('is shown no name of others in the catalogue', async () => {
      const { body } = await ask(outsider, 'GET /v2/_catalog');
      assert.doesNotMatch(body, /team/);
    });

    it('reads and writes nothing as a robot outside its scope', async () => {
      const robot = registry.users.robot;
      await pushImage(registry, publisher, 'team/robots', 'v1', 'for robots');
      const elsewhere = [
        'GET /v2/team/app/manifests/v1',
        `GET /v2/team/app/blobs/${image.config}`,
        'GET /v2/team/app/tags/list',
      ];
      for (const line of [...elsewhere, 'POST /v2/team/app/blobs/uploads/', 'DELETE /v2/team/app/manifests/v1']) {
        const { status } = await ask(robot, line, ['Content-Length: 0']);
        assert.ok([401, 403, 404].includes(status), `${line}: ${status}`);
      }
      assert.equal((await ask(robot, 'GET /v2/team/robots/tags/list')).status, 200);
    });

    it('pushes and deletes nothing as a viewer', async () => {
      const lines = [
        'POST /v2/team/app/blobs/uploads/',
        `POST /v2/team/app/blobs/uploads/?mount=${image.config}&from=team/app`,
        `POST /v2/team/app/blobs/uploads/?digest=${NEVER_PUSHED}`,
        'PUT /v2/team/app/manifests/viewed',
        'DELETE /v2/team/app/manifests/v1',
        `DELETE /v2/team/app/manifests/${image.manifest}`,
        `DELETE /v2/team/app/blobs/${image.config}`,
      ];
      for (const line of lines) {
        const { status } = await ask(viewer, line, ['Content-Length: 0', `Content-Type: ${MANIFEST}`]);
        assert.equal(status, 403, line);
      }
      await assertWhole();
    });
  });

  describe('tokens', () => {
    async function tokenOf(user: TestUser, scope: string): Promise<string> {
      const { status, body } = await ask(user, `GET /auth/token?service=x&scope=${scope}`);
      assert.equal(status, 200, body);
      return (JSON.parse(body) as { readonly token: string }).token;
    }

    async function statusWith(token: string, line = 'GET /v2/team/app/manifests/v1'): Promise<number> {
      return (await ask(null, line, [`Authorization: Bearer ${token}`, 'Content-Length: 0'])).status;
    }

    it('holds no more than its account', async () => {
      assert.equal(await statusWith(await tokenOf(publisher, 'repository:team/app:pull')), 200);
      const all = 'repository:team/app:pull,push,delete,*';
      assert.equal(await statusWith(await tokenOf(viewer, all)), 403);
      assert.ok([401, 403, 404].includes(await statusWith(await tokenOf(outsider, all))));
      const pull = await tokenOf(publisher, 'repository:team/app:pull');
      assert.ok([401, 403].includes(await statusWith(pull, 'POST /v2/team/app/blobs/uploads/')));
      assert.ok([401, 403].includes(await statusWith(await tokenOf(publisher, 'repository:team/robots:pull'))));
    });

    it('is good as it was issued, and in no other form', async () => {
      const token = await tokenOf(publisher, 'repository:team/app:pull');
      const [head = '', body = '', signature = ''] = token.split('.');
      const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
      const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, unknown>;
      const forged = [
        `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`,
        `${encode({ ...header, alg: 'none' })}.${body}.`,
        `${encode({ ...header, alg: 'none' })}.${body}.${signature}`,
        `${encode({ ...header, alg: 'RS256' })}.${body}.${signature}`,
        `${encode({ ...header, kid: '../../dev/null' })}.${body}.${signature}`,
        `${encode({ ...header, jwk: { kty: 'oct', k: 'AA' } })}.${body}.${signature}`,
        `${head}.${encode({ ...claims, exp: 9_999_999_999 })}.${signature}`,
        `${head}.${encode({ ...claims, sub: 'admin' })}.${signature}`,
        `${head}.${body}.${randomBytes(32).toString('base64url')}`,
        `${head}.${body}.`,
        `${head}.${body}`,
        `${token}.${signature}`,
        `${token}=`,
        ` ${head}.${body}. `,
        '..',
        'x'.repeat(20_000),
      ];
      for (const each of forged) {
        assert.equal(await statusWith(each), 401, each.slice(0, 80));
      }
      assert.equal(await statusWith(token), 200);
    });

    it('is refused twice in one request, and beside a password', async () => {
      const token = await tokenOf(publisher, 'repository:team/app:pull');
      const twice = await ask(null, 'GET /v2/team/app/manifests/v1', [
        `Authorization: ${viewer.authorization}`,
        `Authorization: Bearer ${token}`,
      ]);
      assert.ok([400, 401].includes(twice.status), String(twice.status));
    });

    it('slows down whoever guesses passwords, whatever address it claims to have', async () => {
      let limited = 0;
      for (let guess = 0; guess < 200 && limited === 0; guess += 1) {
        const login = `Basic ${Buffer.from(`guessed:${guess}`).toString('base64')}`;
        const { status, headers } = await ask(null, 'GET /auth/token?service=x', [
          `Authorization: ${login}`,
          `X-Forwarded-For: 198.51.100.${guess}`,
        ]);
        assert.ok(status === 401 || status === 429, String(status));
        limited += status === 429 && Number(headers.get('retry-after')) > 0 ? 1 : 0;
      }
      assert.equal(limited, 1, 'expected 429 with Retry-After at last');
    });
  });

  // Last: what all of the above has left behind.
  it('has written no secret into its log', () => {
    const { admin, ...users } = registry.users;
    const [output, log] = [registry.output(), registry.server.log()];
    assert.match(log, /team\/app|\/v2/, 'there is a log');
    for (const user of Object.values(users)) {
      for (const secret of [user.password, user.authorization.slice('Basic '.length)]) {
        assert.ok(!output.includes(secret), `what the server wrote holds a secret of ${user.name}`);
      }
    }
    // Shown on the terminal, once, at the first start.
    assert.ok(!log.includes(admin.password));
    assert.equal(registry.server.out().split(admin.password).length, 2);
    assert.doesNotMatch(output, /eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./, 'the log holds a token');
  });
});
