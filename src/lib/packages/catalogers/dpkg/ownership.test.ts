import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { PathHashes } from '#base/path-hash.ts';
import { dpkg } from './index.ts';

const LIST = 'var/lib/dpkg/info/skopeo.list';
const DIVERSIONS = 'var/lib/dpkg/diversions';

function read(path: string, content: Uint8Array | string): ReturnType<typeof dpkg.read> {
  return dpkg.read({ path, bytes: Buffer.from(content) });
}

function hashesOf(paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

test('a list is of the package that it is named after, and has a path in each line', () => {
  const files = hashesOf(['.', 'usr', 'usr/bin', 'usr/bin/skopeo']);
  assert.deepEqual(read(LIST, '/.\n/usr\n/usr/bin\n/usr/bin/skopeo\n'), { owned: [{ package: 'skopeo', files }] });
  assert.deepEqual(read('var/lib/dpkg/info/libc6:amd64.list', '/lib\n/usr/lib/a b'), {
    owned: [{ package: 'libc6', architecture: 'amd64', files: hashesOf(['lib', 'usr/lib/a b']) }],
  });
});

test('checksums beside a list are digests of its files', () => {
  const sum = 'd41d8cd98f00b204e9800998ecf8427e';
  assert.deepEqual(read('var/lib/dpkg/info/libc6:amd64.md5sums', `${sum}  usr/lib/a b\n`), {
    owned: [
      { package: 'libc6', architecture: 'amd64', files: '', contents: hashesOf([`usr/lib/a b${sum.slice(0, 16)}`]) },
    ],
  });
});

test('checksums of status.d name the files of the package beside them', () => {
  const sum = 'd41d8cd98f00b204e9800998ecf8427e';
  const text = `${sum}  usr/lib/a b\n${sum}  ./etc/c\n${sum}  /etc/d\n${sum} etc/e\n${sum}\n\n${sum}  `;
  const path = 'var/lib/dpkg/status.d/libc6.md5sums';
  assert.deepEqual(read(path, text), {
    owned: [
      {
        package: 'libc6',
        files: hashesOf(['usr/lib/a b', 'etc/c', 'etc/d']),
        contents: hashesOf(['usr/lib/a b', 'etc/c', 'etc/d'].map((file) => file + sum.slice(0, 16))),
      },
    ],
  });
  assert.ok(dpkg.wants({ path, mode: 0o644, size: 1 }));
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.equal(read(path, bytes).owned?.length, 1);
    }),
  );
});

test('only lists are wanted of the folder that they are in', () => {
  const wanted = (path: string): boolean => dpkg.wants({ path, mode: 0o644, size: 1 });
  assert.ok(wanted(LIST) && wanted(DIVERSIONS));
  assert.ok(wanted('var/lib/dpkg/info/skopeo.md5sums') && !wanted('var/lib/dpkg/info/skopeo.postinst'));
  assert.ok(!wanted('opt/var/lib/dpkg/info/skopeo.list'));
});

test('a list of any bytes has the absolute paths of its lines and nothing else', () => {
  const line = fc.oneof(
    fc.constantFrom('', '/', '/.', 'usr/bin', '/usr/bin/x', '/usr/share/é', '\r', '/a\r'),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
  );
  fc.assert(
    fc.property(fc.array(line), fc.boolean(), (lines, ended) => {
      const paths = lines.filter((each) => each.startsWith('/') && each !== '/').map((each) => each.slice(1));
      const text = lines.join('\n') + (ended ? '\n' : '');
      assert.equal(read(LIST, text).owned?.[0]?.files, hashesOf(paths));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.equal(read(LIST, bytes).owned?.length, 1);
    }),
  );
});

test('a diversion has three lines', () => {
  assert.deepEqual(read(DIVERSIONS, '/bin/sh\n/bin/sh.distrib\ndash\n/usr/bin/x\n/usr/bin/x.real\n:\n').diversions, [
    { from: 'bin/sh', to: 'bin/sh.distrib', by: 'dash' },
    { from: 'usr/bin/x', to: 'usr/bin/x.real', by: null },
  ]);
  assert.deepEqual(read(DIVERSIONS, '').diversions, []);
});

test('diversions that are none are an error, since they may say that a file is nobody’s', () => {
  for (const text of ['/a\n', '/a\n/b\n', '/a\n/b\n\n', 'a\n/b\nc\n', '/a\nb\nc\n', '/a\n/b\nc\n/d\n']) {
    assert.throws(() => read(DIVERSIONS, text), { code: 'PACKAGE_METADATA_INVALID', object: DIVERSIONS }, text);
  }
  fc.assert(
    fc.property(fc.array(fc.constantFrom('/a', '/b', ':', 'c', '', 'é')), (lines) => {
      try {
        assert.ok(Array.isArray(read(DIVERSIONS, lines.join('\n')).diversions));
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
  );
});
