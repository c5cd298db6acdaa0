import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  'plugins of Debian and of the test, as get_plugins of WordPress finds them',
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
  requires: ['first-one', 'second'],
  licenses: ['GPLv2 or later'],
};

catalogerContract(wordpress, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string, path: string = PATH): ReturnType<typeof wordpress.read> {
  return wordpress.read({ path, bytes: Buffer.from(text) });
}

test('files where WordPress looks for plugins are wanted', () => {
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
