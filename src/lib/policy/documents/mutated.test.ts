import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { readPolicyFiles } from './index.ts';

const starter = resolve(import.meta.dirname, '../starter');
const whole = ['house-rules.yaml', 'production.yaml']
  .map((name) => readFileSync(resolve(starter, name), 'utf8').replaceAll(/^#.*\n/gm, ''))
  .concat(
    `apiVersion: plimsoll.dev/v1
kind: Source
metadata: { name: hub }
acquire:
  registry: docker.io
  repositories: [library/*]
  tags: [{ exact: latest }, { semver: ">=1.2 <2" }, { matches: "3[.].*" }]
  into: mirror
  credentials: { username: env:A, password: file:/b }
  every: 6h
  environment: production
  firstPull: { wait: 60s }
`,
  )
  .join('---\n');

it('whatever is changed in documents, they are read or refused by an error of ours with a line of the file', () => {
  const lines = whole.split('\n').length;
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.nat(20),
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom('\n', ': ', '- ', '{', '[', '&a', '*a', '---\n', '__proto__: 1'),
      ),
      (at, cut, text) => {
        try {
          const bytes = Buffer.from(whole.slice(0, at) + text + whole.slice(at + cut));
          for (const { line } of readPolicyFiles([{ path: 'f.yaml', bytes }]).issues) {
            assert.ok(line >= 1 && line <= lines + 8);
          }
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      },
    ),
    { numRuns: 150 },
  );
});
