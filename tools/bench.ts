import { basename } from 'node:path';
import { listFiles } from './lib/files.ts';
import { runNode } from './lib/run.ts';

/**
 * `npm run bench [-- NAMES] [OPTIONS]`: runs `bench/*.bench.ts` one after the other, so that none disturbs another. A name
 * is that of a file, with or without folder and suffix: `scan`. Options (`--name`, `--name=value`) go to each of them.
 * Each prints one line per figure, with its limit, and fails when it is past one.
 */
const SUFFIX = '.bench.ts';
const known = listFiles('bench', SUFFIX);
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const files = names.length > 0 ? names.map(fileOf) : known;
let failed = 0;
for (const file of files) {
  const { status } = await runNode([file, ...options], { inherit: true });
  failed += status === 0 ? 0 : 1;
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function fileOf(name: string): string {
  const file = known.find((candidate) => basename(candidate, SUFFIX) === basename(name, SUFFIX));
  if (file === undefined) {
    console.error(`no bench is named ${name}; there are: ${known.map((each) => basename(each, SUFFIX)).join(', ')}
Usage: npm run bench [-- NAMES] [OPTIONS], for example: npm run bench -- scan --quick`);
    process.exit(2);
  }
  return file;
}
