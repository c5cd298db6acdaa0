import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readAsEach } from '#test/fixtures/read-as-each.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** With those first that refuse what is none of theirs. */
const FILES: readonly (readonly [id: string, path: string])[] = [
  ['julia', 'root/.julia/packages/Buoy/2YPeW/Project.toml'],
  ['swift', 'srv/app/.build/workspace-state.json'],
  ['pub', `root/.pub-cache/git/anchor-${'0a'.repeat(20)}/pubspec.yaml`],
  ['pub', 'root/.pub-cache/hosted/pub.example.org%47a/anchor-1.0.0/pubspec.yaml'],
  ['wordpress', 'var/www/wp-content/themes/sample/style.css'],
  ['wordpress', 'var/www/wp-includes/version.php'],
];
const REFUSING = 3;

const SAMPLES: readonly string[] = [
  'name = "Buoy"\nuuid = "7c3d1b3a-0000-4000-8000-00000000000a"\nversion = "0.4.0-rc1+2"\n[deps]\nA = "7c3d1b3a-0000-4000-8000-000000000001"\n',
  'name: anchor\nversion: "1.0.0" # x\ndescription: >-\n  name: other\n',
  '/*\nTheme Name: A\nVersion: 1\nTemplate: b\n*/',
  "<?php\n$wp_version = '6.8.1';\n",
  'neither',
];

/** Descriptions of packages of Julia, Swift and Dart, and of themes: each input is read as every one of them. */
export const smallerEcosystems: FuzzTarget = {
  id: 'smaller-ecosystems',
  seeds: () => [
    readFileSync(resolve(import.meta.dirname, '../fixtures/swift/workspace-state.json')),
    ...SAMPLES.map((text) => Buffer.from(text)),
  ],
  maxMillis: 200,
  dictionary: [
    'name = "',
    'uuid = "',
    'version: ',
    '"location" : "',
    '"checkoutState"',
    'Theme Name:',
    '$wp_version =',
  ],
  run: (input) => {
    readAsEach(FILES, REFUSING, input);
  },
};
