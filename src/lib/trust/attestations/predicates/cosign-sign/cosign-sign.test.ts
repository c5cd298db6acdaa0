import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predicateReaderContract } from '../contract.ts';
import { cosignSign } from './index.ts';

const TYPE = 'https://sigstore.dev/cosign/sign/v1';

predicateReaderContract(cosignSign, { predicateType: TYPE, example: { annotations: { a: 'b' } }, required: [] });

test('only this version is a signature', () => {
  for (const type of ['https://sigstore.dev/cosign/sign/v2', 'https://sigstore.dev/cosign/sign', `${TYPE}/`]) {
    assert.ok(!cosignSign.reads(type), type);
  }
});
