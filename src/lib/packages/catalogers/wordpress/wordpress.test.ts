import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { debianBinary } from '#test/fixtures/debian-packages.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { wordpress } from './index.ts';

evidence(
  'catalogers/wordpress',
  'real tool',
  'WordPress, plugins and themes of Debian and of the test, as functions of WordPress find them',
);

const PATH = 'usr/share/wordpress/wp-content/plugins/sample-slug/main.php';
const EXAMPLE = `<?php
/**
 * @package Sample
 *
 * Plugin Name:       Sample: a Plugin
 * Description:       Version: 9
 * Version: 5.0.1-beta
 * License: GPLv2 or later
 * Requires Plugins:  first-one, second
 */
`;
const RECORD = {
  type: 'wordpress-plugin',
  name: 'sample-slug',
  version: '5.0.1-beta',
  requires: ['plugin:first-one', 'plugin:second'],
  provides: ['plugin:sample-slug'],
  licenses: ['GPLv2 or later'],
};

catalogerContract(wordpress, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string, path: string = PATH): ReturnType<typeof wordpress.read> {
  return wordpress.read({ path, bytes: Buffer.from(text) });
}

test('files where WordPress looks for plugins, themes and its version are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['wp-content/plugins/hello.php', true],
    ['wp-content/plugins/a/b.php', true],
    ['var/www/html/wp-content/plugins/a/inc/b.php', false],
    ['var/www/html/wp-content/plugins/a/b.inc', false],
    ['var/www/html/wp-content/plugins/.a/b.php', false],
    ['var/www/html/wp-content/plugins/a/.b.php', false],
    ['var/www/html/wp-content/plugins/.b.php', false],
    ['var/www/html/wp-content/plugins//b.php', false],
    ['var/www/html/my-wp-content/plugins/a/b.php', false],
    ['var/www/html/wp-content/themes/a/b.php', false],
    ['var/www/html/wp-content/themes/a/style.css', true],
    ['wp-content/themes/a/style.css', true],
    ['var/www/html/wp-content/themes/.a/style.css', false],
    ['var/www/html/wp-content/themes/a/css/style.css', false],
    ['var/www/html/wp-content/themes/style.css', false],
    ['var/www/html/wp-content/themes/a/my-style.css', false],
    ['var/www/html/wp-content/plugins/a/style.css', false],
    ['var/www/html/wp-includes/version.php', true],
    ['wp-includes/version.php', true],
    ['var/www/html/my-wp-includes/version.php', false],
    ['var/www/html/wp-includes/blocks/version.php', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(wordpress.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a plugin is called by its folder, or by its file where it has none', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [RECORD] });
  assert.equal(read(EXAMPLE, 'srv/wp-content/plugins/hello.php').packages?.[0]?.name, 'hello');
});

test('a header may stand anywhere in the first 8 KiB, in any kind of comment', () => {
  const named = (header: string): unknown => read(`<?php\n${header}`).packages?.[0]?.version;
  assert.equal(named('// plugin name: a\n# VERSION: 1 ?> Version: 2'), '1');
  assert.equal(named('/* Plugin Name: a\r@Version: 1 */ x\r'), '1');
  assert.equal(named('Plugin Name: a'), '');
  assert.equal(named(`${'x'.repeat(8000)}\n* Plugin Name: a\n* Version: 1`), '1');
  assert.equal(named(`${'x'.repeat(8192)}\n* Plugin Name: a`), undefined);
  assert.equal(named('* Plugin Name: a\n* Version:\n* Version: 1'), '');
  assert.equal(read('<?php /* Plugin Name: a').packages?.length, 1);
});

test('a file without the header of a plugin is none', () => {
  for (const text of [
    '',
    '<?php // Silence is golden.',
    'Theme Name: a',
    '$x = "Plugin Name: a"',
    '* Plugin Name:  */',
  ]) {
    assert.deepEqual(read(text), {}, text);
  }
});

const THEME = 'var/www/html/wp-content/themes/sample/style.css';

test('a theme is called by its folder, and a child needs its parent', () => {
  const header =
    '/*\nTheme Name: Sample Theme\nVersion: 1.9\nLicense: GPLv2\nTemplate: parent\n*/\nbody { color: red }';
  assert.deepEqual(read(header, THEME), {
    packages: [
      {
        type: 'wordpress-theme',
        name: 'sample',
        version: '1.9',
        requires: ['theme:parent'],
        provides: ['theme:sample'],
        licenses: ['GPLv2'],
      },
    ],
  });
  assert.deepEqual(read('body { color: red }', THEME), {});
  assert.deepEqual(read(EXAMPLE, THEME), {});
});

test('WordPress itself has the version that it sets, and a CPE for a release', () => {
  const path = 'var/www/html/wp-includes/version.php';
  const core = { type: 'generic', name: 'wordpress', licenses: [] };
  const cpe = 'cpe:2.3:a:wordpress:wordpress:6.8.1:*:*:*:*:*:*:*';
  assert.deepEqual(read("<?php\n * $wp_version = '1';\n$wp_version = '6.8.1';\r\n", path), {
    packages: [{ ...core, version: '6.8.1', cpe }],
  });
  assert.deepEqual(read('$wp_version="6.9-RC1"; // x', path), { packages: [{ ...core, version: '6.9-RC1' }] });
  for (const text of ['', '$wp_version = 6.1;', "$wp_version = '6' . '1';", "$wp_version = 'x';", "$wp_version = '6"]) {
    assert.deepEqual(read(text, path), { unknowns: ['WordPress without a version'] }, text);
  }
});

/** Files below the folder of plugins, with headers in all the forms that WordPress takes, and some that it does not. */
const PLUGINS: Readonly<Record<string, string>> = {
  'one/one.php': EXAMPLE,
  'one/other.php': '<?php /*\nPlugin Name: Other\nVersion: 2\n*/',
  'one/inc/deep.php': EXAMPLE,
  'single.php': '<?php\n# Plugin Name: Single\n# Version: 3.1.4\n# License: MIT */',
  'cr/cr.php': '<?php /*\rPlugin Name: CR\rVersion: 4 ?>\r*/',
  'crlf/crlf.php': '<?php\r\n/*\r\n * Plugin Name: CRLF\r\n * Version: 5\r\n */',
  'opening/opening.php': ' \t<?php /* Plugin Name: Opening\n@@ version:6',
  'none/none.php': '<?php\n$name = "Plugin Name: None";',
  'empty/empty.php': '<?php /*\n * Plugin Name: \n * Plugin Name: Second\n */',
  'late/late.php': `<?php\n${'/'.repeat(9000)}\n/* Plugin Name: Late */`,
  'utf/utf.php': '\ufeff<?php\n/*\n * Plugin Name: Ünï\n * Version: 1.0 – é\n * License: L\n */',
  '.hidden/hidden.php': EXAMPLE,
  'colon/colon.php': '<?php\n/**\n * Plugin Name : no\n * Plugin Name: Colon: yes\n * Version: 1:2\n */',
  ...Object.fromEntries(
    Array.from({ length: 5 }, (_, index) => [
      `many-${index}/a.php`,
      `<?php\n// Plugin Name: M\n// Version: 0.${index}`,
    ]),
  ),
};

const LIST = `<?php
define('ABSPATH', $argv[1] . '/');
define('WPINC', 'wp-includes');
define('WP_PLUGIN_DIR', $argv[2]);
define('WPMU_PLUGIN_DIR', $argv[2] . '/mu');
define('KB_IN_BYTES', 1024);
$wp_plugin_paths = [];
function wp_cache_get() { return false; }
function wp_cache_set() { return true; }
require ABSPATH . WPINC . '/plugin.php';
require ABSPATH . WPINC . '/functions.php';
require ABSPATH . 'wp-admin/includes/plugin.php';
$found = [];
foreach (get_plugins() as $file => $data) {
  $license = get_file_data(WP_PLUGIN_DIR . '/' . $file, ['License' => 'License'])['License'];
  $found[] = [$file, $data['Version'], $license];
}
echo json_encode($found, JSON_INVALID_UTF8_SUBSTITUTE);
`;

test('plugins are those that WordPress finds', { skip: missing('apt', 'php') }, async (t) => {
  const program = await debianBinary('wordpress', 'usr/share/wordpress/wp-admin/includes/plugin.php');
  const root = resolve(dirname(program), '../..');
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-wordpress-'));
  try {
    const plugins = join(folder, 'wp-content/plugins');
    for (const [path, text] of Object.entries(PLUGINS)) {
      mkdirSync(dirname(join(plugins, path)), { recursive: true });
      writeFileSync(join(plugins, path), text, path.startsWith('utf') ? 'utf8' : 'latin1');
    }
    writeFileSync(join(folder, 'list.php'), LIST);
    let count = 0;
    for (const place of [plugins, join(root, 'wp-content/plugins')]) {
      const listed = JSON.parse(
        execFileSync('php', [join(folder, 'list.php'), root, place], { encoding: 'utf8' }),
      ) as readonly (readonly [string, string, string])[];
      const found = readdirSync(place, { recursive: true, encoding: 'utf8' })
        .map((path) => ({ path, inImage: `var/www/wp-content/plugins/${path}` }))
        .filter(({ inImage }) => wordpress.wants({ path: inImage, mode: 0o644, size: 1 }))
        .flatMap(({ path, inImage }) => {
          const bytes = readFileSync(join(place, path));
          return (wordpress.read({ path: inImage, bytes }).packages ?? []).map((record) => ({ path, ...record }));
        });
      assert.deepEqual(
        found.map(({ path, version, licenses }) => [path, version, ...licenses].join('\t')).toSorted(),
        listed.map((row) => row.join('\t').trimEnd()).toSorted(),
      );
      assert.ok(found.every(({ path, name }) => path === `${name}.php` || path.startsWith(`${name}/`)));
      count += found.length;
    }
    assert.ok(count >= 13, `${count}`);
    t.diagnostic(`${count} plugins`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const THEMES: Readonly<Record<string, string>> = {
  'parent/style.css': '/*\nTheme Name: Parent\nVersion: 2.0\n*/',
  'child/style.css': '/*\r\n * Theme Name: Child\r\n * Template: parent\r\n * Version: 2.0.1-child */',
  'named/style.css': '@charset "UTF-8";\n/*! Theme Name: Named: twice\nTheme Name: no\nVersion:\nLicense: MIT\n*/',
  'nameless/style.css': 'body { color: red }',
  'late/style.css': `/*${' '.repeat(9000)}\nTheme Name: Late\n*/`,
  '.hidden/style.css': '/*\nTheme Name: Hidden\n*/',
  ...Object.fromEntries(
    Array.from({ length: 6 }, (_, index) => [`many-${index}/style.css`, `/* Theme Name: M\nVersion: 1.${index} */`]),
  ),
};

const LIST_THEMES = `<?php
define('ABSPATH', $argv[1] . '/');
define('WPINC', 'wp-includes');
define('WP_CONTENT_DIR', dirname($argv[2]));
define('KB_IN_BYTES', 1024);
define('MINUTE_IN_SECONDS', 60);
function wp_using_ext_object_cache() { return true; }
function wp_cache_get() { return false; }
function wp_cache_set() { return true; }
$wp_theme_directories = [$argv[2]];
require ABSPATH . WPINC . '/plugin.php';
require ABSPATH . WPINC . '/functions.php';
require ABSPATH . WPINC . '/theme.php';
require ABSPATH . WPINC . '/version.php';
$fields = ['Name' => 'Theme Name', 'Version' => 'Version', 'Template' => 'Template', 'License' => 'License'];
$found = [];
foreach (search_theme_directories(true) as $name => $theme) {
  $data = get_file_data($theme['theme_root'] . '/' . $theme['theme_file'], $fields);
  if ($data['Name'] !== '') {
    $found[] = [$name, $data['Version'], $data['Template'], $data['License']];
  }
}
echo json_encode(['version' => $wp_version, 'themes' => $found]);
`;

const DEBIAN_THEMES: readonly string[] = ['twentytwentyone', 'twentytwentytwo', 'twentytwentythree'];

test('themes and the version are those that WordPress finds', { skip: missing('apt', 'php') }, async (t) => {
  const program = await debianBinary('wordpress', 'usr/share/wordpress/wp-includes/version.php');
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-wordpress-'));
  try {
    const themes = join(folder, 'wp-content/themes');
    for (const [path, text] of Object.entries(THEMES)) {
      mkdirSync(dirname(join(themes, path)), { recursive: true });
      writeFileSync(join(themes, path), text);
    }
    for (const name of DEBIAN_THEMES) {
      const place = `usr/share/wordpress/wp-content/themes/${name}/style.css`;
      mkdirSync(join(themes, name));
      copyFileSync(await debianBinary(`wordpress-theme-${name}`, place), join(themes, name, 'style.css'));
    }
    writeFileSync(join(folder, 'list.php'), LIST_THEMES);
    const root = resolve(dirname(program), '..');
    const output = execFileSync('php', [join(folder, 'list.php'), root, themes], { encoding: 'utf8' });
    const listed = JSON.parse(output) as { readonly version: string; readonly themes: readonly (readonly string[])[] };
    const found = readdirSync(themes, { recursive: true, encoding: 'utf8' })
      .map((path) => `var/www/wp-content/themes/${path}`)
      .filter((path) => wordpress.wants({ path, mode: 0o644, size: 1 }))
      .flatMap((path) => {
        const bytes = readFileSync(join(themes, path.slice('var/www/wp-content/themes/'.length)));
        return wordpress.read({ path, bytes }).packages ?? [];
      });
    assert.deepEqual(
      found
        .map(({ name, version, requires = [], licenses }) =>
          [name, version, requires.join().replace('theme:', ''), licenses.join()].join('\t'),
        )
        .toSorted(),
      listed.themes.map((row) => row.join('\t')).toSorted(),
    );
    assert.ok(found.length >= 12, `${found.length}`);
    const path = 'usr/share/wordpress/wp-includes/version.php';
    const [core] = wordpress.read({ path, bytes: readFileSync(program) }).packages ?? [];
    assert.equal(core?.version, listed.version);
    t.diagnostic(`WordPress ${core?.version}, ${found.length} themes`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
