import { runNode } from './lib/run.ts';

/** `npm run format [-- paths]`: writes the format and the import order that `npm run check` asks for. */
const paths = process.argv.slice(2);
const outcome = await runNode(
  ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...(paths.length === 0 ? ['.'] : paths)],
  { inherit: true },
);
process.exitCode = outcome.status;
