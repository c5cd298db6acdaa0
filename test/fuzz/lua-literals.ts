import assert from 'node:assert/strict';
import { type LuaValue, parseLua } from '#lib/packages/catalogers/luarocks/parse-lua.ts';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const ROCKSPEC = `local v = "2.1"
package = "sample"
version = v .. "-1" -- a comment
source = { url = "git+https://example.org/x", tag = 'v2.1' }
description = { summary = [==[A "sample" ]] \\]==], license = "MIT\\x2fX11\\u{e9}\\065", ["homepage"] = "x"; }
dependencies = { "lua >= 5.1, < 5.5", "lpeg ~> 1.0", [3] = "user/inspect>=3", platforms = { unix = { "luaposix" } } }
build = { type = "builtin", modules = { ["a.b"] = "b.c" }, n = 1.5e3, f = g(a, b) }
`;
const MANIFEST = `commands = {}
dependencies = { sample = { ["2.1-1"] = { { constraints = { { op = ">=", version = { 5, 1, string = "5.1" } } }, name = "lpeg" } } } }
repository = { sample = { ["2.1-1"] = { { arch = "installed", modules = {} } }, ["3-1"] = { { arch = "src" } } } }
`;

/** Rockspecs and manifests: what is read of them are texts and tables, and written as literals they are read as the same. */
export const luaLiterals: FuzzTarget = {
  id: 'lua-literals',
  seeds: () => [ROCKSPEC, MANIFEST].map((text) => Buffer.from(text)),
  maxMillis: 200,
  dictionary: [
    ' = ',
    '{',
    '}',
    '["',
    '"]',
    '[[',
    ']]',
    '[==[',
    '--',
    '--[[',
    '\\u{',
    '..',
    ',',
    'local ',
    'repository',
  ],
  run: (input) => {
    const { values } = parseLua(input, 'input');
    invariant('what is read is read back', () => {
      const literals = [...values].filter(([, value]) => value !== null);
      const text = literals.map(([name, value]) => `${name} = ${write(value)}\n`).join('');
      const again = parseLua(Buffer.from(text), 'again');
      assert.deepEqual(again, { values: new Map(literals), complete: true });
    });
    runCataloger('luarocks', 'usr/lib/luarocks/rocks-5.1/sample/2.1-1/sample-2.1-1.rockspec', input);
    runCataloger('luarocks', 'usr/lib/luarocks/rocks-5.1/manifest', input);
  },
};

function write(value: LuaValue): string {
  if (value === null) {
    return 'nil';
  }
  if (typeof value === 'string') {
    const escaped = Array.from(value.toWellFormed(), (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
    return `"${escaped.join('')}"`;
  }
  const members = [...value.members].map(([name, item]) => `[${write(name)}] = ${write(item)}`);
  return `{ ${[...value.items.map(write), ...members].join(', ')} }`;
}
