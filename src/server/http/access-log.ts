import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log, LogFields } from '#base/log.ts';

/** One request that is over. */
export interface RequestRecord {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Whether the client had all of the answer. */
  readonly isComplete: boolean;
  readonly milliseconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const MAX_PATH_CHARS = 1024;
const MAX_AGENT_CHARS = 200;

/** Parameters whose values are no secrets and say what was asked for. Of any other only the name is written. */
const SHOWN: ReadonlySet<string> = new Set([
  'n',
  'last',
  'digest',
  'mount',
  'from',
  'artifactType',
  'scope',
  'service',
  'tag',
]);

/** A line for every request: what was asked, never the header `Authorization`, and no values of parameters that may be secrets. */
export function logRequest(
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
  record: RequestRecord,
  client: string,
): void {
  const fields: LogFields = {
    client,
    method: record.method,
    path: shownPath(request.url ?? ''),
    status: record.status,
    ms: Math.round(record.milliseconds * 10) / 10,
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut,
    agent: (request.headers['user-agent'] ?? '').slice(0, MAX_AGENT_CHARS),
    ...(!record.isComplete && { cut: response.writableFinished ? 'request' : 'answer' }),
  };
  log.info('request', fields);
}

function shownPath(url: string): string {
  const at = url.indexOf('?');
  if (at === -1) {
    return url.slice(0, MAX_PATH_CHARS);
  }
  const query = [...new URLSearchParams(url.slice(at + 1, at + 1 + MAX_PATH_CHARS))]
    .map(([name, value]) => `${name}=${SHOWN.has(name) ? value : '…'}`)
    .join('&');
  return `${url.slice(0, at)}?${query}`.slice(0, MAX_PATH_CHARS);
}
