import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { digestOf } from '#base/digest.ts';
import { AppError } from '#base/error.ts';
import {
  checkPolicies,
  parseDocuments,
  readPolicyFiles,
  shippedDocuments,
  sourceFor,
  type UpstreamImage,
  upstreamOf,
} from '#lib/policy/index.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import type { Source } from '#model/policy.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const root = resolve(import.meta.dirname, '../..');
const shipped = await shippedDocuments();
const TAGS = ['latest', '1.2.3', 'v2.0.0-rc.1', '3.10', 'sha256-0'];

/** Documents of policies, environments, exceptions and sources, and all that is said of them. */
export const policyDocuments: FuzzTarget = {
  id: 'policy-documents',
  seeds: () => [
    ...['policy', 'documents']
      .flatMap((guide) => [
        ...readFileSync(resolve(root, `docs/guides/${guide}.md`), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g),
      ])
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
    'credentials: { username: env:A, password: ',
    '{ semver: "',
    "{ matches: '",
    '(a{9}){9}',
    '>=1.2 <2 || ^3',
    '/**',
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
    invariant('what a source takes comes back from where it goes', () => {
      const sources = folder.documents.filter((document) => document.kind === 'Source');
      const acquiring = sources.flatMap(({ acquire }) => acquire ?? []);
      for (const { registry, repositories } of acquiring) {
        const path = (repositories[0] ?? '').replaceAll('**', 'x/y').replaceAll('*', 'x');
        for (const tag of TAGS) {
          assertBack(sources, { registry, path, pointer: { tag } });
        }
      }
    });
    if (issues.some(({ file, severity }) => file === 'f.yaml' && severity === 'error')) {
      throw new AppError('POLICY_INVALID', 'a file that has something wrong', { object: 'f.yaml' });
    }
  },
};

/** Where sources do not go together, one repository may stand for another image. */
function assertBack(sources: readonly Source[], image: UpstreamImage): void {
  const taken = sourceFor(sources, image);
  if (taken.kind === 'taken') {
    const back = upstreamOf([taken.source], taken.repository, image.pointer);
    assert.ok(back?.kind === 'taken' && back.registry === taken.registry && back.path === taken.path);
    assert.ok(isRepositoryName(taken.repository));
  }
}
