import { z } from 'zod';
import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { DocumentRecord, Records } from '#model/platform/records.ts';
import { DocumentsError } from '../error.ts';
import { newestRevision } from '../stored.ts';

/** Beside the documents: what is asked for is no document yet, and so can decide nothing. */
export const REQUEST_KIND = 'ExceptionRequest';

export const EXCEPTION_STATES = ['pending', 'approved', 'rejected', 'withdrawn'] as const;
export type ExceptionState = (typeof EXCEPTION_STATES)[number];

const texts = z.array(z.string()).readonly();
/** Who did something: the name for people, and the account, since a name may become another's. */
const person = z.strictObject({ id: z.string(), account: z.string() }).readonly();

const asked = z.strictObject({
  /** Scopes as grants have them, of repositories of ours: `team/app`, `team/*`. */
  scopes: texts,
  /** Patterns as documents have them, of those who may write documents. */
  patterns: texts,
  digests: texts,
  packages: texts,
  rules: texts,
  findings: texts,
  environments: texts,
  reason: z.string(),
  owner: z.string(),
  ticket: z.string(),
  /** ISO 8601 UTC. */
  expires: z.string(),
  justification: z.string().nullable(),
});

const content = z.strictObject({
  state: z.enum(EXCEPTION_STATES),
  asked,
  requester: person,
  requestedAt: z.int(),
  decider: person.nullable(),
  decidedAt: z.int().nullable(),
  /** Of whoever decided or ended it; empty before. */
  decision: z.string(),
});

/** What an exception is to let pass, and for how long. */
export type AskedException = Readonly<z.infer<typeof asked>>;
export type Person = z.infer<typeof person>;

/** An exception from the asking to its end. */
export interface ExceptionRequest extends Readonly<z.infer<typeof content>> {
  readonly name: string;
  readonly revision: number;
}

/** Throws `DOCUMENT_DAMAGED`. */
export function requestOf({ name, revision, content: text }: DocumentRecord): ExceptionRequest {
  const data = jsonOf(text);
  const parsed = content.safeParse(data);
  if (!parsed.success) {
    throw new DocumentsError('DOCUMENT_DAMAGED', 'not what was written', {
      object: `${REQUEST_KIND}/${name}, revision ${revision}`,
      found: parsed.error.issues[0]?.message ?? 'something else',
    });
  }
  return { ...parsed.data, name, revision };
}

/** Null for none. */
export async function findRequest(
  { documents }: Pick<Records, 'documents'>,
  projectId: string,
  name: string,
): Promise<ExceptionRequest | null> {
  const record = await documents.find(projectId, REQUEST_KIND, name);
  return record === null ? null : requestOf(record);
}

/** Writes its next state; false when somebody else did since. */
export async function writeRequest(
  records: Pick<Records, 'documents'>,
  projectId: string,
  { name, revision: _, ...data }: ExceptionRequest,
  { by, now, after }: { readonly by: string; readonly now: number; readonly after: number | null },
): Promise<boolean> {
  const text = canonicalJson(content.parse(data));
  const revision = after ?? (await newestRevision(records, projectId, REQUEST_KIND, name));
  return await records.documents.write(projectId, {
    kind: REQUEST_KIND,
    name,
    revision: revision + 1,
    digest: digestOf(text),
    content: text,
    createdAt: now,
    createdBy: by,
    isRemoved: false,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
