import { listFiles } from './lib/files.ts';
import { runNode } from './lib/run.ts';

/**
 * `npm run bench [-- files]`: runs `bench/*.bench.ts` one after the other, so that none disturbs another. Each prints one
 * line `name: figure (limit …)` and fails when it is past its limit.
 */
const named = process.argv.slice(2);
const files = named.length > 0 ? named : listFiles('bench', '.bench.ts');
let failed = 0;
for (const file of files) {
  const { status } = await runNode([file], { inherit: true });
  failed += status === 0 ? 0 : 1;
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
