import { readAsEach } from '#test/fixtures/read-as-each.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const FILES: readonly (readonly [id: string, path: string])[] = [
  ['composer', 'srv/vendor/composer/installed.json'],
  ['cpan', 'usr/lib/perl5/.meta/Foo-Bar-1.02/MYMETA.json'],
  ['cpan', 'usr/lib/perl5/.meta/current/MYMETA.json'],
  ['cpan', 'usr/lib/perl5/.meta/Foo-Bar-1.02/install.json'],
  ['cran', 'usr/lib/R/library/Sample/DESCRIPTION'],
  ['wordpress', 'var/www/wp-content/plugins/sample/sample.php'],
];

/** Of these, JSON: whatever is none is refused as each of them, and nothing as the others. */
const DOCUMENTS = FILES.filter(([, path]) => path.endsWith('.json')).length;

const SAMPLES: readonly string[] = [
  '{"packages":[{"name":"Acme/Log","version":"v2.1.0","require":{"php":">=7.2","acme/clock":"^1"},"provide":{"psr/log":"1"},"license":["MIT"]},{"name":"acme/clock","version":"dev-main","license":"BSD"}],"dev":true}',
  '[{"name":"acme/clock","version":"1","replace":{"a/b":"self.version"}}]',
  '{"name":"Foo-Bar","version":"1.02","license":["perl_5"],"prereqs":{"runtime":{"requires":{"perl":"5","HTTP::Date":"6"}}},"provides":{"Foo::Bar":{"file":"x"}}}',
  '{"dist":"Foo-Bar-1.02","name":"Foo::Bar","version":"1.02","provides":{"Foo::Bar":{}},"requires":{"A":0},"license":"perl"}',
  'Package: Sample\nVersion: 7.3-58.2\nDepends: R (>= 3.3.0), stats\nImports: methods,\n  Rcpp (>= 1)\nLicense: GPL-2 | GPL-3\nBuilt: R 4.2.2; ; 2023; unix\n',
  '<?php\n/**\n * Plugin Name: Sample\n * Version: 5.0.1\n * License: GPLv2 */\n// Requires Plugins: first, second ?>\n',
];

/** The files in which packages of PHP, Perl and R describe themselves: each input is read as every one of them. */
export const scriptingMetadata: FuzzTarget = {
  id: 'scripting-metadata',
  seeds: () => SAMPLES.map((text) => Buffer.from(text)),
  maxMillis: 200,
  dictionary: [
    '"name":',
    '"version":',
    '"packages":[',
    '"requires":{',
    'a/b',
    'Package: ',
    'Built: ',
    'Plugin Name:',
    ' (',
    '\n ',
  ],
  run: (input) => {
    readAsEach(FILES, DOCUMENTS, input);
  },
};
