import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { silentLog } from '#base/log.ts';
import { createAccess } from '#server/access/index.ts';
import { describeApi } from '#server/api/index.ts';
import { openFsBlobs } from '#store/blobs/index.ts';
import { openSqliteStore } from '#store/metadata/index.ts';
import { page, table } from './source.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** As `/api/v1/openapi.json` of a server, which is made from the routes themselves: of one with stores that hold nothing. */
export async function apiDescription(version: string): Promise<Description> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-docs-'));
  const clock = systemClock;
  const random = (length: number): Uint8Array => randomBytes(length);
  const store = await openSqliteStore({ path: join(folder, 'plimsoll.db'), clock, random });
  try {
    const blobs = await openFsBlobs({ root: join(folder, 'blobs'), clock, unique: () => randomUUID() });
    const context = { store, blobs, clock, log: silentLog, publicUrl: 'http://127.0.0.1:7400' };
    const access = createAccess(context, { anonymousPull: [] });
    return describeApi(context, access, { version }) as Description;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The page of every route. */
export function apiPage({ paths }: Description): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, summary, responses }]) => {
      const isStream = Object.values(responses).some(({ content }) => content?.['text/event-stream'] !== undefined);
      return [`\`${method.toUpperCase()} ${path}\``, `\`${operationId}\``, `${summary}${isStream ? ' A stream.' : ''}`];
    }),
  );
  return page(
    'The API',
    '`src/server/api/routes`',
    'What a server answers below `/api/v1`. [openapi.json](openapi.json) describes every parameter, body and answer (OpenAPI 3.1); a server has its own at `/api/v1/openapi.json`. What `plimsoll acquire`, `catalog`, `where`, `promote`, `revoke`, `user` and `robot` print with `-o json` is the answer of the route that they ask; of lists it is `items` of all pages, and `more` where a limit cut them.',
    'Credentials are those of Basic authentication. Errors are `application/problem+json` (RFC 9457) with a `code` of [errors.md](errors.md). Lists take `limit` and `after`, and answer `next`; a page may be shorter than its limit. Members that are not described are refused in requests; in answers more may come. What is not yours to read about is answered as if it were not there.',
    'A `POST`, `PUT` or `PATCH` takes an `Idempotency-Key`, unless there is a secret in it: the same request with the same key is done once in a day and answered alike, with `Idempotency-Replayed: true`; another request with it is refused (422), and the same one while it is being done (409, `Retry-After`). What failed may be tried again.',
    'Streams are server-sent events. `Last-Event-ID` goes on after the last one that was seen; 204 says that nothing follows. They end when what they tell of is over, and when the server begins to stop.',
    table(['route', 'operation', 'what it does'], routes),
  );
}
