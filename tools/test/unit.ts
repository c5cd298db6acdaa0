import { resolve } from 'node:path';
import { it } from 'node:test';
import { unitTests } from '../check/steps.ts';
import { root } from '../lib/files.ts';

/** Half of the unit tests in this process; the runner gives every file that it starts a process of its own. */
export async function importHalf(half: 0 | 1): Promise<void> {
  for (const file of unitTests().filter((_, index) => index % 2 === half)) {
    try {
      await import(resolve(root, file));
    } catch (error) {
      it(`${file} loads`, () => {
        throw error;
      });
    }
  }
}
