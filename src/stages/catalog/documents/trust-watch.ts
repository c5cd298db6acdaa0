import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { WORKER } from '#model/platform/access.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import type { ActiveSets } from './active.ts';
import type { DocumentsContext } from './context.ts';

/** Of the document of the installation that says by which files of trust its images were marked last. */
const KIND = 'TrustFiles';
const NAME = 'all';

/** For each document of kind Trust by its name: its digest, and the digest of it with the files that it names. */
type Read = Readonly<Record<string, readonly [document: string, read: string]>>;

type WatchContext = Pick<DocumentsContext, 'store' | 'clock' | 'log' | 'askForReview'>;

/**
 * Files that documents of kind Trust name change without anybody saying so. Whoever reads others first marks all images, and everybody reads them again before
 * judging what is marked.
 */
export class TrustWatch {
  readonly #context: WatchContext;
  readonly #sets: Pick<ActiveSets, 'current' | 'reread'>;
  #last: Read | null = null;
  /** Of what the stores say: this machine has other files. */
  #otherSince: number | null = null;

  constructor(context: WatchContext, sets: Pick<ActiveSets, 'current' | 'reread'>) {
    this.#context = context;
    this.#sets = sets;
  }

  /** Marks all images when the files are others than before. One read where any document of kind Trust is used, none otherwise. */
  async run(): Promise<void> {
    let own = readOf(await this.#sets.current());
    if (Object.keys(own).length === 0 && this.#last === null) {
      return;
    }
    const { read: stored, revision } = await this.#stored();
    if (isOther(stored, own) && this.#otherSince !== revision) {
      own = readOf(await this.#sets.reread());
    }
    const isChanged = isOther(this.#last ?? stored, own);
    // What was judged here since then was judged by files that nobody else has.
    const isMarked = !isOther(stored, own) && this.#otherSince === null;
    if ((isChanged && !isMarked) || !hasAll(stored, own)) {
      await this.#keep(own, { revision, isChanged: isChanged && !isMarked });
      this.#otherSince = null;
    } else if (isOther(stored, own)) {
      this.#differ(revision);
    }
    this.#last = own;
  }

  async #stored(): Promise<{ readonly read: Read; readonly revision: number }> {
    const { documents } = this.#context.store.records;
    const projectId = await documents.project(INSTALLATION);
    const found = projectId === null ? null : await documents.find(projectId, KIND, NAME);
    return found === null
      ? { read: {}, revision: 0 }
      : { read: parseStrictJson(found.content, 'files of trust') as Read, revision: found.revision };
  }

  async #keep(
    read: Read,
    { revision, isChanged }: { readonly revision: number; readonly isChanged: boolean },
  ): Promise<void> {
    const { store, clock, log, askForReview } = this.#context;
    const now = clock.now();
    await store.transaction(async (records) => {
      const projectId = await records.documents.ensureProject(INSTALLATION, now);
      const content = canonicalJson(read);
      const document = { kind: KIND, name: NAME, revision: revision + 1, digest: digestOf(content), content };
      const by = { createdAt: now, createdBy: WORKER.id, isRemoved: false };
      if (!(await records.documents.write(projectId, { ...document, ...by }))) {
        throw new Error('somebody else read other files of trust at the same time: it is tried again');
      }
      if (isChanged) {
        await records.judgements.mark({ kind: 'repositories', prefixes: null }, 'trust', now);
        await askForReview(records, now);
      }
    });
    if (isChanged) {
      log.info('files that documents of kind Trust name are others: all images are judged again', {});
    }
  }

  #differ(revision: number): void {
    if (this.#otherSince !== revision) {
      this.#context.log.warn('files that documents of kind Trust name are others on this machine than on another', {});
    }
    this.#otherSince = revision;
  }
}

function readOf({ trustRead }: Awaited<ReturnType<ActiveSets['current']>>): Read {
  return Object.fromEntries(trustRead);
}

/** Whether a document is the same, and its files are not. Documents that changed were marked by whoever wrote them. */
function isOther(before: Read, after: Read): boolean {
  return Object.entries(after).some(([name, [document, read]]) => {
    const known = before[name];
    return known !== undefined && known[0] === document && known[1] !== read;
  });
}

/** Whether all documents are known as they are. */
function hasAll(stored: Read, own: Read): boolean {
  return Object.entries(own).every(([name, [document]]) => stored[name]?.[0] === document);
}
