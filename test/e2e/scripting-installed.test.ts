import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { temporaryHome } from '../fixtures/plimsoll.ts';

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-scripting-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const META = 'usr/local/lib/perl5/x86_64-linux-gnu/.meta';
const ROCKS = 'usr/local/lib/luarocks/rocks-5.1';
const REGISTRY = 'usr/local/lib/php/.registry';
const LIBRARY = 'usr/local/lib/R/site-library';
const CONTENT = 'var/www/html/wp-content';
const PLUGINS = `${CONTENT}/plugins`;
const DEPOT = 'root/.julia/packages';
const UUID = '7c3d1b3a-0000-4000-8000-00000000000';

/** As their tools leave them behind: two files for one distribution or rock, and packages that need each other. */
const FILES: Readonly<Record<string, string>> = {
  'srv/app/vendor/composer/installed.json': JSON.stringify({
    packages: [
      { name: 'Acme/App', version: 'v1.2.0', require: { php: '>=8', 'acme/old-log': '^1' }, license: ['MIT'] },
      { name: 'acme/log', version: '3.0.1', replace: { 'acme/old-log': 'self.version' } },
    ],
  }),
  [`${META}/Foo-Bar-1.02/MYMETA.json`]: JSON.stringify({
    name: 'Foo-Bar',
    version: '1.02',
    license: ['perl_5'],
    prereqs: { runtime: { requires: { perl: '5.008', 'LWP::UserAgent': '6' } } },
  }),
  [`${META}/Foo-Bar-1.02/install.json`]: '{"name":"Foo::Bar","dist":"Foo-Bar-1.02","provides":{"Foo::Bar":{}}}',
  [`${META}/libwww-perl-6.67/install.json`]: '{"name":"LWP","provides":{"LWP":{},"LWP::UserAgent":{"version":"6.67"}}}',
  [`${ROCKS}/manifest`]:
    'repository = { one = { ["1.0-1"] = { { arch = "installed" } } }, two = { ["2-1"] = { { arch = "installed" } } } }',
  [`${ROCKS}/one/1.0-1/one-1.0-1.rockspec`]:
    'description = { license = "MIT" }\ndependencies = { "lua >= 5.1", "Two" }\n',
  [`${REGISTRY}/mail.reg`]:
    'a:4:{s:4:"name";s:4:"Mail";s:7:"channel";s:12:"pear.php.net";s:7:"version";a:1:{s:7:"release";s:5:"1.4.1";}' +
    's:12:"dependencies";a:1:{s:8:"required";a:1:{s:7:"package";a:2:{s:4:"name";s:5:"redis";s:7:"channel";s:12:"pecl.php.net";}}}}',
  [`${REGISTRY}/.channel.pecl.php.net/redis.reg`]:
    'a:3:{s:4:"name";s:5:"redis";s:7:"channel";s:12:"pecl.php.net";s:7:"version";a:1:{s:7:"release";s:5:"6.0.2";}}',
  [`${LIBRARY}/Rcpp/DESCRIPTION`]: 'Package: Rcpp\nVersion: 1.0.10\nLicense: GPL (>= 2)\nBuilt: R 4.2.2; ; ; unix\n',
  [`${LIBRARY}/later/DESCRIPTION`]:
    'Package: later\nVersion: 1.3-1\nImports: Rcpp (>= 0.12.9),\n  rlang\nBuilt: R 4.2.2; ; ; unix\n',
  'usr/src/later/DESCRIPTION': 'Package: later\nVersion: 9\n',
  [`${PLUGINS}/akismet/akismet.php`]: '<?php\n/*\n * Plugin Name: Akismet\n * Version: 5.0.1\n */',
  [`${PLUGINS}/addon/addon.php`]: '<?php\n// Plugin Name: X\n// Version: 1\n// Requires Plugins: akismet\n',
  [`${CONTENT}/themes/akismet/style.css`]: '/*\nTheme Name: A\nVersion: 2\n*/',
  [`${CONTENT}/themes/child/style.css`]: '/*\nTheme Name: C\nVersion: 3\nTemplate: akismet\n*/',
  'var/www/html/wp-includes/version.php': "<?php\n$wp_version = '6.8.1';\n",
  [`${DEPOT}/Anchor/rR4XX/Project.toml`]: `name = "Anchor"\nuuid = "${UUID}1"\nversion = "1.2.3"\n`,
  [`${DEPOT}/Buoy/2YPeW/Project.toml`]: `name = "Buoy"\nuuid = "${UUID}2"\nversion = "0.4"\n[deps]\nAnchor = "${UUID}1"\n`,
  'root/.pub-cache/hosted/pub.dev/shelf-1.4.2/pubspec.yaml': 'name: shelf\nversion: 1.4.2\n',
  'srv/app/.build/workspace-state.json': JSON.stringify({
    object: {
      dependencies: [
        {
          packageRef: { identity: 'nio', kind: 'remoteSourceControl', location: 'https://example.org/acme/nio.git' },
          state: { checkoutState: { version: '2.1.0' }, name: 'sourceControlCheckout' },
        },
      ],
    },
    version: 6,
  }),
  [`${PLUGINS}/index.php`]: '<?php // Silence is golden.',
};

test('packages of PHP, Perl, R, Lua, Julia, Dart and Swift are each one package, with all their places and what they need', async () => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { packages, unknowns } = await home.report(`rootfs:${folder}`);
  const found = packages.map(({ purl, licenses, locations, dependsOn = [] }) => ({
    purl,
    licenses: licenses.join(),
    places: locations.length,
    needs: dependsOn.join(),
  }));
  const row = (purl: string, licenses: string, places: number, needs: string): (typeof found)[number] => ({
    purl,
    licenses,
    places,
    needs,
  });
  assert.deepEqual(
    found.toSorted((a, b) => (a.purl < b.purl ? -1 : 1)),
    [
      row('pkg:composer/acme/app@v1.2.0', 'MIT', 1, 'pkg:composer/acme/log@3.0.1'),
      row('pkg:composer/acme/log@3.0.1', '', 1, ''),
      row('pkg:cpan/Foo-Bar@1.02', 'perl_5', 2, 'pkg:cpan/libwww-perl@6.67'),
      row('pkg:cpan/libwww-perl@6.67', '', 1, ''),
      row('pkg:cran/Rcpp@1.0.10', 'GPL (>= 2)', 1, ''),
      row('pkg:cran/later@1.3-1', '', 1, 'pkg:cran/Rcpp@1.0.10'),
      row('pkg:generic/wordpress@6.8.1', '', 1, ''),
      row(`pkg:julia/Anchor@1.2.3?uuid=${UUID}1`, '', 1, ''),
      row(`pkg:julia/Buoy@0.4.0?uuid=${UUID}2`, '', 1, `pkg:julia/Anchor@1.2.3?uuid=${UUID}1`),
      row('pkg:luarocks/one@1.0-1', 'MIT', 2, 'pkg:luarocks/two@2-1'),
      row('pkg:luarocks/two@2-1', '', 1, ''),
      row('pkg:pear/pear.php.net/Mail@1.4.1', '', 1, 'pkg:pear/pecl.php.net/redis@6.0.2'),
      row('pkg:pear/pecl.php.net/redis@6.0.2', '', 1, ''),
      row('pkg:pub/shelf@1.4.2', '', 1, ''),
      row('pkg:swift/example.org/acme/nio@2.1.0', '', 1, ''),
      row('pkg:wordpress-plugin/addon@1', '', 1, 'pkg:wordpress-plugin/akismet@5.0.1'),
      row('pkg:wordpress-plugin/akismet@5.0.1', '', 1, ''),
      row('pkg:wordpress-theme/akismet@2', '', 1, ''),
      row('pkg:wordpress-theme/child@3', '', 1, 'pkg:wordpress-theme/akismet@2'),
    ],
  );
  assert.deepEqual(
    unknowns.filter(({ kind }) => kind === 'unreadable'),
    [],
  );
});
