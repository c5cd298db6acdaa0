import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBounded } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { OciError } from './error.ts';
import { openArchive } from './files/archive.ts';
import { formatReference, type ImageReference, parseReference } from './reference.ts';

evidence('images/references', 'published', 'the short and full names that Docker and containerd wrote into archives');

const HEX = 'a'.repeat(64);

test('a registry reference gets the defaults that Docker gives it', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20'],
    ['library/alpine', 'docker.io/library/alpine:latest'],
    ['grafana/loki', 'docker.io/grafana/loki:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['quay.io/a/b/c:v1', 'quay.io/a/b/c:v1'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app', 'localhost:5000/app:latest'],
    ['[::1]:5000/app:x', '[::1]:5000/app:x'],
    ['HOST/app', 'HOST/app:latest'],
    [`alpine@sha256:${HEX}`, `docker.io/library/alpine@sha256:${HEX}`],
    ['docker.io/library/docker', 'docker.io/library/docker:latest'],
    [`alpine:3@sha256:${HEX}`, `docker.io/library/alpine:3@sha256:${HEX}`],
    ['a.b/c__d-e---f.g', 'a.b/c__d-e---f.g:latest'],
  ];
  for (const [text, canonical] of cases) {
    const reference = parseReference(text);
    assert.equal(formatReference(reference), canonical, text);
    assert.equal(reference.text, text);
    assert.equal(reference.source, 'registry');
  }
});

test('a short name is the full one that containerd wrote for it', { skip: missing('shared-data') }, async () => {
  const archives = [
    'containerd-archives/busybox-single-arch-with-attestation-manifest.tar',
    'containerd-archives/busybox.armv7.tar',
    'docker-archives/docker-save/hello-world.tar',
  ];
  for (const name of archives) {
    const files = await openArchive(data(`spec/images/${name}`), { temporaryFolder: tmpdir() });
    const read = async (member: string): Promise<string> => {
      const file = await files.find(member);
      return file === null ? '' : Buffer.from(await readBounded(file.open(), 65_536, member)).toString();
    };
    const full = /"io\.containerd\.image\.name":"([^"]+)"/.exec(await read('index.json'))?.[1];
    const short = /"RepoTags":\["([^"]+)"\]/.exec(await read('manifest.json'))?.[1];
    await files.close();
    assert.ok(full !== undefined && short !== undefined && full !== short);
    assert.equal(formatReference(parseReference(short)), full);
  }
});

test('what is no reference is refused with REFERENCE_INVALID', () => {
  const cases = [
    '',
    'Alpine',
    'alpine:',
    'alpine:-x',
    `alpine:${'x'.repeat(129)}`,
    'alpine@sha256:abc',
    'a//b',
    '/a',
    'a/',
    'a._b',
    'a___b',
    '-a/b',
    'a..b/c',
    '-h.io/b',
    'host:port/b',
    '[::1/b',
    HEX,
    `${'a/'.repeat(130)}b`,
    'a\u0000b',
    'x'.repeat(5000),
    'oci:',
    'oci::tag',
    'oci:dir:a tag',
    'oci:dir@sha256:12',
    `oci:dir:tag@sha256:${HEX}`,
    'docker-archive:x.tar:UPPER',
    'rootfs:',
  ];
  for (const text of cases) {
    assert.throws(() => parseReference(text), { name: 'OciError', code: 'REFERENCE_INVALID' }, text);
  }
});

test('a scheme says what kind of source a path is', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['oci:dir', { source: 'oci', path: 'dir', tag: null, digest: null }],
    ['oci:/a/b:v1', { source: 'oci', path: '/a/b', tag: 'v1', digest: null }],
    ['oci:d:docker.io/x/y:v1', { source: 'oci', path: 'd', tag: 'docker.io/x/y:v1', digest: null }],
    [`oci:d@sha256:${HEX}`, { source: 'oci', path: 'd', tag: null, digest: `sha256:${HEX}` }],
    ['oci:me@home', { source: 'oci', path: 'me@home', tag: null, digest: null }],
    ['oci-archive:x.tar:v1', { source: 'oci-archive', path: 'x.tar', tag: 'v1', digest: null }],
    ['docker-archive:x.tar', { source: 'docker-archive', path: 'x.tar', name: null }],
    ['docker-archive:x.tar:a:1', { source: 'docker-archive', path: 'x.tar', name: 'docker.io/library/a:1' }],
    [`docker-archive:x.tar:sha256:${HEX}`, { source: 'docker-archive', path: 'x.tar', name: `sha256:${HEX}` }],
    ['rootfs:a:b', { source: 'rootfs', path: 'a:b' }],
    ['sbom:app.cdx.json', { source: 'sbom', path: 'app.cdx.json' }],
    ['docker:alpine', { source: 'docker', name: 'docker.io/library/alpine:latest' }],
    ['podman:localhost/app:1', { source: 'podman', name: 'localhost/app:1' }],
    ['podman:0123456789ab', { source: 'podman', name: '0123456789ab' }],
    [`docker:sha256:${HEX}`, { source: 'docker', name: `sha256:${HEX}` }],
    ['containerd:docker.io/library/alpine:3', { source: 'containerd', name: 'docker.io/library/alpine:3' }],
  ];
  for (const [text, expected] of cases) {
    assert.deepEqual(parseReference(text), { ...expected, text });
  }
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'b', '0', '.', '/', ':', '@', '-', '_', '[', ']'), maxLength: 30 }),
  fc
    .tuple(
      fc.constantFrom('oci', 'oci-archive', 'docker-archive', 'rootfs', 'docker', '__proto__', 'toString'),
      fc.string(),
    )
    .map(([scheme, rest]) => `${scheme}:${rest}`),
);

test('a refusal says what to write instead', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['OCI:layout', 'REFERENCE_INVALID', /lower case/],
    ['Docker:alpine', 'REFERENCE_INVALID', /lower case/],
    ['https://hub.docker.com/_/alpine', 'REFERENCE_INVALID', /Give a path/],
    ['docker:Not A Name', 'REFERENCE_INVALID', /Give a path/],
    ['containerd:', 'REFERENCE_INVALID', /Give a path/],
  ];
  for (const [text, code, hint] of cases) {
    assert.throws(() => parseReference(text), { code, hint }, text);
  }
  assert.throws(() => parseReference('https://quay.io/a/b'), { expected: /without https:/ });
  assert.throws(() => parseReference('docker://alpine:3.20'), { expected: /registry: alpine:3\.20$/ });
});

test('no text makes the parser throw anything but an OciError', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        parseReference(text);
      } catch (error) {
        assert.ok(error instanceof OciError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('the full form of a reference parses to the same reference', () => {
  const name = fc.stringMatching(/^[a-z0-9]{1,4}([._-][a-z0-9]{1,3}){0,2}$/);
  const tag = fc.stringMatching(/^[0-9A-Za-z_][0-9A-Za-z_.-]{0,6}$/);
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `@sha256:${hex}`);
  const suffix = fc
    .tuple(fc.option(tag, { nil: null }), fc.option(digest, { nil: null }))
    .map(([t, d]) => `${t === null ? '' : `:${t}`}${d ?? ''}`);
  const registry = fc
    .tuple(
      fc.constantFrom('', 'localhost/', 'quay.io/', 'h:5000/', '[fe80::1]/', 'docker.io/'),
      fc.array(name, { minLength: 1, maxLength: 3 }),
      suffix,
    )
    .map(([host, parts, rest]) => `${host}${parts.join('/')}${rest}`);
  const path = fc.stringMatching(/^[A-Za-z0-9/._ -]{1,12}$/);
  const local = fc
    .tuple(
      fc.constantFrom('oci', 'oci-archive', 'docker-archive', 'rootfs'),
      path,
      fc.oneof(
        fc.constant(''),
        tag.map((t) => `:${t.toLowerCase()}`),
      ),
    )
    .map(([scheme, where, rest]) => `${scheme}:${where}${rest}`);
  const stripped = (reference: ImageReference): object => ({ ...reference, text: '' });
  let parsed = 0;
  fc.assert(
    fc.property(fc.oneof(registry, local, anyText), (text) => {
      let reference: ImageReference;
      try {
        reference = parseReference(text);
      } catch {
        return;
      }
      parsed += 1;
      const full = formatReference(reference);
      assert.deepEqual(stripped(parseReference(full)), stripped(reference), `${text} → ${full}`);
      assert.equal(formatReference(parseReference(full)), full);
    }),
    { numRuns: 2000 },
  );
  assert.ok(parsed > 800, `only ${parsed} texts were references`);
});
