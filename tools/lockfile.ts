import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './lib/files.ts';
import { completed, type Lockfile } from './lockfile/complete.ts';

/** `bin/dev tools/lockfile.ts`, after a change of dependencies: adds what npm left out of the lockfile for other systems. */
const path = resolve(root, 'package-lock.json');
const lockfile = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
writeFileSync(path, `${JSON.stringify(completed(lockfile), null, 2)}\n`);
