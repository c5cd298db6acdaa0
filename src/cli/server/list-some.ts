import { answerOf } from './answer.ts';
import { type ApiTarget, askApi } from './api-client.ts';

const PAGE = 500;
/** Pages may be shorter than they could be, but not for ever. */
const MAX_PAGES = 1000;

/** What a list began with. */
export interface SomeItems {
  readonly items: readonly unknown[];
  /** More are there. */
  readonly more: boolean;
}

/** The first so many of a list, however many pages that takes. */
export async function listSome(
  target: ApiTarget,
  path: string,
  parameters: URLSearchParams,
  limit: number,
): Promise<SomeItems> {
  const items: unknown[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const query = new URLSearchParams(parameters);
    query.set('limit', String(Math.min(PAGE, limit - items.length + 1)));
    if (after !== null) {
      query.set('after', after);
    }
    const answer: unknown = await askApi(target, 'GET', `${path}?${query.toString()}`);
    const page = answerOf(answer, path);
    page.list('items');
    const found = typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : [];
    items.push(...(Array.isArray(found) ? (found as readonly unknown[]) : []));
    after = page.optional('next');
    if (items.length > limit || after === null) {
      return { items: items.slice(0, limit), more: items.length > limit };
    }
  }
  return { items, more: true };
}
