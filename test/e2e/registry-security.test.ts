import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { evidence } from '../evidence.ts';
import { type PushedImage, pushImage } from '../fixtures/push-image.ts';
import { type RawAnswer, rawConnection, rawRequest } from '../fixtures/raw-http.ts';
import { startTestRegistry, type TestRegistry, type TestUser } from '../fixtures/test-registry.ts';

evidence('registry/hostile-requests', 'self-made', 'paths, headers and bodies over raw sockets that no client sends');

/** Stands in the config of the image in quarantine: whoever sees it has seen too much. */
const SECRET_TEXT = 'what only its pusher may read';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const NEVER_PUSHED = digestOf('never pushed');

describe('the registry and requests that no client sends', () => {
  let registry: TestRegistry;
  let image: PushedImage;
  let publisher: TestUser;
  let viewer: TestUser;
  let outsider: TestUser;

  before(async () => {
    registry = await startTestRegistry();
    ({ publisher, viewer, outsider } = registry.users);
    image = await pushImage(registry, publisher, 'team/app', 'v1', SECRET_TEXT);
  });
  after(async () => {
    await registry.stop();
  });

  async function ask(
    user: TestUser | null,
    line: string,
    more: readonly string[] = [],
    body: string | Uint8Array = '',
  ): Promise<RawAnswer> {
    const answer = await rawRequest(registry.port, [`${line} HTTP/1.1`, ...headersOf(user), ...more], body);
    assert.ok(answer !== null, `${line}: the connection was closed without an answer`);
    return answer;
  }

  function headersOf(user: TestUser | null): readonly string[] {
    const login = user === null ? [] : [`Authorization: ${user.authorization}`];
    return [`Host: ${registry.host}`, ...login];
  }

  async function assertWhole(): Promise<void> {
    const answer = await ask(publisher, `GET /v2/team/app/manifests/v1`, [`Accept: ${MANIFEST}`]);
    assert.equal(answer.status, 200);
    assert.equal(digestOf(answer.body), image.manifest);
  }

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
            `${path}: ${statuses}`,
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

  describe('two requests that look like one', () => {
    /** Behind the first: it would delete the tag if it were read as a request of its own. */
    function hidden(): string {
      return `DELETE /v2/team/app/manifests/${image.manifest} HTTP/1.1\r\n${headersOf(publisher).join('\r\n')}\r\n\r\n`;
    }
    const SHAPES: Readonly<Record<string, (inner: string) => string>> = {
      'two lengths': (inner) => `Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      'two lengths in one line': (inner) => `Content-Length: 0, ${inner.length}\r\n\r\n${inner}`,
      'a length and chunks': (inner) =>
        `Content-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      'chunks and a length': (inner) =>
        `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${inner}\r\n0\r\n\r\n`,
      'a coding before the colon': (inner) =>
        `Content-Length: ${inner.length}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
      'an unknown coding': (inner) => `Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
      'two codings': (inner) => `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
      'a folded coding': (inner) =>
        `Content-Length: ${inner.length}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${inner}`,
      'a negative length': (inner) => `Content-Length: -1\r\n\r\n${inner}`,
      'a length with a sign': (inner) => `Content-Length: +0\r\n\r\n${inner}`,
      'a hexadecimal length': (inner) => `Content-Length: 0x0\r\n\r\n${inner}`,
      'an endless length': (inner) => `Content-Length: 18446744073709551617\r\n\r\n${inner}`,
      'a chunk of a negative size': (inner) => `Transfer-Encoding: chunked\r\n\r\n-1\r\n${inner}`,
      'a chunk larger than it says': (inner) => `Transfer-Encoding: chunked\r\n\r\n1\r\n${inner}\r\n0\r\n\r\n`,
      'lines that end with a line feed alone': (inner) => `Content-Length: 0\n\n${inner}`,
      'a carriage return alone in a header': (inner) => `X: a\rContent-Length: ${inner.length}\r\n\r\n${inner}`,
      'a line without a colon': (inner) => `nonsense\r\nContent-Length: 0\r\n\r\n${inner}`,
    };

    for (const [name, shape] of Object.entries(SHAPES)) {
      it(`${name}: one answer, which refuses, and nothing behind it is done`, async () => {
        const connection = await rawConnection(registry.port);
        connection.write(
          `POST /v2/team/app/blobs/uploads/ HTTP/1.1\r\n${headersOf(publisher).join('\r\n')}\r\n${shape(hidden())}`,
        );
        const answer = await connection.answer();
        assert.ok(answer === null || (answer.status >= 400 && answer.status < 500), `${answer?.status}`);
        await connection.closed();
        assert.equal(await connection.answer(), null);
        await assertWhole();
      });
    }

    it('takes one Host, and only HTTP/1.1 with one', async () => {
      for (const head of [
        ['GET /v2/ HTTP/1.1'],
        ['GET /v2/ HTTP/1.1', 'Host: a', 'Host: b'],
        ['GET /v2/ HTTP/9.9', 'Host: a'],
        ['GET /v2/'],
      ]) {
        const answer = await rawRequest(registry.port, head);
        assert.ok(
          answer === null || (answer.status >= 400 && answer.status < 500),
          `${head.join(', ')}: ${answer?.status}`,
        );
      }
    });
  });

  describe('clients that are slow on purpose', () => {
    it('serves others meanwhile, and lets go of heads that do not end', async () => {
      const head = `GET /v2/ HTTP/1.1\r\nHost: ${registry.host}\r\n`;
      const slow = await Promise.all(Array.from({ length: 100 }, async () => await rawConnection(registry.port)));
      for (const connection of slow) {
        connection.write(head);
      }
      const uploads = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const begun = await ask(publisher, 'POST /v2/team/app/blobs/uploads/', ['Content-Length: 0']);
          const connection = await rawConnection(registry.port);
          const path = begun.headers.get('location')?.replace(registry.url, '');
          connection.write(
            `PATCH ${path} HTTP/1.1\r\n${headersOf(publisher).join('\r\n')}\r\nContent-Length: 1000000\r\n\r\nx`,
          );
          return connection;
        }),
      );
      for (let turn = 0; turn < 20; turn += 1) {
        await assertWhole();
      }
      await pushImage(registry, publisher, 'team/meanwhile', 'v1', 'meanwhile');
      const [first] = slow;
      await first?.closed();
      for (const connection of [...slow, ...uploads]) {
        connection.end();
      }
      await assertWhole();
    });
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
