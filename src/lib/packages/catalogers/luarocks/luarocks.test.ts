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
import { luarocks } from './index.ts';

const run = promisify(execFile);

evidence('catalogers/luarocks', 'real tool', 'rocks that LuaRocks installed into a tree, as luarocks list shows them');

const ROCKS = 'usr/local/lib/luarocks/rocks-5.1';
const PATH = `${ROCKS}/lua-sample/2.1.0-1/lua-sample-2.1.0-1.rockspec`;
const MANIFEST = `${ROCKS}/manifest`;
const EXAMPLE = `-- a comment = "x"
--[==[ a longer one
version = "9" ]] ]==]
package = "Lua-Sample"
version = "2.1.0-1"
source = { url = "git+https://example.org/x", tag = 'v2.1' }
description = {
   summary = [[A "sample" \\]],
   ["license"] = "MIT/X11"; homepage = "https://example.org",
}
dependencies = {
   "lua >= 5.1, < 5.5",
   [2] = "LPeg ~> 1.0", "user/inspect>=3",
   platforms = { unix = { "luaposix" } }
}
build = { type = "builtin", modules = { ["a.b"] = "b.c", x = { sources = { "x.c" } } }, n = 1.5e3 }
`;
const RECORD = {
  type: 'luarocks',
  name: 'lua-sample',
  version: '2.1.0-1',
  requires: ['lpeg', 'inspect'],
  licenses: ['MIT/X11'],
};
const LIST = `commands = {}
dependencies = {
   ["lua-sample"] = {
      ["2.1.0-1"] = {
         { constraints = { { op = ">=", version = { 5, 1, string = "5.1" } } }, name = "lua" },
         { constraints = {}, name = "LPeg" },
         { constraints = {}, name = "inspect", namespace = "user" }
      }
   },
   lpeg = { ["1.0.2-1"] = {} }
}
repository = {
   ["lua-sample"] = { ["2.1.0-1"] = { { arch = "installed", commands = {}, modules = {} } } },
   lpeg = {
      ["1.0.2-1"] = { { arch = "installed" } },
      ["1.0.3-1"] = { { arch = "rockspec" }, { arch = "src" } }
   }
}
`;

catalogerContract(luarocks, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, text: string): ReturnType<typeof luarocks.read> {
  return luarocks.read({ path, bytes: Buffer.from(text) });
}

test('rockspecs and manifests of trees are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['opt/rocks/a/1-1/a-1-1.rockspec', true],
    [MANIFEST, true],
    ['usr/lib/luarocks/rocks/manifest', true],
    ['srv/rocks/manifest', false],
    ['usr/local/lib/luarocks/rocks-5.1/a/1-1/rock_manifest', false],
    ['src/a/a-1-1.rockspec', false],
    ['opt/rocks/a/1-1/b-1-1.rockspec', false],
    ['opt/rocks/a/a-1-1.rockspec', false],
    ['opt/rocks///-.rockspec', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(luarocks.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a rock is its folder, with what its rockspec says in literals', () => {
  assert.deepEqual(read(PATH, EXAMPLE), { packages: [RECORD] });
  const { requires: _, ...bare } = { ...RECORD, licenses: [] };
  const computed = `local v, r = "2.1.0", "1"
local package = "other"
package = ("Lua-Sample"):lower()
version = v .. "-" .. r
description = { license = "MIT" .. " or so", summary = f(a, b) }
dependencies = { v, ("x"), "lpeg" .. v, [1 + 1] = "y", [v] = "z", f{ "w" } }
t.version = "9"
t["version"] = "9"
`;
  assert.deepEqual(read(PATH, computed), { packages: [bare] });
});

test('a rockspec that is cut off, or in which something is executed, is an unknown beside its rock', () => {
  const reason = 'the rockspec ends inside a statement, or is not only made of literals';
  for (const text of [
    'description = {',
    'description = { license = "MIT"',
    'package = "a',
    'package = [[a',
    'x = (1',
    '--[[ a',
    'if x then version = "9" end',
  ]) {
    assert.deepEqual(read(PATH, text).unknowns, [reason], text);
    assert.equal(read(PATH, text).packages?.[0]?.version, '2.1.0-1');
  }
  assert.deepEqual(read(PATH, 'description = { license = "MIT"').packages?.[0]?.licenses, ['MIT']);
});

test('a rockspec of another rock or version than its folder is an unknown', () => {
  for (const text of ['package = "other"', 'version = "2.1.0-2"', 'version = "1"; version = "9"']) {
    assert.deepEqual(read(PATH, text).unknowns, ['the rockspec names another rock or version than its folder'], text);
  }
});

test('texts of Lua', () => {
  const texts: readonly (readonly [string, string])[] = [
    [`'a"b'`, 'a"b'],
    ['"a\\"\\n\\x41\\u{e9}\\066\\200"', 'a"\nAéB\ufffd'],
    ['[=[a]]b]=]', 'a]]b'],
  ];
  for (const [written, expected] of texts) {
    assert.deepEqual(read(PATH, `description = { license = ${written} }`).packages?.[0]?.licenses, [expected]);
  }
});

test('a manifest lists the rocks that are installed, and none that a server has', () => {
  assert.deepEqual(read(MANIFEST, LIST), {
    packages: [
      { ...RECORD, licenses: [] },
      { type: 'luarocks', name: 'lpeg', version: '1.0.2-1', licenses: [] },
    ],
  });
  assert.deepEqual(read(MANIFEST, 'repository = {}'), { packages: [] });
  assert.deepEqual(read(MANIFEST, LIST.slice(0, -30)).unknowns, ['the manifest ends inside a table']);
  for (const text of ['', '{"files":[]}', 'repository = 1', 'Manifest-Version: 1.0']) {
    assert.throws(() => read(MANIFEST, text), { code: 'PACKAGE_METADATA_INVALID', object: MANIFEST }, text);
  }
});

test('tables inside each other without end, and texts of a million pieces, are read in bounded time', () => {
  assert.throws(() => read(PATH, `a = ${'{'.repeat(100_000)}`), { code: 'LIMIT_EXCEEDED', object: PATH });
  assert.throws(() => read(PATH, `a = {${'1,'.repeat(1_000_001)}}`), { code: 'LIMIT_EXCEEDED', object: PATH });
  for (const unit of ['[', '[=', '[==[', '"', '--', '--[', '(', 'a =', '{', '}', '\\', 'a={[', 'a={b=', '..']) {
    try {
      read(PATH, unit.repeat(200_000));
    } catch (error) {
      assert.equal((error as { readonly code?: unknown }).code, 'LIMIT_EXCEEDED', unit);
    }
  }
});

const SPECIFICATIONS = [
  { file: 'alpha-1.0-1', text: 'package = "Alpha" version = "1.0-1" dependencies = { "lua >= 5.1", "beta ~> 2" }' },
  {
    file: 'beta-2.1-3',
    text: 'local major, revision = "2.1", "-3"\npackage = "beta"\nversion = major .. revision',
  },
  { file: 'gamma.x-scm-1', text: 'package = "gamma.x" version = "scm-1" dependencies = { "user/alpha", "beta" }' },
  ...Array.from({ length: 8 }, (_, index) => ({
    file: `many_${index}-0.${index}-1`,
    text: `package = "many_${index}" version = "0.${index}-1"`,
  })),
];

test('rocks that LuaRocks installs are those that it lists', { skip: missing('luarocks') }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-luarocks-'));
  try {
    // It looks for the headers of Lua even where nothing is compiled.
    mkdirSync(join(folder, 'include'));
    const tree = join(folder, 'tree');
    const options = { cwd: folder, env: { ...process.env, HOME: folder } };
    const { stdout: lua } = await run('luarocks', ['config', 'lua_version'], options);
    const number = `5${lua.trim().slice('5.'.length).padStart(2, '0')}`;
    writeFileSync(join(folder, 'include/lua.h'), `#define LUA_VERSION_NUM ${number}\n`);
    for (const { file, text } of SPECIFICATIONS) {
      const rest = [
        'rockspec_format = "3.0"',
        'source = { url = "git+https://example.org/x" }',
        `description = { summary = [[${file}]], license = "MIT" }`,
        'build = { type = "none" }',
      ];
      writeFileSync(join(folder, `${file}.rockspec`), `${[text, ...rest].join('\n')}\n`);
      const make = [
        'make',
        '--deps-mode=none',
        '--tree',
        tree,
        `${file}.rockspec`,
        `LUA_INCDIR=${join(folder, 'include')}`,
      ];
      await run('luarocks', make, options);
    }
    const { stdout } = await run('luarocks', ['list', '--porcelain', '--tree', tree], options);
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t').slice(0, 2).join(' '));
    const files = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((path) =>
      luarocks.wants({ path, mode: 0o644, size: 1 }),
    );
    const found = files.map((path) => luarocks.read({ path, bytes: readFileSync(join(tree, path)) }));
    assert.ok(found.every(({ unknowns }) => unknowns === undefined));
    const names = (index: number): readonly string[] =>
      found
        .filter((_, at) => (files[at]?.endsWith('/manifest') === true ? 1 : 0) === index)
        .flatMap(({ packages = [] }) => packages.map((each) => `${each.name} ${each.version}`))
        .toSorted();
    assert.deepEqual(names(0), listed.toSorted());
    assert.deepEqual(names(1), listed.toSorted());
    assert.equal(listed.length, SPECIFICATIONS.length);
    const gamma = found.flatMap(({ packages = [] }) => packages.filter(({ name }) => name === 'gamma.x'));
    assert.deepEqual(
      gamma.map(({ requires }) => requires),
      [
        ['alpha', 'beta'],
        ['alpha', 'beta'],
      ],
    );
    t.diagnostic(`${listed.length} rocks`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
