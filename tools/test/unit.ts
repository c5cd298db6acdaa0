import { resolve } from 'node:path';
import { it } from 'node:test';
import { unitTests } from '../check/steps.ts';
import { root } from '../lib/files.ts';

/** As many as the files beside this one. */
const PARTS = 6;

/** A part of the unit tests in this process; the runner gives every file that it starts a process of its own. */
export async function importPart(part: number): Promise<void> {
  for (const file of unitTests().filter((_, index) => index % PARTS === part)) {
    try {
      await import(resolve(root, file));
    } catch (error) {
      it(`${file} loads`, () => {
        throw error;
      });
    }
  }
}
