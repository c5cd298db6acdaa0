import { z } from 'zod';
import type { DocumentRecord } from '#model/platform/records.ts';
import { POLICY_KINDS } from '#model/policy.ts';
import {
  applyDocuments,
  documentHistory,
  findDocument,
  listDocuments,
  removeDocument,
} from '#stages/catalog/documents/index.ts';
import { assertMay } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { page, paging, stored, time, timeOf } from '../schemas.ts';

const kind = z.enum(POLICY_KINDS);
const name = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/, 'expected the name of a document')
  .meta({ description: 'Unique among the documents of its kind.' });
const named = { kind, name };
const revisionNumber = z.string().regex(/^[1-9][0-9]{0,8}$/, 'expected the number of a revision');

const summary = {
  kind: z.string(),
  name: z.string(),
  revision: z.int(),
  digest: z.string(),
  changedAt: time,
  changedBy: z.string(),
};
const document = z.strictObject(summary);
const whole = z.strictObject({ ...summary, isRemoved: z.boolean(), content: z.looseObject({}) });
const issue = z.strictObject({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  place: z.string(),
  message: z.string(),
});
const applied = z.strictObject({
  /** Of all documents, now. */
  revision: z.int(),
  /** False for a dry run, where anything is wrong, and where nothing changes. */
  isWritten: z.boolean(),
  isDryRun: z.boolean(),
  documents: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      file: z.string(),
      /** `requested`: an exception, which somebody else has to approve. */
      change: z.enum(['created', 'changed', 'unchanged', 'requested']),
    }),
  ),
  /** All that is wrong; nothing is written then. */
  issues: z.array(issue),
});
const MAX_FILES = 256;

/** The documents that decide: policies, environments, exceptions, sources, trust. */
export function documentRoutes({ documents, store }: ApiContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/documents',
      id: 'listDocuments',
      summary: 'Documents by kind and name, of one kind or of all. Needs a role for all repositories.',
      query: { ...paging, kind: kind.optional() },
      body: null,
      status: 200,
      answer: page(document),
      handle: async ({ subject, query }) => {
        const found: DocumentRecord[] = [];
        const [afterKind = '', afterName = ''] = (query.after ?? '').split('/');
        for (const one of query.kind === undefined ? POLICY_KINDS : [query.kind]) {
          const isBefore = POLICY_KINDS.some((each) => each === afterKind) && indexOf(one) < indexOf(afterKind);
          if (!isBefore && found.length < query.limit) {
            const after = one === afterKind ? afterName : null;
            found.push(...(await listDocuments({ store }, subject, one, { after, limit: query.limit - found.length })));
          }
        }
        const last = found.at(-1);
        const isLast = found.length < query.limit || last === undefined;
        return { items: found.map(shown), next: isLast ? null : `${last.kind}/${last.name}` };
      },
    }),
    route({
      method: 'POST',
      path: '/documents',
      id: 'applyDocuments',
      summary:
        'Writes the documents of some files of YAML, all of them or none. Together with those that are there they have to compile; what is wrong is told with its line. Exceptions are only asked for. Needs the role admin for all.',
      body: {
        files: z
          .array(z.strictObject({ name: stored.min(1).max(1024), text: z.string() }))
          .min(1)
          .max(MAX_FILES),
        dryRun: z.boolean().default(false),
      },
      status: 200,
      answer: applied,
      handle: async ({ subject, body: { files, dryRun: isDryRun } }) => {
        const texts = files.map((file) => ({ path: file.name, text: file.text }));
        const {
          revision,
          isWritten,
          documents: changes,
          issues,
        } = await applyDocuments(documents, subject, texts, {
          isDryRun,
        });
        return {
          revision,
          isWritten,
          isDryRun,
          documents: changes.map((one) => ({ ...one })),
          issues: issues.map(({ severity, code, file, line, column, place, message }) => ({
            severity,
            code,
            file,
            line,
            column,
            place,
            message,
          })),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/documents/{kind}/{name}',
      id: 'getDocument',
      summary: 'One document, as it is now or in an earlier revision.',
      params: named,
      query: {
        revision: revisionNumber.optional(),
      },
      body: null,
      status: 200,
      answer: whole,
      handle: async ({ subject, params, query }) => {
        const revision = query.revision === undefined ? null : Number(query.revision);
        const found = await findDocument({ store }, subject, { ...params, revision });
        return { ...shown(found), isRemoved: found.isRemoved, content: contentOf(found) };
      },
    }),
    route({
      method: 'GET',
      path: '/documents/{kind}/{name}/revisions',
      id: 'listRevisions',
      summary: 'Every revision of a document, newest first, its removal included.',
      params: named,
      query: { ...paging, after: revisionNumber.optional() },
      body: null,
      status: 200,
      answer: page(z.strictObject({ ...summary, isRemoved: z.boolean() })),
      handle: async ({ subject, params, query: { after, limit } }) => {
        const before = after === undefined ? null : Number(after);
        const history = await documentHistory({ store }, subject, params, { before, limit });
        const next = history.length < limit ? null : (history.at(-1)?.revision ?? null);
        return {
          items: history.map((one) => ({ ...shown(one), isRemoved: one.isRemoved })),
          next: next === null ? null : String(next),
        };
      },
    }),
    route({
      method: 'DELETE',
      path: '/documents/{kind}/{name}',
      id: 'removeDocument',
      summary: 'Removes a document that the others can do without. Its revisions stay. Needs the role admin for all.',
      params: named,
      body: null,
      status: 204,
      answer: null,
      handle: async ({ subject, params }) => await removeDocument(documents, subject, params),
    }),
    route({
      method: 'GET',
      path: '/document-set',
      id: 'getDocumentSet',
      summary:
        'Whether the documents can be used by this release. Where they cannot, nothing is judged and images stay as they are. Needs a role for all repositories.',
      body: null,
      status: 200,
      answer: z.strictObject({ revision: z.int(), isUsable: z.boolean(), problem: z.string().nullable() }),
      handle: async ({ subject }) => {
        assertMay(subject, 'read');
        return { ...(await documents.health()) };
      },
    }),
  ];
}

function indexOf(text: string): number {
  return POLICY_KINDS.findIndex((one) => one === text);
}

function shown(record: Omit<DocumentRecord, 'content'>): z.input<typeof document> {
  const { kind: ofKind, name: called, revision, digest, createdAt, createdBy } = record;
  return { kind: ofKind, name: called, revision, digest, changedAt: timeOf(createdAt), changedBy: createdBy };
}

/** What was written was read before: it is JSON of ours. */
function contentOf({ content }: DocumentRecord): Record<string, unknown> {
  return JSON.parse(content) as Record<string, unknown>;
}
