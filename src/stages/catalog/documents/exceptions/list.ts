import { shownPage } from '#base/shown-page.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Page } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import { maySeeException, visible } from './decide.ts';
import { type ExceptionRequest, type ExceptionState, REQUEST_KIND, requestOf } from './record.ts';
import type { ExceptionContext } from './request.ts';

export interface ListedExceptions {
  readonly exceptions: readonly ExceptionRequest[];
  /** For `after` of the page that follows; null for the last one. */
  readonly next: string | null;
}

/** Exceptions that somebody may know of, by name; of one state, or of all for null. */
export async function listExceptions(
  { store, active }: Pick<ExceptionContext, 'store' | 'active'>,
  actor: Subject,
  { state, ...page }: Page & { readonly state: ExceptionState | null },
): Promise<ListedExceptions> {
  const { documents } = store.records;
  const projectId = await documents.project(INSTALLATION);
  const { set } = await active();
  const { items, next } = await shownPage(
    page,
    async (some) => (projectId === null ? [] : (await documents.list(projectId, REQUEST_KIND, some)).map(requestOf)),
    (one) => (state === null || one.state === state) && maySeeException(actor, one, set),
  );
  return { exceptions: items, next };
}

/** Throws `EXCEPTION_ABSENT`. */
export async function findException(
  context: Pick<ExceptionContext, 'store' | 'active'>,
  actor: Subject,
  name: string,
): Promise<ExceptionRequest> {
  return (await visible(context, actor, name)).request;
}
