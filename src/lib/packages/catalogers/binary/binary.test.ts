import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { goProgram } from '#test/fixtures/go-program.ts';
import { catalogerContract } from '../contract.ts';
import { goBinary } from '../go-binary/index.ts';
import type { Classifier } from './classifier.ts';
import { CLASSIFIERS } from './classifiers.ts';
import { FileNames, numberIn } from './file-names.ts';
import { binary } from './index.ts';
import { toPackageRecord } from './package.ts';

evidence('catalogers/binary', 'self-made', 'programs that are nothing but a header and texts');

/** The start of an executable of ELF, and texts. */
function program(...texts: readonly string[]): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head[16] = 2;
  return Buffer.concat([head, Buffer.from(`\0${texts.join('\0\0')}\0`, 'latin1')]);
}

function read(path: string, ...texts: readonly string[]): readonly string[] {
  const { packages = [], unknowns = [] } = binary.read({ path, bytes: program(...texts) });
  return [...packages.map(({ name, version }) => `${name} ${version}`), ...unknowns];
}

const NGINX = 'nginx version: nginx/1.22.1\n';

catalogerContract(binary, { example: { path: 'usr/sbin/nginx', bytes: program('a', NGINX) } });

test('a program is what its own texts say', () => {
  const cases: readonly (readonly [path: string, texts: readonly string[], found: string])[] = [
    ['usr/sbin/nginx', [NGINX], 'nginx 1.22.1'],
    ['usr/lib/libcrypto.so.1.1', ['OpenSSL 1.1.1w  11 Sep 2023'], 'openssl 1.1.1w'],
    ['usr/lib/libcrypto.so.10', ['OpenSSL 1.0.2k-fips  26 Jan 2017'], 'openssl 1.0.2k'],
    ['usr/bin/openssl', ['OpenSSL 3.2.0-alpha2 28 Sep 2023'], 'openssl 3.2.0-alpha2'],
    ['usr/sbin/sshd', ['OpenSSH_9.2', 'OpenSSH_7.0*,OpenSSH_7.1*', 'OpenSSH_9.2p1 Debian-2'], 'openssh 9.2p1'],
    [
      'usr/lib/libruby.so.3.3',
      ['ruby 3.3.0preview2 (2023-09-14 master e50fcca9a7) [x86_64-linux]'],
      'ruby 3.3.0preview2',
    ],
    ['usr/local/bin/ruby', ['ruby 3.1.7p261 (2025-03-26 revision 0a3704f218)'], 'ruby 3.1.7'],
    ['bin/php8.3', ['X-Powered-By: PHP/8.3.0RC1'], 'php 8.3.0RC1'],
    ['bin/php', ['X-Powered-By: PHP/8.2.7-1ubuntu'], 'php 8.2.7'],
    [
      'sbin/haproxy',
      [' version 2.9-dev12, released 2023/11/24', ' version 2.9.1-dev12, released 2023/11/24', 'HAProxy version %s %s'],
      'haproxy 2.9.1-dev12',
    ],
    [
      'lib/server/libjvm.so',
      ['OpenJDK 64-Bit Server VM (25.392-b08) for linux-amd64 JRE (1.8.0_392-b08), built'],
      'openjdk 1.8.0_392',
    ],
    [
      'lib/server/libjvm.so',
      ['OpenJDK 64-Bit Server VM (21+35-LTS) for linux-amd64 JRE (21+35-LTS), built'],
      'openjdk 21',
    ],
    ['sbin/mysqld', ['8.0.33', '11.4.2-MariaDB', 'x'], 'mariadb 11.4.2'],
    ['sbin/mysqld', ['/src/mysql-8.0.33/sql/sys_vars.cc', '8.0.33'], 'mysql 8.0.33'],
    ['sbin/mysqld', ['5.6.24\0MySQL Community Server (GPL)', '3.23.57'], 'mysql 5.6.24'],
    ['bin/mongod', ['VersionInfoInterface::', '6.0.27\0tcmalloc', '4.2.0'], 'mongodb 6.0.27'],
    ['bin/envoy', ['envoy.service.discovery.v3.X', '1.36.2', '1.3.1', '1.0.0'], 'envoy 1.36.2'],
    ['lib/libssl.so.1.1', ['OpenSSL 1.1.1t  7 Feb 2023'], 'openssl 1.1.1t'],
    ['lib/libssl.so.45.0.1', ['LibreSSL 2.7.5'], 'libressl 2.7.5'],
    ['lib/libsqlite3.so.0', ['SQLite format 3', '3.40.1'], 'sqlite 3.40.1'],
    ['bin/[', ['BusyBox v1.36.1 (2023-12-01 00:00:00 UTC)'], 'busybox 1.36.1'],
    ['bin/libMagickCore-7.Q16HDRI.so.10', ['ImageMagick 7.1.1-15 Q16-HDRI x86_64'], 'imagemagick 7.1.1-15'],
  ];
  for (const [path, texts, found] of cases) {
    assert.deepEqual(read(path, ...texts), [found], path);
    assert.ok(binary.wants({ path, mode: 0o644, size: 1 }), path);
  }
});

test('what is no version of the program is none', () => {
  const cases: readonly (readonly [path: string, text: string])[] = [
    ['usr/sbin/nginx', 'nginx version: openresty/1.21.4.1'],
    ['usr/sbin/nginx', 'nginx version: nginx/%s'],
    ['usr/sbin/nginx', 'nginx version: nginx/1.22'],
    ['usr/sbin/nginx', 'nginx version: nginx/1.22.1.'],
    ['usr/sbin/nginx', 'nginx version: nginx/1.22.1custom'],
    ['usr/sbin/nginx', `nginx version: nginx/1.22.${'1'.repeat(60)}`],
    ['usr/bin/git', 'git/2.39.5'],
    ['usr/sbin/sshd', 'OpenSSH_9.2'],
    ['usr/sbin/mysqld', '8.0.33'],
    ['usr/sbin/mysqld', '/src/percona-server-8.0.33-25/sql/sys_vars.cc'],
    ['usr/sbin/mongod', '6.0.27\0tcmalloc'],
    ['usr/bin/envoy', 'envoy.service.discovery.v3.X\x001.3.1'],
    ['usr/bin/envoy', 'envoy.service.discovery.v3.X\0v1.36.2'],
    ['usr/sbin/haproxy', ' version 2.6.12, released 2026/10/17'],
    ['usr/bin/curl', 'libcurl 7.88.1'],
  ];
  for (const [path, text] of cases) {
    assert.deepEqual(read(path, text), [], text);
  }
});

test('versions that contradict each other are an unknown', () => {
  assert.deepEqual(read('sbin/nginx', NGINX, NGINX), ['nginx 1.22.1']);
  assert.deepEqual(read('sbin/nginx', NGINX, 'nginx version: nginx/1.25.0'), [
    'nginx: the file names more than one version of it: 1.22.1, 1.25.0',
  ]);
});

test('of Python and Perl all texts that end in a version of the series must agree', () => {
  const seed = 'PYTHONHASHSEED';
  const library = 'usr/lib/libpython3.11.so.1.0';
  assert.deepEqual(read(library, seed, '3.11.2', '3.12.1', '1.2.13'), ['python 3.11.2']);
  assert.deepEqual(read('usr/lib/libpython3.7m.so.1.0', seed, '3.7.16'), ['python 3.7.16']);
  assert.deepEqual(read(library, seed, '/opt/python/3.11.7'), ['python 3.11.7']);
  assert.deepEqual(read(library, seed, '3.11.0rc2'), ['python 3.11.0rc2']);
  assert.equal(read(library, seed, '3.11.2', '/opt/python/3.11.7').length, 1);
  assert.match(read(library, seed, '3.11.2', '/opt/python/3.11.7').join(), /more than one version/);
  assert.deepEqual(read(library, seed, '3.11.2+', '13.11.2', 'x3.11.3', '1.3.11.4'), []);
  assert.deepEqual(read(library, '3.11.2'), []);
  assert.deepEqual(read('usr/lib/libpython.so', seed, '3.11.2'), []);
  assert.deepEqual(read('usr/bin/perl', 'PERL5LIB', 'v5.36.0', 'v1.2.3'), ['perl 5.36.0']);
});

test('of Redis and Valkey the version must be in what they say of their build too', () => {
  const built = '-1728390128000000000';
  assert.deepEqual(read('bin/redis-server', '6.2.5', `6.2.58f1c18bfd7fc${built}`), ['redis 6.2.5']);
  assert.deepEqual(read('bin/redis-server', '7.0.15', `A7.0.15${built.slice(1)}`), ['redis 7.0.15']);
  // With the compiler's version where others have that of Redis.
  assert.deepEqual(read('bin/redis-server', '8.4.0', 'c11-builtin', '7.4.1', `7.4.1host${built}`), ['redis 7.4.1']);
  assert.deepEqual(read('bin/redis-server', '7.4.1', 'c11-builtin'), []);
  assert.deepEqual(read('bin/redis-server', '7.4.1', '7.4.1-not-a-build-of-anything'), []);
  // The name of the machine begins with digits.
  assert.deepEqual(read('bin/valkey-server', '9.1.2', 'valkey9.1.22036e910ab2c-179260013845336800000000'), [
    'valkey 9.1.2',
  ]);
  assert.deepEqual(read('bin/redis-server', '8.1.8', 'valkey8.1.9host-178179948040112800000000'), []);
});

describe('programs in Go', () => {
  const found = (path: string, modules: string, version = 'go1.24.13'): readonly string[] => {
    const { packages = [], unknowns = [] } = binary.read({ path, bytes: goProgram({ modules, version }) });
    return [...packages.map((record) => `${record.name} ${record.version}`), ...unknowns];
  };
  const kubectl = 'path\tk8s.io/kubernetes/cmd/kubectl\n';
  const grafana = 'path\tgithub.com/grafana/grafana/pkg/cmd/grafana\nmod\tgithub.com/grafana/grafana\t(devel)\t\n';
  const flags = (text: string, path = 'k8s.io/kubernetes/cmd/kubectl'): string =>
    `path\t${path}\nbuild\t-compiler=gc\nbuild\t-ldflags="${text}"\nbuild\tGOOS=linux\n`;
  const cases: readonly (readonly [why: string, path: string, modules: string, found: readonly string[]])[] = [
    [
      'what go-binary lists',
      'bin/kubectl',
      `${flags('-X k8s.io/component-base/version.gitVersion=v1.33.9')}mod\tk8s.io/kubernetes\tv1.33.9\t\n`,
      [],
    ],
    [
      'what go-binary lists in another version',
      'bin/prometheus',
      'path\tgithub.com/prometheus/prometheus/cmd/prometheus\nmod\tgithub.com/prometheus/prometheus\tv0.301.0\t\nbuild\t-ldflags="-X github.com/prometheus/common/version.Version=3.1.0"\n',
      ['prometheus 3.1.0'],
    ],
    ['what go-binary lists', 'bin/grafana', `${grafana}build\t-ldflags="-X main.version=12.1.0"\n`, []],
    ['no release', 'bin/kubectl', `${kubectl}mod\tk8s.io/kubernetes\t(devel)\t\n`, []],
    ['made of a commit', 'bin/kubectl', `${kubectl}mod\tk8s.io/kubernetes\tv0.0.0-20240102150405-0123456789ab\t\n`, []],
    [
      'another program',
      'bin/kubectl',
      flags('-X k8s.io/component-base/version.gitVersion=v1.20.2', 'example.com/kubectl'),
      [],
    ],
    [
      'linker flags',
      'bin/kubectl',
      flags(`-s -X 'k8s.io/kubernetes/vendor/k8s.io/component-base/version.gitVersion=v1.20.2' -w`),
      ['kubectl 1.20.2'],
    ],
    ['escaped', 'bin/kubectl', flags('-X \\"k8s.io/component-base/version.gitVersion=v1.20.2\\"'), ['kubectl 1.20.2']],
    ['another variable', 'bin/kubectl', flags('-X notk8s.io/component-base/version.gitVersion=v1.20.2'), []],
    ['another line', 'bin/kubectl', `${kubectl}build\t-tags=k8s.io/component-base/version.gitVersion=v1.20.2\n`, []],
    [
      'released together',
      'bin/etcd',
      'path\tgo.etcd.io/etcd/server/v3\nmod\tgo.etcd.io/etcd/server/v3\t(devel)\t\ndep\tgo.etcd.io/etcd/api/v3\tv3.5.1\n=>\t../api\t\t\n',
      ['etcd 3.5.1'],
    ],
    ['the toolchain', 'bin/go', 'path\tcmd/go\nbuild\tGOOS=linux\n', ['go 1.24.13']],
  ];
  for (const [why, path, modules, expected] of cases) {
    test(`${why}: ${path}`, () => assert.deepEqual(found(path, modules), expected));
  }

  test('what go-binary lists has a CPE name by the path of the main package, in whichever file it is', () => {
    const cpes = (path: string, main: string, more = ''): readonly (string | undefined)[] => {
      const bytes = goProgram({ modules: `path\t${path}\nmod\t${main}\t\n${more}` });
      return (goBinary.read({ path: 'bin/it', bytes }).packages ?? []).slice(1).map(({ cpe }) => cpe);
    };
    const helm = 'cpe:2.3:a:helm:helm:4.1.4:*:*:*:*:*:*:*';
    assert.deepEqual(cpes('helm.sh/helm/v4/cmd/helm', 'helm.sh/helm/v4\tv4.1.4'), [helm]);
    assert.deepEqual(cpes('helm.sh/helm/v4/cmd/helm', 'helm.sh/helm/v4\tv4.1.4+dirty'), [helm]);
    assert.deepEqual(cpes('helm.sh/helm/v4/cmd/helm', 'helm.sh/helm/v4\tv4.1.4-rc.1'), [
      'cpe:2.3:a:helm:helm:4.1.4:rc1:*:*:*:*:*:*',
    ]);
    assert.deepEqual(cpes('helm.sh/helm/x/cmd/helm', 'helm.sh/helm/v4\tv4.1.4'), [undefined]);
    assert.deepEqual(cpes('helm.sh/helm/v4/cmd/other', 'helm.sh/helm/v4\tv4.1.4'), [undefined]);
    assert.deepEqual(cpes('helm.sh/helm/v4/cmd/helm', 'helm.sh/helm/v4\t(devel)'), []);
    const grafana = ['github.com/grafana/grafana/pkg/cmd/grafana', 'github.com/grafana/grafana\tv12.1.0'] as const;
    assert.deepEqual(cpes(...grafana), [undefined]);
    assert.deepEqual(cpes(...grafana, 'build\t-ldflags="-X main.version=12.1.1"\n'), [undefined]);
    assert.deepEqual(cpes(...grafana, 'build\t-ldflags="-X main.version=12.1.0"\n'), [
      'cpe:2.3:a:grafana:grafana:12.1.0:*:*:*:*:*:*:*',
    ]);
  });

  test('a toolchain between releases is none', () => {
    assert.deepEqual(found('bin/go', 'path\tcmd/go\n', 'devel go1.25-0123456 Mon Jan 1'), []);
    assert.deepEqual(found('bin/go', 'path\tcmd/go\n', 'go1.24.1 X:boringcrypto'), ['go 1.24.1']);
  });
});

test('files are known by their names alone', () => {
  const names = new FileNames([
    { name: 'python', files: ['python*', 'libpython*.so.*', 'libpython*m.so.*'] },
    { name: 'node', files: ['node'] },
  ]);
  for (const [path, expected] of [
    ['usr/bin/python', true],
    ['python3', true],
    ['a/python3.11', true],
    ['a/python3.11.', false],
    ['a/python3.11-config', false],
    ['a/xpython3', false],
    ['lib/libpython3.11.so.1.0', true],
    ['lib/libpython3.7m.so.1.0', true],
    ['lib/libpython3.11.so', false],
    ['lib/libpython3.11.so.1.0.debug', false],
    ['usr/bin/node', true],
    ['node/', false],
    ['usr/bin/nodes', false],
    ['', false],
  ] as const) {
    assert.equal(names.has(path), expected, path);
    assert.equal(names.of(path).length > 0, expected, path);
    assert.ok(!expected || names.endings().some((ending) => path.endsWith(ending)), path);
  }
  assert.deepEqual(
    ['libpython3.11.so.1.0', 'a9/python', 'python2.7', 'python3.'].map((path) => numberIn(path)),
    ['3.11', '', '2.7', '3'],
  );
});

/** Something that every row must recognise: its own texts. */
function sampleOf({ proof = '', banners = [], textEnd }: Classifier): readonly string[] {
  const [{ before, after, shape } = { before: '', after: [''], shape: undefined }] = banners;
  const suffix = shape?.suffixed === true ? `${shape.suffixes?.[0]}1` : '';
  const version = textEnd?.begins === undefined ? '4.5.6' : `${textEnd.begins[0]}15.6`;
  const build = textEnd?.confirmedAfter === undefined ? '' : `${textEnd.confirmedAfter}${version}-1728390128000000000`;
  return textEnd === undefined
    ? [proof, `${before}4.5.6${suffix}${after[0]}`]
    : [proof, `${textEnd.before}${version}`, build];
}

test('every row of the table has a name of its own, files of its own, and recognises its own texts', () => {
  const names = CLASSIFIERS.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)].toSorted());
  const files = CLASSIFIERS.flatMap((classifier) => classifier.files);
  const shared = files.filter((file, index) => files.indexOf(file) !== index);
  // MariaDB and MySQL, OpenSSL and LibreSSL: what is one of them has no text of the other.
  const ssl = ['libcrypto.so', 'libcrypto.so.*', 'libssl.so', 'libssl.so.*', 'openssl'];
  assert.deepEqual(shared.toSorted(), [...ssl, 'mysql', 'mysqld', 'mysqldump'].toSorted());
  for (const classifier of CLASSIFIERS.filter(({ go }) => go === undefined)) {
    const [file = ''] = classifier.files;
    const path = `usr/bin/${file.replace('*', '4.5')}`;
    const texts = sampleOf(classifier);
    const starts = classifier.banners?.[0]?.before === '';
    const bytes = starts ? Buffer.from(texts.join('')) : program(...texts);
    const { packages = [] } = binary.read({ path, bytes });
    assert.deepEqual(
      packages.map(({ name }) => name),
      [classifier.name],
    );
    assert.ok(binary.wants({ path, mode: 0o644, size: 1 }), path);
    assert.ok(binary.accepts?.(bytes), path);
  }
});

test('CPE names have eleven parts, and what follows the numbers is the update', () => {
  const part = /^cpe:2\.3:a(:([a-z0-9._*-]|\\\/)+){10}$/;
  for (const classifier of CLASSIFIERS) {
    const { cpe } = toPackageRecord(classifier, '1.2.3-rc1');
    assert.equal(cpe === undefined, classifier.cpe === undefined);
    assert.match(cpe ?? 'cpe:2.3:a:none:none:1:*:*:*:*:*:*:*', part);
  }
  const row: Classifier = { name: 'a', files: [], cpe: 'v:a' };
  for (const [version, expected] of [
    ['1.2.3', '1.2.3:*'],
    ['9.2p1', '9.2:p1'],
    ['1.1.1w', '1.1.1w:*'],
    ['8.3.0RC1', '8.3.0:rc1'],
    ['3.2.0-alpha2', '3.2.0:alpha2'],
    ['6.9.11-60', '6.9.11:60'],
    ['1.8.0_392', '1.8.0:392'],
  ] as const) {
    assert.equal(toPackageRecord(row, version).cpe, `cpe:2.3:a:v:a:${expected}:*:*:*:*:*:*`);
  }
});

test('scripts and other files of these names are not read', () => {
  for (const text of ['#!/bin/sh\n', '', 'nginx version: nginx/1.22.1\n']) {
    assert.equal(binary.accepts?.(Buffer.from(text)), false, text);
  }
});
