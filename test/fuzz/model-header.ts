import assert from 'node:assert/strict';
import { parseGguf } from '#lib/packages/catalogers/ai-model/parse-gguf.ts';
import { parseSafetensors } from '#lib/packages/catalogers/ai-model/parse-safetensors.ts';
import { long, text, word } from '#test/fixtures/gguf.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const GGUF = 'GGUF';

function gguf(texts: readonly (readonly [string, string])[], ...more: readonly Buffer[]): Buffer {
  const pairs = texts.map(([key, value]) => Buffer.concat([text(key), word(8), text(value)]));
  return Buffer.concat([Buffer.from(GGUF), word(3), long(0), long(pairs.length + more.length), ...pairs, ...more]);
}

/** As llama.cpp writes them, with fewer members. */
const LLAMA = gguf(
  [
    ['general.architecture', 'llama'],
    ['general.name', 'Tiny Llama'],
    ['general.version', 'v1.1'],
    ['general.repo_url', 'https://huggingface.co/a/b'],
  ],
  Buffer.concat([text('split.no'), word(2), Buffer.alloc(2)]),
  Buffer.concat([text('tokenizer.ggml.tokens'), word(9), word(8), long(2), text('a'), text('b')]),
  Buffer.concat([text('x'), word(9), word(9), long(1), word(5), long(1), word(7)]),
);
const DIFFUSION = '{"__metadata__":{"modelspec.title":"Tiny","modelspec.license":"MIT"},"w":{"dtype":"F32"}}';

/** Headers of models: those of GGUF are written again and read as the same. */
export const modelHeader: FuzzTarget = {
  id: 'model-header',
  seeds: () => [LLAMA, text(DIFFUSION)],
  maxMillis: 200,
  dictionary: [
    'general.name',
    'general.version',
    'split.no',
    '\x08\0\0\0',
    '\x09\0\0\0',
    '\xff\xff\xff\xff\xff\xff\xff\x7f',
  ],
  run: (input) => {
    if (!Buffer.from(input.subarray(0, 4)).equals(Buffer.from(GGUF))) {
      parseSafetensors(input, 'input');
      return;
    }
    const model = parseGguf(input, 'input');
    if (model !== null) {
      invariant('what it says is read back', () => {
        const { name, version, license, repository } = model;
        const members = { name, version, license, repo_url: repository };
        const texts = Object.entries(members).flatMap(([key, value]) =>
          value === null ? [] : [[`general.${key}`, value] as const],
        );
        // A text of the largest length may end inside a character, and the mark for that takes more bytes.
        if (texts.every(([, value]) => Buffer.byteLength(value) <= 4096)) {
          assert.deepEqual(parseGguf(gguf(texts), 'written'), model);
        }
      });
    }
  },
};
