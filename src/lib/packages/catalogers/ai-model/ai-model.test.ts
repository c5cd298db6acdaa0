import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packagePurl } from '#model/purl.ts';
import { long, text, word } from '#test/fixtures/gguf.ts';
import { catalogerContract } from '../contract.ts';
import { aiModel } from './index.ts';

const PATH = 'models/tiny.gguf';

type Pair = readonly [key: string, type: number, value: Buffer];

function textPair(key: string, value: string): Pair {
  return [key, 8, text(value)];
}

function gguf(pairs: readonly Pair[], count = pairs.length, version = 3): Buffer {
  const rows = pairs.map(([key, type, value]) => Buffer.concat([text(key), word(type), value]));
  return Buffer.concat([Buffer.from('GGUF'), word(version), long(0), long(count), ...rows]);
}

function safetensors(header: unknown, length?: number): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return Buffer.concat([long(length ?? json.length), json, Buffer.alloc(16)]);
}

const WORDS: Pair = ['tokenizer.ggml.tokens', 9, Buffer.concat([word(8), long(2), text('a'), text('general.name')])];
const PAIRS: readonly Pair[] = [
  textPair('general.architecture', 'llama'),
  ['general.file_type', 4, word(7)],
  ['split.no', 2, Buffer.from([0, 0])],
  textPair('general.name', 'Tiny Llama'),
  textPair('general.name', 'Other'),
  textPair('general.version', 'v1.1'),
  textPair('general.license', 'apache-2.0'),
  ['general.tags', 9, Buffer.concat([word(8), long(1), text('chat')])],
  ['general.sampling.temp', 6, word(1)],
  ['x', 9, Buffer.concat([word(9), long(1), word(5), long(2), word(1), word(2)])],
  WORDS,
];

catalogerContract(aiModel, { example: { path: PATH, bytes: gguf(PAIRS) } });

function read(bytes: Buffer, path = PATH): ReturnType<typeof aiModel.read> {
  return aiModel.read({ path, bytes });
}

const LLAMA = { type: 'generic', name: 'Tiny Llama', version: 'v1.1', licenses: ['apache-2.0'] };
const NAMELESS = { unknowns: ['model that does not say its name'] };

test('models are wanted by their endings', () => {
  for (const [path, wanted] of [
    [PATH, true],
    ['a/model-00001-of-00002.safetensors', true],
    ['a/model.safetensors.index.json', false],
    ['a/gguf', false],
  ] as const) {
    assert.equal(aiModel.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a model of GGUF, with values of all kinds, in both byte orders', () => {
  assert.deepEqual(read(gguf(PAIRS)), { packages: [LLAMA] });
  assert.deepEqual(read(gguf(PAIRS, PAIRS.length, 2)), { packages: [LLAMA] });
  const length = (value: number): Buffer => long(value).reverse();
  const swapped = Buffer.concat([
    Buffer.from('GGUF'),
    word(3).reverse(),
    length(0),
    length(1),
    length(12),
    Buffer.from('general.name'),
    word(8).reverse(),
    length(1),
    Buffer.from('a'),
  ]);
  assert.deepEqual(read(swapped).packages?.[0]?.name, 'a');
});

test('a model of a repository of Hugging Face is named by that, and no other address is', () => {
  const named = (repository: string): ReturnType<typeof read> =>
    read(gguf([...PAIRS, textPair('general.repo_url', repository)]));
  for (const repository of [
    'https://huggingface.co/TinyLlama/TinyLlama-1.1B',
    'https://huggingface.co/TinyLlama/TinyLlama-1.1B/',
  ]) {
    const [record] = named(repository).packages ?? [];
    assert.ok(record !== undefined);
    assert.equal(packagePurl(record, null), 'pkg:huggingface/TinyLlama/TinyLlama-1.1B');
  }
  const others = [
    'http://huggingface.co/a/b',
    'https://huggingface.co.example/a/b',
    'https://huggingface.co/a',
    'https://huggingface.co/a/b/tree/main',
    'https://huggingface.co/../b?c',
    'https://github.com/a/b',
  ];
  for (const repository of others) {
    assert.deepEqual(named(repository), { packages: [LLAMA] }, repository);
  }
});

test('a model without a name is an unknown, and a file that goes on with another is none', () => {
  assert.deepEqual(read(gguf([textPair('general.architecture', 'llama')])), NAMELESS);
  assert.deepEqual(read(gguf([textPair('general.name', ' ')])), NAMELESS);
  assert.deepEqual(read(gguf([['split.no', 2, Buffer.from([1, 0])]])), {});
});

test('of a header that goes on past its bytes the name is enough', () => {
  assert.deepEqual(read(gguf(PAIRS).subarray(0, -5)), { packages: [LLAMA] });
  assert.throws(() => read(gguf([WORDS, ...PAIRS]).subarray(0, 60)), {
    code: 'PACKAGE_METADATA_INVALID',
    object: PATH,
  });
});

test('a damaged header is an error', () => {
  const huge = Buffer.alloc(8, 0xff);
  const arrays = Buffer.concat(Array.from({ length: 50 }, () => Buffer.concat([word(9), long(1)])));
  const headers = [
    Buffer.alloc(0),
    Buffer.from('GGUF'),
    Buffer.concat([Buffer.from('GGML'), gguf(PAIRS).subarray(4)]),
    gguf(PAIRS, PAIRS.length, 1),
    gguf(PAIRS, 70_000),
    gguf([], 3),
    gguf([['a', 13, long(1)]]),
    gguf([['a', 8, huge]]),
    gguf([['a', 9, Buffer.concat([word(8), huge])]]),
    gguf([['a', 9, Buffer.concat([word(0), huge])]]),
    gguf([['a', 9, arrays]]),
  ];
  headers.forEach((bytes, index) =>
    assert.throws(() => read(bytes), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, String(index)),
  );
});

test('a model of safetensors says its title, or nothing', () => {
  const path = 'model.safetensors';
  const metadata = { format: 'pt', 'modelspec.title': 'Tiny Diffusion', 'modelspec.license': 'MIT' };
  const tensors = { weight: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] } };
  const found = read(safetensors({ __metadata__: metadata, ...tensors }), path);
  assert.deepEqual(found.packages, [{ type: 'generic', name: 'Tiny Diffusion', version: '', licenses: ['MIT'] }]);
  for (const header of [tensors, { __metadata__: { format: 'pt' } }, { __metadata__: 7 }, {}]) {
    assert.deepEqual(read(safetensors(header), path), NAMELESS);
  }
  for (const bytes of [
    Buffer.alloc(7),
    safetensors([]),
    safetensors('{'),
    safetensors('{}', 1000),
    safetensors('{}', 2 ** 60),
  ]) {
    assert.throws(() => read(bytes, path), { object: path });
  }
});
