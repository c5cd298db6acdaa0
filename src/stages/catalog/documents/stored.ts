import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { type DocumentRecord, type Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import { POLICY_KINDS, type PolicyKind } from '#model/policy.ts';

/**
 * Says how often the documents changed: its revision is theirs. Whoever changes any of them writes the next one, so that of two who do at once the
 * second reads again; and whoever uses them has to look at nothing else.
 */
const SET = { kind: 'Set', name: 'installation' } as const;

const PAGE = 500;

/** The project of the installation, and the revision of its documents; null for what was never written. */
export interface InstallationRevision {
  readonly projectId: string | null;
  /** 0 before the first change. */
  readonly revision: number;
  /** Of that change, milliseconds UTC. */
  readonly changedAt: number;
}

type DocumentReads = Pick<Records, 'documents'>;

/** Two reads by keys. */
export async function revisionOf({ documents }: DocumentReads): Promise<InstallationRevision> {
  const projectId = await documents.project(INSTALLATION);
  const set = projectId === null ? null : await documents.find(projectId, SET.kind, SET.name);
  return { projectId, revision: set?.revision ?? 0, changedAt: set?.createdAt ?? 0 };
}

/** The newest of each that is not removed. `makeRoom` sees to it that they are not too many, where they are written: what is too much could not be removed here. */
export async function storedOf(
  { documents }: DocumentReads,
  projectId: string | null,
  kinds: readonly PolicyKind[] = POLICY_KINDS,
): Promise<readonly DocumentRecord[]> {
  const all: DocumentRecord[] = [];
  for (const kind of projectId === null ? [] : kinds) {
    for await (const page of pagesOf(documents, projectId ?? '', kind)) {
      all.push(...page);
    }
  }
  return all;
}

/** Makes the next revision of all documents; false when somebody else did since. First in a transaction: others wait for its end here. */
export async function nextRevision(
  { documents }: DocumentReads,
  projectId: string,
  { revision, by, now }: { readonly revision: number; readonly by: string; readonly now: number },
): Promise<boolean> {
  const content = canonicalJson({ revision: revision + 1 });
  return await documents.write(projectId, {
    ...SET,
    revision: revision + 1,
    digest: digestOf(content),
    content,
    createdAt: now,
    createdBy: by,
    isRemoved: false,
  });
}

/** The number of the newest revision of a document, removed ones included; 0 for one that there never was. */
export async function newestRevision(
  { documents }: DocumentReads,
  projectId: string,
  kind: string,
  name: string,
): Promise<number> {
  const [newest] = await documents.history(projectId, kind, name, { before: null, limit: 1 });
  return newest?.revision ?? 0;
}

/** Documents of a kind, page by page. */
export async function* pagesOf(
  documents: Records['documents'],
  projectId: string,
  kind: string,
): AsyncGenerator<readonly DocumentRecord[]> {
  let after: string | null = null;
  do {
    const page: readonly DocumentRecord[] = await documents.list(projectId, kind, { after, limit: PAGE });
    yield page;
    after = page.length < PAGE ? null : (page.at(-1)?.name ?? null);
  } while (after !== null);
}
