import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { orderOf, versionSchemeContract, versionVectors } from '../contract.ts';
import { apk } from './index.ts';

evidence('versions/apk', 'real tool', 'apk version -t of Alpine 3.20 on 1500 generated pairs');
evidence('versions/apk', 'published', 'version-order file of osv-scalibr');

const plain = fc.constantFrom('0', '1', '2', '9', '10', '20240101');
/** Components as apk-tools 2 and 3 order them alike: no leading zeros, no hash. */
const common = versionsOf(plain, fc.constant(''));
const arbitrary = versionsOf(
  fc.oneof(plain, fc.constantFrom('00', '01', '010', '09', '20191002222144', '99999999999999999999991')),
  fc.constantFrom('', '', '', '~ab12', '~ab'),
);

function versionsOf(number: fc.Arbitrary<string>, hash: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const suffix = fc
    .tuple(
      fc.constantFrom('alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p'),
      fc.oneof(fc.constant(''), number),
    )
    .map((parts) => `_${parts.join('')}`);
  return fc
    .tuple(
      fc.array(number, { minLength: 1, maxLength: 3 }).map((numbers) => numbers.join('.')),
      fc.constantFrom('', '', '', 'a', 'b', 'z'),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant('') },
        suffix,
        fc.tuple(suffix, suffix).map((parts) => parts.join('')),
      ),
      hash,
      fc.oneof(
        fc.constant(''),
        number.map((revision) => `-r${revision}`),
      ),
    )
    .map((parts) => parts.join(''));
}

versionSchemeContract(apk, {
  arbitrary,
  ascending: [
    '1.0_alpha',
    '1.0_alpha2',
    '1.0_beta',
    '1.0_pre20191002222144-r0',
    '1.0_pre20210530193627-r0',
    '1.0_rc1',
    '1.0',
    '1.0-r0',
    '1.0-r1',
    '1.0-r10',
    '1.0~ab12',
    '1.0_cvs1',
    '1.0_svn1',
    '1.0_git20200101',
    '1.0_hg1',
    '1.0_p1',
    '1.0_p9-r0',
    '1.0_p10-r0',
    '1.0a_alpha',
    '1.0a',
    '1.0b',
    '1.0.0',
    '1.0.1',
    '1.01',
    '1.05',
    '1.1',
    '1.5',
    '1.10',
    '006',
    '10',
  ],
  invalid: [
    '',
    'a',
    '.1',
    '1.',
    '1..2',
    '1ab',
    '1A',
    '6.6.2p1',
    '1_foo',
    '1_',
    '1_p_',
    '1~',
    '1~xyz',
    '1-r',
    '1-1',
    '1-r1-r2',
    '1 ',
    '1.0_p1a',
    '0.8.21.r2',
    '4.10-1-r1',
    '1\u0000',
  ],
});

versionVectors(apk, {
  file: 'alpine-versions.txt',
  minimum: 690,
  errors: {
    'no number after -r, or more than one revision': [
      '1-r = 1-r0',
      '1-r-0 < 1-r0',
      '1-r-1 < 1-r0',
      '1-r2 > 1-r-1',
      '1 > 1-ruff',
      '1-r0-1 = 1-r-2',
      '1-r0-1 = 1-r0-2',
      '1-ruff2 = 1-ruff1',
      '1-ruff2 = 1--ruff1',
      '1-r0-ruff2 = 1-r0-ruff1',
    ],
    'no number after a dot': [
      '0.r1 < 0r2',
      '0..1..0 < 0..1..1',
      '0...1...0 < 0...1...1',
      '0...1...0.r1 < 0...1...0.r2',
      '0...1...0r1 < 0...1...0r2',
      '0..8 = 0..8',
      '0..8 > 0...8',
      '0.8.21.r2 > 0.8.21.r1',
      '10.2.24.r0 > 10.2.22.r0',
      '0.8.21.r2 < 0.8.21r2',
    ],
    'a letter that is upper case, or that something other than a suffix or a revision follows': [
      '1.2.0A < 1.2.0d',
      '1.2.0D < 1.2.0d',
      '6.6.2p1 = 6.6.2p1',
      '6.6.2p1 > 6.6.2_p1',
      '6.6.2p1 > 6.6.2_p2',
      '6.6.2p1 < 6.6.2p2',
      '1.0 < 1.0bc',
    ],
    'a suffix that apk does not know': [
      '1.2 > 1.2_blah',
      '1.2_svn1 > 1.2_csv2',
      '1.2_cvs1 > 1.2_blah',
      '23_foo > 4_beta',
    ],
    'no digit at the start': ['.1 < 1', '1 > .1', '.2 > .1', 'a < b', 'c > b', 'c = c'],
  },
});

it('apk: the order is the one of a real apk', { skip: missing('shared-data', 'gnu-tar', 'linux-x64') }, () => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-apk-'));
  try {
    const archive = data('rootfs/alpine-3.20.3-x86_64.tar.gz');
    assert.equal(spawnSync('tar', ['-xzf', archive, '-C', root, './lib', './usr/lib', './sbin/apk']).status, 0);
    const near = common.map((a): [string, string] => [a, a.replace('-r', '-r0')]);
    const pairs = fc.sample(fc.oneof({ weight: 6, arbitrary: fc.tuple(common, common) }, near), {
      numRuns: 1500,
      seed: 1,
    });
    const script = `while read -r a b; do "$0/lib/ld-musl-x86_64.so.1" --library-path "$0/lib:$0/usr/lib" "$0/sbin/apk" version -t "$a" "$b"; done`;
    const judged = spawnSync('sh', ['-c', script, root], {
      input: pairs.map((pair) => `${pair.join(' ')}\n`).join(''),
      encoding: 'utf8',
    });
    const ours = pairs.map(([a, b]) => `${a} ${'<=>'[orderOf(apk, a, b) + 1]} ${b}`);
    const theirs = judged.stdout
      .trim()
      .split('\n')
      .map((sign, index) => pairs[index]?.join(` ${sign} `));
    assert.deepEqual(ours, theirs);
    for (const sign of [' < ', ' = ', ' > ']) {
      assert.ok(ours.filter((line) => line.includes(sign)).length > 100, sign);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

it('apk: of all fixed versions in the secdb these are no versions', { skip: missing('shared-data') }, () => {
  const fixed = readdirSync(data('secdb'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const { packages } = JSON.parse(readFileSync(data(`secdb/${name}`), 'utf8')) as SecurityDatabase;
      return packages.flatMap(({ pkg }) => Object.keys(pkg.secfixes));
    });
  assert.deepEqual([...new Set(fixed)].filter((version) => !apk.isValid(version)).toSorted(), [
    '0.12.5.-r0',
    '0.8.21.r2',
    '1.0.4.-r0',
    '1.11-20-r0',
    '1.18.-r2',
    '1.7.5.-r1',
    '10.2.22.r0',
    '10.2.24.r0',
    '10.2.26.r0',
    '2.15.r-r1',
    '2.7.16-33',
    '4.10-1-r1',
    '4.8.0.-r1',
    '57-1-r2',
    '6.6.2p1-r0',
  ]);
  assert.ok(new Set(fixed).size > 1400);
});

interface SecurityDatabase {
  readonly packages: readonly { readonly pkg: { readonly secfixes: Readonly<Record<string, unknown>> } }[];
}
