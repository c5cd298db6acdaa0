import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { listFiles, root } from '../lib/files.ts';

/** A change to one place of the sources that a named test must notice. */
export type Fault = Readonly<z.infer<typeof Fault>>;
const Fault = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** What would go wrong for a user. */
  why: z.string().min(1),
  file: z.string().min(1),
  /** Occurs exactly once in `file`. */
  find: z.string().min(1),
  replace: z.string(),
  /** The test file, and the exact name of the test in it. */
  test: z.strictObject({ file: z.string().min(1), name: z.string().min(1) }),
});

/** All faults of `test/faults/*.json`; throws when one has the wrong shape or an id occurs twice. */
export function readFaults(): readonly Fault[] {
  const faults = listFiles('test/faults', '.json').flatMap((path) => {
    const parsed = z.array(Fault).safeParse(JSON.parse(readFileSync(resolve(root, path), 'utf8')));
    if (!parsed.success) {
      throw new TypeError(`${path}: ${z.prettifyError(parsed.error)}`);
    }
    return parsed.data;
  });
  const ids = faults.map((fault) => fault.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new TypeError(`test/faults: two faults have the id ${twice}`);
  }
  return faults;
}
