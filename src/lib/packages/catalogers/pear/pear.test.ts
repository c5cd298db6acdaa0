import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { pear } from './index.ts';

const run = promisify(execFile);

evidence(
  'catalogers/pear',
  'real tool',
  'packages that PEAR installed into a registry, and its own, as pear list shows them',
);

const PATH = 'usr/share/php/.registry/sample_one.reg';

type Php = string | number | boolean | null | { readonly [key: string]: Php };

/** `serialize` of PHP. */
function serialize(value: Php): string {
  switch (typeof value) {
    case 'string':
      return `s:${Buffer.byteLength(value)}:"${value}";`;
    case 'number':
      return Number.isInteger(value) ? `i:${value};` : `d:${value};`;
    case 'boolean':
      return `b:${value ? 1 : 0};`;
    default: {
      if (value === null) {
        return 'N;';
      }
      const entries = Object.entries(value);
      const key = (text: string): string => (/^\d+$/.test(text) ? `i:${text};` : serialize(text));
      return `a:${entries.length}:{${entries.map(([name, item]) => key(name) + serialize(item)).join('')}}`;
    }
  }
}

const REGISTERED = {
  attribs: { version: '2.0' },
  name: 'Sample_One',
  channel: 'pear.php.net',
  description: 'é"; s:4:"name";s:1:"x";',
  version: { release: '1.2.3beta1', api: '1.0.0' },
  license: { attribs: { uri: 'https://example.org' }, _content: 'BSD' },
  dependencies: {
    required: {
      php: { min: '5.2' },
      package: {
        0: { name: 'Two', channel: 'pear.php.net', min: '1' },
        1: { name: 'Bad', channel: 'pear.php.net', conflicts: '' },
        2: { name: 'Far', uri: 'https://example.org/Far' },
      },
      subpackage: { name: 'Part', channel: 'pear.example.org/sub' },
      extension: { name: 'pcre' },
    },
    optional: { package: { name: 'Opt', channel: 'pear.php.net' } },
  },
  filelist: { 'a.php': { role: 'php' } },
  _lastversion: null,
  _lastmodified: 1_795_358_900,
};
const EXAMPLE = serialize(REGISTERED);
const RECORD = {
  type: 'pear',
  name: 'pear.php.net/Sample_One',
  version: '1.2.3beta1',
  requires: ['pear.php.net/Two', '__uri/Far', 'pear.example.org/sub/Part'],
  licenses: ['BSD'],
};

catalogerContract(pear, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof pear.read> {
  return pear.read({ path: PATH, bytes: Buffer.from(text) });
}

test('registrations of all channels are wanted, and the channels themselves are not', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg', true],
    ['usr/share/php/.channels/pear.php.net.reg', false],
    ['usr/share/php/.registry/deep/a.reg', false],
    ['usr/share/php/.registry/.channel.a/b/a.reg', false],
    ['usr/share/php/.registry', false],
    ['my.registry/a.reg', false],
    ['a.reg', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(pear.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a package of version 2.0 of the description', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [RECORD] });
  const address = { ...REGISTERED, channel: '', uri: 'https://example.org/Sample_One' };
  assert.equal(read(serialize(address)).packages?.[0]?.name, '__uri/Sample_One');
  const licenses: readonly (readonly [Php, readonly string[]])[] = [
    ['PHP License', ['PHP License']],
    [{ 0: 'MIT', 1: { _content: 'BSD' } }, ['MIT', 'BSD']],
    [{ attribs: { uri: 'https://example.org' } }, []],
    [null, []],
  ];
  for (const [license, expected] of licenses) {
    assert.deepEqual(read(serialize({ ...REGISTERED, license })).packages?.[0]?.licenses, expected);
  }
});

test('a package of version 1.0 of the description', () => {
  const first = {
    xsdversion: '1.0',
    package: 'Old',
    version: '0.9',
    release_license: 'PHP License',
    release_deps: {
      1: { type: 'php', rel: 'ge', version: '4.2' },
      2: { type: 'pkg', rel: 'has', name: 'PEAR' },
      3: { type: 'pkg', rel: 'ge', version: '1', optional: 'yes', name: 'Opt' },
      4: { type: 'pkg', rel: 'not', name: 'Bad' },
    },
  };
  assert.deepEqual(read(serialize(first)).packages, [
    {
      type: 'pear',
      name: 'pear.php.net/Old',
      version: '0.9',
      requires: ['pear.php.net/PEAR'],
      licenses: ['PHP License'],
    },
  ]);
});

test('what is not serialized, or an object, or goes on behind its end, is an error', () => {
  const deep = `${'a:1:{i:0;'.repeat(600)}N;${'}'.repeat(600)}`;
  const texts = [
    '',
    'a',
    'N;',
    's:1:"a";',
    'a:1:{s:4:"name";s:1:"x";}x',
    'a:1:{s:4:"name";O:8:"stdClass":0:{}}',
    'a:2:{s:4:"name";s:1:"x";}',
    'a:1:{N;s:1:"x";}',
    'a:1:{s:9:"name";s:1:"x";}',
    'a:1:{s:99999999999999999999:"name";s:1:"x";}',
    'a:-1:{}',
    'a:1:{i:;N;}',
    'a:1:{i:0;i:0}',
    deep,
  ];
  for (const text of texts) {
    assert.throws(() => read(text), { object: PATH }, text.slice(0, 60));
  }
  assert.throws(() => read(deep), { code: 'LIMIT_EXCEEDED' });
  assert.throws(() => read('a:999999999:{}'), { code: 'LIMIT_EXCEEDED' });
});

test('what names no package is an error, and a version that is none is empty', () => {
  for (const changes of [{ name: '' }, { name: 'a b' }, { name: { 0: 'a' } }, { channel: '' }, { channel: 'a b' }]) {
    const text = serialize({ ...REGISTERED, ...changes });
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH });
  }
  for (const version of [null, 1, { api: '1' }, { release: 'x'.repeat(300) }]) {
    assert.equal(read(serialize({ ...REGISTERED, version })).packages?.[0]?.version, '');
  }
});

const CHANNEL = `<?xml version="1.0" encoding="UTF-8"?>
<channel version="1.0" xmlns="http://pear.php.net/channel-1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://pear.php.net/dtd/channel-1.0 http://pear.php.net/dtd/channel-1.0.xsd">
 <name>pear.example.org/sub</name><summary>s</summary><suggestedalias>ex</suggestedalias>
 <servers><primary><rest><baseurl type="REST1.0">http://pear.example.org/sub/</baseurl></rest></primary></servers>
</channel>`;

const FIRST = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE package SYSTEM "http://pear.php.net/dtd/package-1.0">
<package version="1.0"><name>Old_One</name><summary>s</summary><description>d</description>
 <maintainers><maintainer><user>n</user><name>N</name><email>n@example.org</email><role>lead</role></maintainer></maintainers>
 <release><version>0.9.1</version><date>2003-01-01</date><license>PHP License</license><state>stable</state><notes>n</notes>
  <deps><dep type="pkg" rel="has">PEAR</dep></deps>
  <filelist><file role="php" name="a.php"/></filelist></release>
</package>`;

/** A description of version 2.0. */
function described(name: string, channel: string, version: string, stability: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<package version="2.0" xmlns="http://pear.php.net/dtd/package-2.0">
 <name>${name}</name><channel>${channel}</channel><summary>s</summary><description>ä &quot;;</description>
 <lead><name>N</name><user>nobody</user><email>n@example.org</email><active>yes</active></lead>
 <date>2020-01-01</date><version><release>${version}</release><api>9.9.9</api></version>
 <stability><release>${stability}</release><api>stable</api></stability>
 <license uri="https://example.org/l">BSD</license><notes>n</notes>
 <contents><dir name="/"><file name="${name}.php" role="php"/></dir></contents>
 <dependencies><required><php><min>5.2</min></php><pearinstaller><min>1.4</min></pearinstaller>
  <package><name>Old_One</name><channel>pear.php.net</channel></package></required></dependencies>
 <phprelease/>
</package>`;
}

test('packages that PEAR installs, and its own, are those that it lists', { skip: missing('pear') }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-pear-'));
  try {
    const options = { cwd: folder, env: { ...process.env, HOME: folder } };
    const pearRun = async (...args: readonly string[]): Promise<string> => (await run('pear', args, options)).stdout;
    await pearRun('config-create', join(folder, 'root'), join(folder, 'pearrc'));
    const inRoot = async (...args: readonly string[]): Promise<string> =>
      await pearRun('-c', join(folder, 'pearrc'), ...args);
    writeFileSync(join(folder, 'channel.xml'), CHANNEL);
    await inRoot('channel-add', 'channel.xml');
    const sources = [
      FIRST,
      ...Array.from({ length: 6 }, (_, index) => described(`Many_${index}`, 'pear.php.net', `1.${index}.0`, 'stable')),
      described('Other_One', 'pear.example.org/sub', '0.2.0RC1', 'beta'),
      described('Other_Two', 'pear.example.org/sub', '10.0.1', 'stable'),
      described('Many_0', 'pear.example.org/sub', '2.0.0', 'stable'),
    ].map((text, index) => {
      const source = join(folder, `source-${index}`);
      mkdirSync(source);
      const name = /<name>([A-Za-z0-9_]+)/.exec(text)?.[1] ?? '';
      writeFileSync(join(source, name === 'Old_One' ? 'a.php' : `${name}.php`), '<?php');
      writeFileSync(join(source, 'package.xml'), text);
      return join(source, 'package.xml');
    });
    await inRoot('install', '--offline', '--nodeps', '--force', '--ignore-errors', ...sources);

    const installed = readAll(join(folder, 'root'));
    assert.deepEqual(installed.names, listed(await inRoot('list', '-a')));
    assert.equal(installed.names.length, sources.length);
    assert.deepEqual(installed.requires.get('pear.example.org/sub/Many_0'), ['pear.php.net/Old_One']);
    const own = readAll((await pearRun('config-get', 'php_dir')).trim());
    assert.deepEqual(own.names, listed(await pearRun('list', '-a')));
    assert.ok(own.names.length >= 5, `${own.names.length}`);
    t.diagnostic(`${installed.names.length + own.names.length} packages`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Channel, name and version of all packages, sorted. */
function readAll(folder: string): {
  readonly names: readonly string[];
  readonly requires: ReadonlyMap<string, readonly string[] | undefined>;
} {
  const records = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => pear.wants({ path: `/${path}`, mode: 0o644, size: 1 }))
    .flatMap((path) => pear.read({ path, bytes: readFileSync(join(folder, path)) }).packages ?? []);
  return {
    names: records.map(({ name, version }) => `${name} ${version}`).toSorted(),
    requires: new Map(records.map(({ name, requires }) => [name, requires])),
  };
}

/** A table for each channel below its name in capitals. */
function listed(text: string): readonly string[] {
  const found: string[] = [];
  let channel = '';
  for (const line of text.split('\n')) {
    const heading = /CHANNEL (.+):$/.exec(line)?.[1];
    const row = /^([A-Za-z0-9_]+) +([0-9]\S*) +\S+$/.exec(line.trim());
    if (heading !== undefined) {
      channel = heading.toLowerCase();
    } else if (row !== null) {
      found.push(`${channel}/${row[1]} ${row[2]}`);
    }
  }
  return found.toSorted();
}
