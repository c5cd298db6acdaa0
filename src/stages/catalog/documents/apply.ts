import { isAppError, messageOf } from '#base/error.ts';
import type { DocumentIssue } from '#lib/policy/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { DocumentsContext } from './context.ts';
import { DocumentsError } from './error.ts';
import { appliedRequest, type ExceptionDraft, exceptionDraft } from './exceptions/applied.ts';
import { type InstallationDocument, keyOf } from './kinds.ts';
import { assertMayWrite } from './permission.ts';
import { type DocumentText, readStored, readTexts } from './read.ts';
import { assertRoom } from './room.ts';
import { snapshot } from './snapshot.ts';
import { putTogether } from './together.ts';
import { type ChangeReach, OtherRevision, writeDocuments } from './write.ts';

/** What became of one document. */
export interface AppliedDocument {
  readonly kind: string;
  readonly name: string;
  /** `requested`: an exception, which somebody else has to approve. */
  readonly change: 'created' | 'changed' | 'unchanged' | 'requested';
  readonly file: string;
}

export interface Applied {
  /** Of all documents, now. */
  readonly revision: number;
  /** False for a dry run, where anything is wrong, and where nothing changes. */
  readonly isWritten: boolean;
  /** Empty where anything is wrong. */
  readonly documents: readonly AppliedDocument[];
  /** All that is wrong, with lines. */
  readonly issues: readonly DocumentIssue[];
}

/** How often it is checked anew against what others wrote meanwhile. */
const MAX_ATTEMPTS = 20;

/**
 * Writes documents, all of them or none: together with those that are there, and with what ships, they have to compile. What of them is there already stays. An
 * exception is only asked for (see `requestException`). Throws `DOCUMENTS_DENIED`, `DOCUMENTS_TOO_MANY` and `DOCUMENTS_BUSY`; what is wrong with documents is told as issues.
 */
export async function applyDocuments(
  context: DocumentsContext,
  actor: Subject,
  texts: readonly DocumentText[],
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<Applied> {
  assertMayWrite(actor);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const plan = await planned(context, actor, texts);
    if (plan.issues.length > 0 || isDryRun || plan.changed.length + plan.drafts.length === 0) {
      const { revision, documents, issues } = plan;
      return { revision, isWritten: false, documents: issues.length === 0 ? documents : [], issues };
    }
    const isWritten = await write(context, actor, plan);
    if (isWritten) {
      const revision = plan.revision + (plan.changed.length > 0 ? 1 : 0);
      return { revision, isWritten: true, documents: plan.documents, issues: [] };
    }
  }
  throw new DocumentsError('DOCUMENTS_BUSY', 'others change documents all the time', { hint: 'Try again.' });
}

interface Plan {
  readonly revision: number;
  readonly documents: readonly AppliedDocument[];
  readonly changed: readonly InstallationDocument[];
  readonly drafts: readonly ExceptionDraft[];
  readonly issues: readonly DocumentIssue[];
}

async function planned(context: DocumentsContext, actor: Subject, texts: readonly DocumentText[]): Promise<Plan> {
  const { projectId, revision, stored } = await snapshot(context);
  const { documents, issues } = await readTexts(texts, context.trustFolder);
  if (issues.length > 0) {
    return { revision, documents: [], changed: [], drafts: [], issues };
  }
  const drafts: ExceptionDraft[] = [];
  const wrong: DocumentIssue[] = [];
  for (const document of documents) {
    const draft = document.kind === 'Exception' ? await exceptionDraft(context, actor, projectId, document) : null;
    if (draft !== null) {
      drafts.push(...('draft' in draft ? [draft.draft] : []));
      wrong.push(...('issue' in draft ? [draft.issue] : []));
    }
  }
  assertSecrets(context, documents);
  const own = documents.filter(({ kind }) => kind !== 'Exception');
  const replaced = new Set([...own, ...drafts.map(({ document }) => document)].map(keyOf));
  const others: InstallationDocument[] = [];
  for (const { kind, name, content } of stored) {
    if (!replaced.has(keyOf({ kind, name }))) {
      const read = await readOther(kind, name, content, context.trustFolder);
      others.push(...('document' in read ? [read.document] : []));
      wrong.push(...('issue' in read ? [read.issue] : []));
    }
  }
  assertRoom(context, [...others, ...own]);
  const all = [...others, ...own, ...drafts.map(({ document }) => document)];
  wrong.push(...(wrong.length === 0 ? (await putTogether(all)).issues : []));
  const before = new Map(stored.map((record) => [keyOf(record), record.digest]));
  const changed = own.filter((document) => before.get(keyOf(document)) !== document.digest);
  return {
    revision,
    changed,
    drafts: drafts.filter(({ isNew }) => isNew),
    issues: wrong,
    documents: documents.map((document) => ({
      kind: document.kind,
      name: document.name,
      file: document.file,
      change: changeOf(document, before, drafts),
    })),
  };
}

/** Throws `DOCUMENTS_DENIED` for a source that has a secret of the server sent to its registry which is none of its own. */
function assertSecrets({ otherSecretThan }: DocumentsContext, documents: readonly InstallationDocument[]): void {
  for (const document of documents) {
    const named = document.kind === 'Source' ? (document.acquire?.credentials ?? null) : null;
    for (const reference of named === null ? [] : [named.username, named.password]) {
      const expected = otherSecretThan?.(reference) ?? null;
      if (expected !== null) {
        throw new DocumentsError('DOCUMENTS_DENIED', 'not a secret that documents may name', {
          object: `${document.file}, credentials of source ${document.name}`,
          expected,
          found: reference.slice(0, reference.indexOf(':') + 1),
          hint: 'plimsoll.yaml says where these are: sources > secrets and sources > variables.',
        });
      }
    }
  }
}

function changeOf(
  document: InstallationDocument,
  before: ReadonlyMap<string, string>,
  drafts: readonly ExceptionDraft[],
): AppliedDocument['change'] {
  if (document.kind === 'Exception') {
    const draft = drafts.find(({ document: { name } }) => name === document.name);
    return draft?.isNew === true ? 'requested' : 'unchanged';
  }
  const digest = before.get(keyOf(document));
  return digest === undefined ? 'created' : digest === document.digest ? 'unchanged' : 'changed';
}

/** What this release does not take any more is in the way until it is replaced or removed. */
async function readOther(
  kind: string,
  name: string,
  content: string,
  trustFolder: string | null,
): Promise<{ readonly document: InstallationDocument } | { readonly issue: DocumentIssue }> {
  const file = keyOf({ kind, name });
  try {
    return { document: await readStored(kind, content, file, trustFolder) };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    const message = messageOf(error);
    return { issue: { severity: 'error', code: error.code, file, line: 1, column: 1, place: '', message } };
  }
}

/** False when others wrote meanwhile. */
async function write(context: DocumentsContext, actor: Subject, plan: Plan): Promise<boolean> {
  try {
    await context.store.transaction(async (records) => {
      if (plan.changed.length > 0) {
        const changes = plan.changed.map(({ kind, name, digest, canonical }) => ({
          kind,
          name,
          digest,
          content: canonical,
          isRemoved: false,
        }));
        await writeDocuments(context, records, actor, { revision: plan.revision, changes, reach: reachOf(plan) });
      }
      for (const draft of plan.drafts) {
        await appliedRequest(context, records, actor, draft);
      }
    });
    return true;
  } catch (error) {
    if (error instanceof OtherRevision) {
      return false;
    }
    throw error;
  }
}

function reachOf({ changed }: Plan): ChangeReach {
  return { cause: changed.every(({ kind }) => kind === 'Trust') ? 'trust' : 'policy', prefixes: null };
}
