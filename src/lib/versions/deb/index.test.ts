import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { orderOf, versionSchemeContract, versionVectors } from '../contract.ts';
import { deb } from './index.ts';

evidence('versions/deb', 'real tool', 'dpkg --compare-versions on 2500 generated pairs');
evidence('versions/deb', 'published', 'version-order file of osv-scalibr');

const piece = fc.constantFrom(
  '0',
  '00',
  '1',
  '9',
  '10',
  '01',
  'a',
  'Z',
  '~',
  '~~',
  '+',
  '.',
  '~rc1',
  '+b1',
  '999999999999',
);
const upstream = fc
  .tuple(fc.constantFrom('0', '1', '10'), fc.array(piece, { maxLength: 4 }))
  .map(([a, b]) => a + b.join(''));
const arbitrary = fc
  .tuple(
    fc.constantFrom('', '', '', '0:', '1:', '01:'),
    fc.oneof(
      upstream,
      fc.tuple(upstream, upstream).map((parts) => parts.join('-')),
    ),
    fc.option(fc.array(piece, { minLength: 1, maxLength: 3 }), { nil: null }),
  )
  .map(([epoch, version, revision]) => `${epoch}${version}${revision === null ? '' : `-${revision.join('')}`}`);

versionSchemeContract(deb, {
  arbitrary,
  ascending: [
    '1.0~~',
    '1.0~~a',
    '1.0~',
    '1.0-0~bpo1',
    '1.0',
    '1.0-1',
    '1.0-1+b1',
    '1.0-1.1',
    '1.0-10',
    '1.0a',
    '1.0+a',
    '1.0.1',
    '1.1-1-1',
    '1:0.5',
    '2:0.1',
    '2147483647:0',
  ],
  invalid: [
    '',
    ':1',
    'a:1',
    '-1:1',
    '+1:1',
    '2147483648:1',
    '1:',
    '1-',
    '-1',
    '1_2',
    '1 2',
    ' 1',
    '1-1:2',
    '1\u0000',
    '1é',
  ],
});

versionVectors(deb, { file: 'debian-versions.txt', errors: {}, minimum: 29 });

it('deb: the order is the one of dpkg', { skip: missing('dpkg') }, () => {
  const near = arbitrary.map((a): [string, string] => [a, a.replaceAll('1', '01').replace('01:', '1:')]);
  const pairs = fc.sample(fc.oneof({ weight: 4, arbitrary: fc.tuple(arbitrary, arbitrary) }, near), {
    numRuns: 2500,
    seed: 1,
  });
  const claims = pairs.map(([a, b]) => `${a} ${['lt', 'eq', 'gt'][orderOf(deb, a, b) + 1]} ${b}`);
  const script = 'while read -r a op b; do dpkg --compare-versions "$a" "$op" "$b" || echo "$a $op $b"; done';
  const judged = spawnSync('sh', ['-c', script], { input: `${claims.join('\n')}\n`, encoding: 'utf8' });
  assert.deepEqual(
    { status: judged.status, denied: judged.stdout, warnings: judged.stderr },
    { status: 0, denied: '', warnings: '' },
  );
  for (const op of [' lt ', ' eq ', ' gt ']) {
    assert.ok(claims.filter((claim) => claim.includes(op)).length > 100, op);
  }
});

it('deb: every package of the Debian base images has a valid version', { skip: missing('shared-data') }, () => {
  const versions = readdirSync(data('manifests'))
    .filter((name) => name.endsWith('.manifest'))
    .flatMap((name) =>
      readFileSync(data(`manifests/${name}`), 'utf8')
        .trim()
        .split('\n'),
    )
    .map((line) => line.split('\t')[1] ?? '');
  assert.deepEqual(
    versions.filter((version) => !deb.isValid(version)),
    [],
  );
  assert.ok(versions.length > 1000);
});
