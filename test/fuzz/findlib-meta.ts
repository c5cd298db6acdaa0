import assert from 'node:assert/strict';
import { parseMeta } from '#lib/packages/catalogers/ocaml/parse-meta.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** As dune writes them, with fewer members. */
const RE = `# Made by a program
version = "1.10.4"
description = "Pure \\"OCaml\\""
requires(ppx_driver,-custom) = "seq ppxlib.ast"
requires += "lwt"
package "str" (
  directory = "str"
  version = "1.10.4"
  requires = "re"
  package "deep" ( )
)
`;

/** META files of findlib: what is accepted is text, and written again it is read as the same. */
export const findlibMeta: FuzzTarget = {
  id: 'findlib-meta',
  seeds: () => [Buffer.from(RE)],
  maxMillis: 200,
  dictionary: ['version = "', 'requires(', 'package "a" (', ')', '+=', '-=', ',-', '\\"', '#', '\n'],
  run: (input) => {
    const meta = parseMeta(input, 'input');
    invariant('what it says is read back', () => {
      const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
      const version = meta.version === null ? '' : `version = ${quoted(meta.version)}\n`;
      const text = `${version}package "x" (requires = ${quoted(meta.requires.join(' '))})`;
      assert.deepEqual(parseMeta(Buffer.from(text), 'written'), meta);
    });
  },
};
