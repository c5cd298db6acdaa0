import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';

// Beside the dependencies and not in a temporary folder that other users of the machine can write to.
enableCompileCache(resolve(import.meta.dirname, '../../node_modules/.cache/plimsoll'));

const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2));
