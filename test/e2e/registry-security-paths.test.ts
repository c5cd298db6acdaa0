import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { evidence } from '../evidence.ts';
import { type AttackedRegistry, NEVER_PUSHED, startAttackedRegistry } from '../fixtures/attacked-registry.ts';
import { type PushedImage } from '../fixtures/push-image.ts';
import { rawConnection } from '../fixtures/raw-http.ts';
import { type TestRegistry, type TestUser } from '../fixtures/test-registry.ts';

evidence('registry/hostile-requests', 'self-made', 'paths, heads and bodies over raw sockets that no client sends');
evidence(
  'registry/hostile-requests',
  'published',
  'the abnormal references and dot segments of RFC 3986, sections 5.2.4 and 5.4.2',
);

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

describe('the registry and paths, heads and bodies that no client sends', () => {
  let registry: TestRegistry;
  let image: PushedImage;
  let publisher: TestUser;
  let viewer: TestUser;
  let outsider: TestUser;
  let ask: AttackedRegistry['ask'];
  let headersOf: AttackedRegistry['headersOf'];
  let assertWhole: AttackedRegistry['assertWhole'];

  before(async () => {
    ({ registry, image, publisher, viewer, outsider, ask, headersOf, assertWhole } = await startAttackedRegistry());
  });
  after(async () => {
    await registry.stop();
  });

  describe('paths', () => {
    const NAMES: readonly string[] = [
      '/v2/team%2Fapp/manifests/v1',
      '/v2/team%2fapp/manifests/v1',
      '/v2/team%252Fapp/manifests/v1',
      '/v2/team/app%2Fmanifests%2Fv1',
      '/v2/team/app/manifests%2Fv1',
      '/v2%2Fteam/app/manifests/v1',
      '/v2/other/../team/app/manifests/v1',
      '/v2/other/%2e%2e/team/app/manifests/v1',
      '/v2/other/%252e%252e/team/app/manifests/v1',
      '/v2/./team/app/manifests/v1',
      '/v2/team/./app/manifests/v1',
      '/v2/team//app/manifests/v1',
      '//v2/team/app/manifests/v1',
      '/V2/team/app/manifests/v1',
      '/v2/Team/App/manifests/v1',
      '/v2/team/app/MANIFESTS/v1',
      '/v2/team/app/manifests/v1/',
      '/v2/team/app/manifests//v1',
      '/v2/team/app/manifests/./v1',
      '/v2/team/app/manifests/x/../v1',
      '/v2/team/app/manifests/..%2Fmanifests%2Fv1',
      '/v2/team/app/manifests/v1%00',
      '/v2/team/app/manifests/v1%0d%0aX: y',
      '/v2/team/app/manifests/%c0%ae%c0%ae',
      '/v2/team/app/manifests/%zz',
      '/v2/team/app/manifests/v1;a=b',
      '/v2/team/app;a=b/manifests/v1',
      '/v2/team\\app/manifests/v1',
      '/v2/team/app/manifests/..\\..\\app\\v1',
      '/v2/team/app/manifests/v1#',
      '/healthz/../v2/team/app/manifests/v1',
      '/console/..%2Fv2/team/app/manifests/v1',
      '/api/v1/../../v2/team/app/manifests/v1',
      '/auth/token/../../v2/team/app/manifests/v1',
      '/admission/..;/v2/team/app/manifests/v1',
      'http://other.example/v2/team/app/manifests/v1',
      '/v2/team/app/blobs/sha256:..%2F..%2F..%2F..%2Fetc%2Fpasswd',
      '/v2/team/app/blobs/../../../../../etc/passwd',
      '/v2/team/app/blobs/sha256:../../../../etc/passwd',
      '/v2/team/app/blobs/sha256%3A../../../etc/passwd',
      '/v2/team/app/blobs/uploads/..%2F..%2F..%2Fplimsoll.db',
      '/v2/team/app/blobs/uploads/../../../plimsoll.db',
      '/v2/../plimsoll.db',
      '/v2/%2e%2e/plimsoll.db',
      '/console/../plimsoll.db',
      '/console/..%2f..%2fplimsoll.db',
      '/console/%2e%2e/%2e%2e/etc/passwd',
    ];

    for (const path of NAMES) {
      it(`${path}: shows nobody more than the path that it resembles`, async () => {
        for (const method of ['GET', 'HEAD']) {
          const anonymous = await ask(null, `${method} ${path}`);
          const asViewer = await ask(viewer, `${method} ${path}`);
          for (const { status, body, headers } of [anonymous, asViewer]) {
            const isAdmission = path.startsWith('/admission/') && status === 503;
            assert.ok(isAdmission || (status >= 300 && status < 500), `expected a refusal, got ${status}: ${body}`);
            assert.equal(headers.get('docker-content-digest'), undefined);
            assert.ok(!body.includes('layers') && !body.includes('root:') && !body.includes('SQLite'), body);
          }
        }
      });
    }

    it('reads a path that is not the canonical one as that, or refuses it, for whoever may read', async () => {
      for (const path of NAMES) {
        const { status, body } = await ask(publisher, `GET ${path}`, [`Accept: ${MANIFEST}`]);
        const isSame = status === 200 && digestOf(body) === image.manifest;
        const isAdmission = path.startsWith('/admission/') && status === 503;
        assert.ok(isSame || isAdmission || (status >= 300 && status < 500), `${path}: ${status} ${body}`);
      }
    });

    // RFC 3986, sections 5.2.4 and 5.4.2, against the base `http://a/b/c/d;p?q`: what they are, and what they become.
    const REFERENCES: readonly (readonly [reference: string, target: string])[] = [
      ['../../../g', '/g'],
      ['../../../../g', '/g'],
      ['/./g', '/g'],
      ['/../g', '/g'],
      ['g.', '/b/c/g.'],
      ['.g', '/b/c/.g'],
      ['g..', '/b/c/g..'],
      ['..g', '/b/c/..g'],
      ['./../g', '/b/g'],
      ['./g/.', '/b/c/g/'],
      ['g/./h', '/b/c/g/h'],
      ['g/../h', '/b/c/h'],
      ['g;x=1/./y', '/b/c/g;x=1/y'],
      ['g;x=1/../y', '/b/c/y'],
      ['/a/b/c/./../../g', '/a/g'],
      ['mid/content=5/../6', '/b/c/mid/6'],
    ];

    it('is led to an image by no dot segments of RFC 3986, for nobody', async () => {
      for (const [reference, target] of REFERENCES) {
        assert.equal(new URL(reference, 'http://a/b/c/d;p?q').pathname, target);
        const unresolved = reference.startsWith('/') ? reference : `/b/c/${reference}`;
        // Before the image, behind it, and in its place.
        const paths = [`/v2${unresolved}`, `/v2${unresolved}/../team/app/manifests/v1`];
        const named = reference.replace('g', 'team/app/manifests/v1');
        paths.push(`/v2/team/app/manifests/v1${unresolved}`, `/v2${named.startsWith('/') ? '' : '/b/c/'}${named}`);
        for (const path of paths) {
          for (const user of [null, viewer, publisher]) {
            const { status, body, headers } = await ask(user, `GET ${path}`, [`Accept: ${MANIFEST}`]);
            assert.ok(status >= 300 && status < 500, `${path}: ${status} ${body}`);
            assert.equal(headers.get('docker-content-digest'), undefined, path);
          }
        }
      }
      await assertWhole();
    });

    it('takes no name that could be a path, for pushes', async () => {
      const names = [
        'team/../../x',
        'team/%2e%2e/x',
        'team%2Fx',
        'team/x%00',
        '.team/x',
        'team/-x',
        'TEAM/x',
        `team/${'x'.repeat(300)}`,
      ];
      for (const name of names) {
        const { status } = await ask(publisher, `POST /v2/${name}/blobs/uploads/`, ['Content-Length: 0']);
        assert.ok(status >= 400 && status < 500, `${name}: ${status}`);
      }
    });

    it('takes no upload of somebody else, and none that it did not give out', async () => {
      const begun = await ask(publisher, 'POST /v2/team/app/blobs/uploads/', ['Content-Length: 0']);
      const path = new URL(begun.headers.get('location') ?? '', registry.url).pathname;
      const id = path.slice(path.lastIndexOf('/') + 1);
      for (const line of [`GET ${path}`, `PATCH ${path}`, `PUT ${path}?digest=${NEVER_PUSHED}`, `DELETE ${path}`]) {
        for (const user of [viewer, outsider]) {
          const { status } = await ask(user, line, ['Content-Length: 0']);
          assert.ok([401, 403, 404].includes(status), `${line} of ${user.name}: ${status}`);
        }
        const elsewhere = line.replace('/team/app/', '/other/app/');
        assert.equal((await ask(outsider, elsewhere, ['Content-Length: 0'])).status, 404, elsewhere);
      }
      for (const wrong of [
        '..',
        '%2e%2e',
        `${id}%00`,
        `${id}/../${id}x`,
        '0'.repeat(5000),
        "' OR 1=1 --".replaceAll(' ', '%20'),
      ]) {
        const { status } = await ask(publisher, `PATCH /v2/team/app/blobs/uploads/${wrong}`, ['Content-Length: 0']);
        assert.ok(status >= 400 && status < 500, `${wrong}: ${status}`);
      }
      assert.equal((await ask(publisher, `GET ${path}`)).status, 204);
    });

    it('asks for queries of any kind without breaking down', async () => {
      const queries = [
        'n=-1',
        'n=1e9',
        'n=99999999999999999999',
        'n=',
        'n=0',
        'last=%00',
        'last=../..',
        `last=${'x'.repeat(9000)}`,
        'n=1&n=2',
        '%',
        '=&=&=',
      ];
      for (const query of queries) {
        for (const path of ['/v2/team/app/tags/list', '/v2/_catalog', `/v2/team/app/referrers/${image.manifest}`]) {
          const { status } = await ask(publisher, `GET ${path}?${query}`);
          assert.ok(status === 200 || (status >= 400 && status < 500), `${path}?${query}: ${status}`);
        }
      }
    });
  });

  describe('bytes', () => {
    it('refuses heads that are too large', async () => {
      const large = [`X-Padding: ${'x'.repeat(64 * 1024)}`];
      assert.equal((await ask(viewer, 'GET /v2/', large)).status, 431);
      const many = Array.from({ length: 1000 }, (_, index) => `X-${index}: y`);
      assert.equal((await ask(viewer, 'GET /v2/', many)).status, 431);
      const long = await ask(viewer, `GET /v2/${'x/'.repeat(40_000)}manifests/v1`);
      assert.ok([414, 431].includes(long.status), String(long.status));
      await assertWhole();
    });

    it('refuses manifests that are too large, told or not', async () => {
      const type = `Content-Type: ${MANIFEST}`;
      const told = await ask(publisher, 'PUT /v2/team/app/manifests/big', [type, 'Content-Length: 9999999999']);
      assert.equal(told.status, 413);
      const connection = await rawConnection(registry.port);
      const head = [
        'PUT /v2/team/app/manifests/big HTTP/1.1',
        ...headersOf(publisher),
        type,
        'Transfer-Encoding: chunked',
      ];
      connection.write(`${head.join('\r\n')}\r\n\r\n`);
      const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 0x20), Buffer.from('\r\n')]);
      for (let sent = 0; sent < 16 && !connection.isClosed; sent += 1) {
        connection.write(chunk);
      }
      const answer = await connection.answer();
      connection.end();
      // What it did not read may have taken the answer with it: then the connection is closed.
      assert.ok(answer === null || answer.status === 413, String(answer?.status));
      assert.equal((await ask(publisher, 'GET /v2/team/app/manifests/big')).status, 404);
    });

    it('reads no body that it has no use for', async () => {
      for (const line of ['GET /v2/team/app/manifests/v1', 'DELETE /v2/team/app/manifests/none', 'GET /v2/']) {
        const connection = await rawConnection(registry.port);
        connection.write(
          `${[`${line} HTTP/1.1`, ...headersOf(publisher), 'Content-Length: 99999999999'].join('\r\n')}\r\n\r\n`,
        );
        const answer = await connection.answer();
        assert.ok(answer !== null && answer.status < 500, line);
        connection.end();
      }
      await assertWhole();
    });

    it('survives manifests that are no manifests', async () => {
      const deep = '['.repeat(200_000);
      const documents = [
        '',
        '{',
        'null',
        '[]',
        '"x"',
        '{}',
        deep,
        `{"a":${deep}`,
        '{"schemaVersion":2,"schemaVersion":1}',
        '\u0000',
        '{"layers":[{"digest":"sha256:x"}]}',
        JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: {}, layers: 'x' }),
      ];
      for (const document of documents) {
        const head = [`Content-Type: ${MANIFEST}`, `Content-Length: ${Buffer.byteLength(document)}`];
        const { status } = await ask(publisher, 'PUT /v2/team/app/manifests/odd', head, document);
        assert.ok(status >= 400 && status < 500, `${document.slice(0, 40)}: ${status}`);
      }
    });
  });
});
