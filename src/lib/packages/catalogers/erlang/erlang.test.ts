import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { catalogerContract } from '../contract.ts';
import { erlang } from './index.ts';

const PATH = 'usr/lib/erlang/lib/cowboy-2.8.0/ebin/cowboy.app';
const EXAMPLE = `%% A comment with a "quotation" {application, other, []}.
{application,'cowboy',
 [{description,"Small, fast " "server"},
  {vsn,"2.8.0"},
  {modules, ['cowboy','Elixir.Cowboy',cowboy@app]},
  {registered, []}, {id, <<"x"/utf8>>},
  {applications,[kernel,stdlib,crypto]},
  {included_applications,[ranch]},
  {runtime_dependencies, ["erts-9.0", "public_key-1.11.3"]},
  {env, [{a, -1.5e-3}, {b, 16#ff}, {c, $"}, {d, $\\n}, {e, #{k => [1|2]}}, {f, <<1,2:4>>}, {g, {}}]},
  {licenses, ["ISC"]}]}.
`;

catalogerContract(erlang, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof erlang.read> {
  return erlang.read({ path: PATH, bytes: Buffer.from(text) });
}

function application(...properties: readonly string[]): string {
  return `{application, cowboy, [${properties.join(', ')}]}.`;
}

const COWBOY = { type: 'otp', name: 'cowboy', version: '2.8.0', licenses: [] };
const VERSION = '{vsn, "2.8.0"}';

test('resource files beside compiled modules are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['ebin/cowboy.app', true],
    ['opt/plugins/cowboy/ebin/cowboy.app', true],
    ['opt/cowboy/src/cowboy.app.src', false],
    ['opt/cowboy/xebin/cowboy.app', false],
    ['opt/cowboy/ebin/sub/cowboy.app', false],
    ['Applications/Safari.app', false],
    ['cowboy.app', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(erlang.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('an application with all forms of terms', () => {
  const requires = ['kernel', 'stdlib', 'crypto', 'ranch', 'erts', 'public_key'];
  assert.deepEqual(read(EXAMPLE), { packages: [{ ...COWBOY, requires, licenses: ['ISC'] }] });
  assert.deepEqual(read(EXAMPLE.replaceAll('\n', '\r\n')), read(EXAMPLE));
  assert.deepEqual(read(EXAMPLE.trimEnd()), read(EXAMPLE));
});

test('a version is the text of vsn, the first of several, and else an unknown', () => {
  const versions: readonly (readonly [string, string])[] = [
    [VERSION, '2.8.0'],
    [`${VERSION}, {vsn, "9"}`, '2.8.0'],
    [`{env, [{vsn, "9"}]}, ${VERSION}`, '2.8.0'],
    [`{description, "{vsn, \\"9\\"}"}, ${VERSION}`, '2.8.0'],
    [`% {vsn, "9"}\n${VERSION}`, '2.8.0'],
    ['{vsn, "2." "8" ".0"}', '2.8.0'],
    ['{vsn, "2\\x2e8\\x{2e}\\60"}', '2.8.0'],
  ];
  for (const [properties, version] of versions) {
    assert.deepEqual(read(application(properties)), { packages: [{ ...COWBOY, version }] }, properties);
  }
  for (const properties of ['', '{vsn, git}', '{vsn, 1.0}', '{vsn, "2", "8"}', `{vsn, "${'1'.repeat(2000)}"}`]) {
    const { packages, unknowns } = read(application(properties));
    assert.deepEqual(packages, [{ ...COWBOY, version: '' }], properties.slice(0, 40));
    assert.equal(unknowns?.length, 1);
  }
});

test('what describes no application of that name is an error', () => {
  const texts = [
    '',
    '\0',
    application(VERSION).slice(0, -1),
    application(VERSION).slice(0, -2),
    application(VERSION).replace('cowboy', 'ranch'),
    application(VERSION).replace('application', 'release'),
    `[${application(VERSION).slice(0, -1)}].`,
    '{application, cowboy, []',
    '{application, cowboy, vsn}.',
    '{application, "cowboy", []}.',
    application('{x, fun() -> 1 end}'),
    application('{x, Variable}'),
    application('{x, "'),
    application('{x, <<"'),
    application('{x, [1 2]}'),
    '{application, cowboy, '.repeat(1000),
    '['.repeat(100_000),
  ];
  for (const text of texts) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text.slice(0, 60));
  }
});

test('pieces of Erlang in any order are read, in time that grows with their length', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    '|',
    '"',
    "'",
    '\\',
    '<<',
    '>>',
    '#{',
    '=>',
    '$',
    '%',
    '\n',
    'a',
    '1.',
    '-',
    '.',
  ];
  const piece = fc.constantFrom(...pieces);
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (list) => assertReads(application(list.join('')))));
  for (const unit of [...pieces, '{a,', '[[],', '"" ', '1#', 'a.', '\\x{']) {
    assertReads(application(VERSION, unit.repeat(200_000)));
  }
});

function assertReads(text: string): void {
  try {
    assert.equal(read(text).packages?.length, 1);
  } catch (error) {
    assert.ok(isAppError(error));
  }
}
