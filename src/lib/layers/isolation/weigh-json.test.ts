import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { weighJson } from './weigh-json.ts';

const weigh = (text: string, depth = 100): number => weighJson(Buffer.from(text), depth);

test('a text that takes many times its length in memory is heavy', () => {
  const count = 1000;
  assert.ok(weigh(`[${'[],'.repeat(count)}[]]`) > count * 30);
  assert.ok(weigh(`[${'0,'.repeat(count)}0]`) > count * 8);
  assert.ok(weigh(`["${'x'.repeat(count)}"]`) < count + 100);
});

test('brackets and commas inside texts weigh nothing, escaped quotes do not end them', () => {
  assert.equal(weigh(JSON.stringify('[,[,"[,')), weigh(JSON.stringify('xxxx"xxx')) - 1);
});

test('nesting past the depth is as heavy as can be', () => {
  assert.equal(weigh('[[[[]]]]', 3), Number.POSITIVE_INFINITY);
  assert.ok(Number.isFinite(weigh('[[[],[]],[[]]]', 3)));
});

test('any JSON weighs at least its length, any bytes have a weight', () => {
  fc.assert(fc.property(fc.json(), (text) => weigh(text) >= text.length / 12));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => weighJson(bytes, 10) >= 0));
});
