import { resolve } from 'node:path';
import { it } from 'node:test';
import { unitTests } from '../check/steps.ts';
import { root } from '../lib/files.ts';

// All unit tests in one process; the runner gives every file that it starts a process of its own.
for (const file of unitTests()) {
  try {
    await import(resolve(root, file));
  } catch (error) {
    it(`${file} loads`, () => {
      throw error;
    });
  }
}
