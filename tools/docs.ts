import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf } from '#base/error.ts';
import { generatePages } from './docs/pages.ts';
import { listFiles, root } from './lib/files.ts';

/** `npm run docs`: writes the generated pages; with `--check` it writes nothing and fails when one is not up to date. */
const check = process.argv.includes('--check');
const pages = pagesOrExit();
const stale = [...pages].filter(([path, text]) => read(path) !== text).map(([path]) => path);
/** Nothing can generate these: they keep what was measured or decided. */
const KEPT_BY_HAND: ReadonlySet<string> = new Set([
  'docs/reference/accuracy.md',
  'docs/reference/fuzzing.md',
  'docs/reference/match-rules.md',
  'docs/reference/performance.md',
  'docs/reference/policy-language.md',
  'docs/reference/risk.md',
  'docs/reference/score.md',
]);
const orphans = listFiles('docs/reference').filter((path) => !pages.has(path) && !KEPT_BY_HAND.has(path));

for (const path of orphans) {
  console.log(`${path}: nothing generates this page; delete it`);
}
for (const path of stale) {
  console.log(check ? `${path}: not up to date; run npm run docs` : `${path}: written`);
}
if (!check) {
  for (const path of stale) {
    mkdirSync(dirname(resolve(root, path)), { recursive: true });
    writeFileSync(resolve(root, path), pages.get(path) ?? '');
  }
}
process.exitCode = orphans.length > 0 || (check && stale.length > 0) ? 1 : 0;

function read(path: string): string | null {
  return existsSync(resolve(root, path)) ? readFileSync(resolve(root, path), 'utf8') : null;
}

/** A source from which no page can be made is the author's mistake; its text says where. */
function pagesOrExit(): ReadonlyMap<string, string> {
  try {
    return generatePages();
  } catch (error) {
    console.log(messageOf(error));
    process.exit(1);
  }
}
