import { publishedDocuments, runSbom, toolDocuments } from '#test/fixtures/fuzz-sbom.ts';
import type { Random } from '../../tools/fuzz/random.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** SPDX 2.2 and 2.3 as tag-value text. */
export const tagValue: FuzzTarget = {
  id: 'tag-value',
  seeds: () => [...toolDocuments('.spdx'), ...publishedDocuments('spec/spdx', (name) => name.endsWith('.spdx'))],
  maxMillis: 200,
  dictionary: [
    '<text>',
    '</text>',
    'SPDXID: SPDXRef-a\n',
    'PackageName: a\n',
    'FileName: ./a\n',
    'Relationship: ',
    'purl pkg:npm/a@1',
  ],
  mutate: (input, random, bytes) => (random.oneIn(3) ? bytes(input) : mutateLines(input, random, bytes)),
  fixUp: (mutated, random) => (random.oneIn(4) ? mutated : withHead(mutated)),
  run: runSbom,
};

/** Lines are damaged, doubled, dropped or moved, one at a time. */
function mutateLines(input: Uint8Array, random: Random, bytes: (inner: Uint8Array) => Uint8Array): Uint8Array {
  const lines = Buffer.from(input).toString('utf8').split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  switch (random.below(5)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(random.below(lines.length), 0, line);
      break;
    case 2:
      lines[at] = lines[random.below(lines.length)] ?? '';
      break;
    default: {
      const colon = line.indexOf(':') + 1;
      lines[at] = line.slice(0, colon) + Buffer.from(bytes(Buffer.from(line.slice(colon)))).toString('utf8');
    }
  }
  return Buffer.from(lines.join('\n'));
}

/** Without its first line no document is told from other text. */
function withHead(mutated: Uint8Array): Uint8Array {
  const text = Buffer.from(mutated).toString('utf8');
  return text.startsWith('SPDXVersion: SPDX-2.') ? mutated : Buffer.from(`SPDXVersion: SPDX-2.3\n${text}`);
}
