import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rpm } from './index.ts';
import { parseDependency } from './parse-dependency.ts';
import { parseSourceFile } from './source-file.ts';

const MANIFEST = 'var/lib/rpmmanifest/container-manifest-2';

test('a dependency is a name, or an expression with names', () => {
  const cases: readonly (readonly [text: string, names: readonly string[]])[] = [
    ['bash', ['bash']],
    ['libc.so.6(GLIBC_2.4)(64bit)', ['libc.so.6(GLIBC_2.4)(64bit)']],
    ['/bin/sh', ['/bin/sh']],
    ['(foo or bar)', ['foo', 'bar']],
    ['(foo >= 1.0 and bar = 2:3-4)', ['foo', 'bar']],
    ['((foo and libx.so()(64bit)) or baz)', ['foo', 'libx.so()(64bit)', 'baz']],
    ['(foo if bar)', ['foo']],
    ['(foo if bar else baz)', ['foo', 'baz']],
    ['(foo >= 1 if (bar or qux < 3) else (baz and two))', ['foo', 'baz', 'two']],
    ['((foo if bar) and other)', ['foo', 'other']],
    ['(foo unless bar)', ['foo']],
    ['(foo with foo < 2)', ['foo', 'foo']],
    ['(foo without bar)', ['foo']],
    ['(', []],
    ['()', []],
    ['(foo', ['foo']],
    ['(foo if', ['foo']],
    ['(foo >=', ['foo']],
    [')(', [')(']],
  ];
  for (const [text, names] of cases) {
    assert.deepEqual(parseDependency(text), names, text);
  }
});

test('a source file is taken apart from its right', () => {
  const cases: readonly (readonly [file: string, name: string, version: string])[] = [
    ['bash-5.2.15-3.el9.src.rpm', 'bash', '5.2.15-3.el9'],
    ['java-17-openjdk-17.0.1-2.nosrc.rpm', 'java-17-openjdk', '17.0.1-2'],
    ['a-1~rc^2-1.src.rpm', 'a', '1~rc^2-1'],
  ];
  for (const [file, name, version] of cases) {
    assert.deepEqual(parseSourceFile(file), { name, version });
  }
  for (const file of ['', '.src.rpm', '-1-2.src.rpm', 'a-1.src.rpm', 'a-1-2.rpm', '(none)', 'a-1-2.src.rpm.sig']) {
    assert.equal(parseSourceFile(file), null, file);
  }
});

test('the manifest of an image without rpm lists packages with their epochs and sources', () => {
  const line = (...columns: readonly string[]): string => `${columns.join('\t')}\n`;
  const text =
    line(
      'zlib',
      '1.2.12-1.cm2',
      '0',
      '0',
      'Microsoft Corporation',
      '(none)',
      '9',
      'x86_64',
      '0',
      'zlib-1.2.12-1.cm2.src.rpm',
    ) +
    line('openssl-libs', '1.1.1k-17.cm2', '0', '0', '(none)', '2', '9', '(none)', '2', '(none)') +
    line('only-number', '1-1', '0', '0', '(none)', '(none)', '9', '(none)', '3', '(none)') +
    line('no-number', '1-1', '0', '0', '(none)', '(none)', '9', '(none)', '(none)', '(none)') +
    line('half', '1-1') +
    line('', '1-1', '0', '0', '', '', '9', '', '', '') +
    '\n';
  assert.deepEqual(rpm.read({ path: MANIFEST, bytes: Buffer.from(text) }), {
    packages: [
      {
        type: 'rpm',
        name: 'zlib',
        version: '1.2.12-1.cm2',
        source: { name: 'zlib', version: '1.2.12-1.cm2' },
        architecture: 'x86_64',
        vendor: 'Microsoft Corporation',
        licenses: [],
      },
      { type: 'rpm', name: 'openssl-libs', version: '2:1.1.1k-17.cm2', licenses: [] },
      { type: 'rpm', name: 'only-number', version: '3:1-1', licenses: [] },
      { type: 'rpm', name: 'no-number', version: '1-1', licenses: [] },
    ],
    unknowns: ['line 5 and 1 more: expected a package in 10 columns, found another line'],
  });
  assert.deepEqual(rpm.read({ path: MANIFEST, bytes: Buffer.from('\n') }).unknowns, [
    'expected at least one package, found an empty manifest',
  ]);
});
