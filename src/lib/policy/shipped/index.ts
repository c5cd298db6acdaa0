import { join } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { PolicySet } from '#model/policy.ts';
import { type PolicyDocument, parseDocuments, policySet } from '../documents/index.ts';
import type { PolicyTestFile } from '../test/index.ts';
import { SHIPPED_ENVIRONMENTS, SHIPPED_POLICIES } from './list.ts';

/** What is active where nobody says otherwise: policies and environments that come with the program. */
export async function shippedSet(): Promise<PolicySet> {
  return policySet(await shippedDocuments());
}

/** Policies first, each sorted as they are listed. Users' own environments may select these policies by name. */
export async function shippedDocuments(): Promise<readonly PolicyDocument[]> {
  const files = [
    ...SHIPPED_POLICIES.map((name) => join(name, 'policy.yaml')),
    ...SHIPPED_ENVIRONMENTS.map((name) => join('environments', `${name}.yaml`)),
  ];
  const texts = await Promise.all(files.map(shippedText));
  return texts.flatMap((text) => parseDocuments(text, 'built in'));
}

/** The cases of policies and environments that ship. */
export async function shippedTests(): Promise<readonly PolicyTestFile[]> {
  const files = [
    ...SHIPPED_POLICIES.map((name) => join(name, 'policy.test.yaml')),
    ...SHIPPED_ENVIRONMENTS.map((name) => join('environments', `${name}.test.yaml`)),
  ];
  return await Promise.all(files.map(async (path) => ({ path: `built in: ${path}`, text: await shippedText(path) })));
}

/** A file of this folder as it is written. */
async function shippedText(path: string): Promise<string> {
  const bytes = await readFileBounded(join(import.meta.dirname, path), LIMITS.policyFileBytes);
  return Buffer.from(bytes).toString('utf8');
}
