import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type AttackedRegistry, SECRET_TEXT, startAttackedRegistry } from '../fixtures/attacked-registry.ts';
import { type PushedImage } from '../fixtures/push-image.ts';
import { rawRequest } from '../fixtures/raw-http.ts';
import { type TestRegistry, type TestUser } from '../fixtures/test-registry.ts';

evidence(
  'registry/hostile-requests',
  'self-made',
  'headers over raw sockets that claim to be somebody or somewhere else',
);

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

describe('the registry and headers that claim something', () => {
  let registry: TestRegistry;
  let image: PushedImage;
  let publisher: TestUser;
  let viewer: TestUser;
  let ask: AttackedRegistry['ask'];

  before(async () => {
    ({ registry, image, publisher, viewer, ask } = await startAttackedRegistry());
  });
  after(async () => {
    await registry.stop();
  });

  describe('headers about who asks, and where', () => {
    const FORGED = [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Port: 666',
      'X-Forwarded-Prefix: /evil',
      'X-Forwarded-Server: evil.example',
      'X-Forwarded-For: 203.0.113.9',
      'X-Real-IP: 203.0.113.9',
      'X-Host: evil.example',
      'Forwarded: for=203.0.113.9;host=evil.example;proto=https',
    ];

    it('sends nobody where a header says', async () => {
      const asked = await rawRequest(registry.port, ['GET /v2/ HTTP/1.1', 'Host: evil.example', ...FORGED]);
      assert.equal(asked?.status, 401);
      assert.match(asked?.headers.get('www-authenticate') ?? '', new RegExp(`realm="${registry.url}/auth/token"`));
      const login = [`Authorization: ${publisher.authorization}`, 'Content-Length: 0'];
      const line = 'POST /v2/team/app/blobs/uploads/ HTTP/1.1';
      const begun = await rawRequest(registry.port, [line, 'Host: evil.example', ...FORGED, ...login]);
      assert.equal(begun?.status, 202);
      assert.doesNotMatch((begun?.lines ?? []).join('\n'), /evil|666|https/);
    });

    it('lists the next page where it is', async () => {
      const list = ['GET /v2/team/app/tags/list?n=1 HTTP/1.1', 'Host: evil.example', ...FORGED];
      await ask(
        publisher,
        'PUT /v2/team/app/manifests/v0',
        [`Content-Type: ${MANIFEST}`, `Content-Length: ${image.bytes.length}`],
        image.bytes,
      );
      const listed = await rawRequest(registry.port, [...list, `Authorization: ${publisher.authorization}`]);
      assert.equal(listed?.status, 200);
      assert.match(listed?.headers.get('link') ?? '', /rel="?next"?/);
      assert.doesNotMatch((listed?.lines ?? []).join('\n'), /evil|666|https/);
    });

    const CLAIMS: readonly (readonly string[])[] = [
      ['User-Agent: cosign/v2.6.5 (linux; amd64)'],
      ['User-Agent: notation/1.3'],
      ['User-Agent: plimsoll-worker'],
      ['X-Original-URL: /v2/'],
      ['X-Rewrite-URL: /healthz'],
      ['X-HTTP-Method-Override: OPTIONS'],
      ['X-HTTP-Method: PUT'],
      ['X-Method-Override: POST'],
      ['X-Forwarded-User: admin', 'X-Remote-User: admin', 'Remote-User: admin', 'X-WEBAUTH-USER: admin'],
      ['X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1'],
      ['X-Plimsoll-Role: worker', 'X-Plimsoll-Internal: 1'],
      [`If-None-Match: "DIGEST"`],
      ['If-None-Match: *'],
      ['If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'],
      ['Range: bytes=0-10'],
      ['Range: bytes=0-0,5-6'],
      ['Accept: */*'],
      ['Accept: application/vnd.oci.image.index.v1+json'],
      ['Connection: Authorization'],
      ['Expect: 100-continue'],
      ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
      ['Cookie: session=admin'],
      ['Docker-Distribution-Api-Version: registry/2.0'],
      ['OCI-Namespace: other'],
    ];

    for (const claim of CLAIMS) {
      it(`${claim.join(', ')}: what is in quarantine stays there`, async () => {
        const headers = claim.map((line) => line.replace('DIGEST', image.manifest));
        const paths = [
          ...[`v1`, image.manifest].map((reference) => `manifests/${reference}`),
          ...[image.config, image.layer].map((digest) => `blobs/${digest}`),
        ];
        for (const path of paths) {
          const statuses: number[] = [];
          for (const method of ['GET', 'HEAD']) {
            const { status, body } = await ask(viewer, `${method} /v2/team/app/${path}`, headers);
            statuses.push(status);
            assert.ok(!body.includes(SECRET_TEXT) && !body.includes('layers'), body);
          }
          const expected = path.startsWith('manifests') ? 403 : 404;
          assert.deepEqual(
            statuses.filter((status) => status !== 403 && status !== expected),
            [],
            `${path}: ${statuses.join(', ')}`,
          );
          assert.equal(statuses[0], statuses[1], 'HEAD is answered as GET');
        }
      });
    }

    it('asks whoever has no login for one, for the catalogue as well', async () => {
      for (const path of ['/v2/', '/v2/_catalog', '/v2/team/app/tags/list']) {
        const { status, headers } = await ask(null, `GET ${path}`);
        assert.equal(status, 401, path);
        assert.match(headers.get('www-authenticate') ?? '', /^Bearer realm="/);
      }
    });

    it('says in the refusal why, and where the report is', async () => {
      const { status, body } = await ask(viewer, 'GET /v2/team/app/manifests/v1');
      assert.equal(status, 403);
      const { errors } = JSON.parse(body) as {
        readonly errors: readonly { readonly code: string; readonly message: string }[];
      };
      assert.equal(errors[0]?.code, 'DENIED');
      assert.match(errors[0]?.message ?? '', /quarantine/);
      assert.match(body, new RegExp(`${registry.url}/`));
    });
  });
});
