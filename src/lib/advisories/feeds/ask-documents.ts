import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import type { FeedDocument, FeedDocuments } from '../providers/provider.ts';

type Whole = Extract<FeedDocument, { readonly kind: 'document' }>;

/** Some documents that make a shard together; `unchanged` only when all of them are. */
export type Asked =
  | { readonly kind: 'unchanged'; readonly cursor: string }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'documents';
      /** Those that are there, in the order they were asked for. */
      readonly documents: readonly (Whole & { readonly name: string })[];
      /** The digest of the only one, or over those of several. */
      readonly revision: Digest;
      readonly cursor: string;
    };

/**
 * Asks for the documents of a shard with what the cursor has of the last time. The first has to be there. When one has
 * changed the others are needed too, and are asked for once more.
 */
export async function askDocuments(
  documents: FeedDocuments,
  paths: readonly [string, ...string[]],
  cursor: string | null,
): Promise<Asked> {
  const validators = readCursor(cursor, paths.length);
  const answers: FeedDocument[] = [];
  for (const [at, path] of paths.entries()) {
    answers.push(await documents.get(path, { validator: validators[at] ?? null }));
  }
  if (answers[0]?.kind === 'missing') {
    return { kind: 'missing' };
  }
  // What was not there the last time has no validator: that it is not there still is no change.
  if (
    answers.every(({ kind }, at) => kind === 'unchanged' || (at > 0 && kind === 'missing' && validators[at] === null))
  ) {
    return { kind: 'unchanged', cursor: cursor ?? '' };
  }
  const found: (Whole & { readonly name: string })[] = [];
  for (const [at, name] of paths.entries()) {
    const first = answers[at];
    const answer = first === undefined || first.kind === 'unchanged' ? await documents.get(name) : first;
    if (answer.kind === 'document') {
      found.push({ ...answer, name });
    }
  }
  const [only] = found;
  const revision =
    only !== undefined && found.length === 1
      ? only.digest
      : digestOf(Buffer.from(found.map(({ name, digest }) => `${digest} ${name}\n`).join('')));
  const next = paths.map((path) => found.find(({ name }) => name === path)?.validator ?? null);
  return { kind: 'documents', documents: found, revision, cursor: JSON.stringify(next) };
}

/** A cursor of another form says nothing. */
function readCursor(cursor: string | null, length: number): readonly (string | null)[] {
  let value: unknown;
  try {
    value = JSON.parse(cursor ?? '');
  } catch {
    return [];
  }
  const isOurs =
    Array.isArray(value) && value.length === length && value.every((each) => each === null || typeof each === 'string');
  return isOurs ? (value as (string | null)[]) : [];
}
