import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { digestOf } from '#base/digest.ts';
import { AppError } from '#base/error.ts';
import { checkPolicies, parseDocuments, readPolicyFiles, shippedDocuments } from '#lib/policy/index.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const root = resolve(import.meta.dirname, '../..');
const shipped = await shippedDocuments();

/** Documents of policies, environments, exceptions and sources, and all that is said of them. */
export const policyDocuments: FuzzTarget = {
  id: 'policy-documents',
  seeds: () => [
    ...[...readFileSync(resolve(root, 'docs/guides/policy.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)]
      .map(([, text = '']) => text)
      .filter((text) => !text.includes('PolicyTest'))
      .map((text) => Buffer.from(text)),
    readFileSync(resolve(root, 'src/lib/policy/starter/house-rules.yaml')),
    readFileSync(resolve(root, 'src/lib/policy/starter/production.yaml')),
  ],
  maxMillis: 1000,
  dictionary: [
    '---\n',
    ': |\n',
    ': >-\n',
    '&a',
    '*a',
    '__proto__',
    'variables.',
    'params.',
    '"\\u0041"',
    '2100-01-01T00:00:00Z',
    'kind: Trust',
  ],
  run: (input) => {
    const folder = readPolicyFiles([{ path: 'f.yaml', bytes: input }]);
    const lines = Buffer.from(input).toString('utf8').split('\n').length;
    const issues = checkPolicies(folder, { shipped, now: 0 });
    invariant('what is told has a place in the file', () => {
      for (const { file, line, column } of issues) {
        assert.ok(
          file !== 'f.yaml' || (line >= 1 && line <= lines && column >= 1),
          `${file}:${line}:${column} of ${lines}`,
        );
      }
    });
    invariant('what is stored of a document is the document', () => {
      for (const { canonical, digest, name } of folder.documents) {
        assert.equal(digestOf(canonical), digest);
        assert.deepEqual(
          parseDocuments(canonical, 'stored').map((again) => [again.digest, again.name]),
          [[digest, name]],
        );
      }
    });
    if (issues.some(({ file, severity }) => file === 'f.yaml' && severity === 'error')) {
      throw new AppError('POLICY_INVALID', 'a file that has something wrong', { object: 'f.yaml' });
    }
  },
};
