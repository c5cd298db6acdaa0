import { join } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';

/** What `policy init` writes: an environment, a policy and its cases. */
const FILES = ['production.yaml', 'house-rules.yaml', 'house-rules.test.yaml'] as const;

export interface StarterFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Documents to begin with, commented. They select policies that ship. */
export async function starterFiles(): Promise<readonly StarterFile[]> {
  return await Promise.all(
    FILES.map(async (name) => ({
      name,
      bytes: await readFileBounded(join(import.meta.dirname, name), LIMITS.policyFileBytes),
    })),
  );
}
