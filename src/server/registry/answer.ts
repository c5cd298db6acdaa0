import type { ServerResponse } from 'node:http';
import type { Digest } from '#base/digest.ts';
import type { RequestError } from './request-error.ts';

/** Headers of an answer, in lower case. */
export type AnswerHeaders = Readonly<Record<string, number | string | string[]>>;

/** An answer without a body. */
export function answerEmpty(response: ServerResponse, status: number, headers: AnswerHeaders): void {
  response.writeHead(status, status === 204 || status === 304 ? headers : { 'content-length': 0, ...headers });
  response.end();
}

/** An answer whose body is at hand; Node leaves the body out for HEAD. */
export function answerBytes(
  response: ServerResponse,
  body: Uint8Array | string,
  headers: AnswerHeaders,
  status = 200,
): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

export function answerJson(response: ServerResponse, value: object, headers: AnswerHeaders = {}): void {
  answerBytes(response, JSON.stringify(value), {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...headers,
  });
}

/** OCI distribution-spec, "Error Codes". */
export function answerError(response: ServerResponse, { status, code, message, headers, detail }: RequestError): void {
  const body = JSON.stringify({ errors: [{ code, message, ...(detail === null ? {} : { detail }) }] });
  answerBytes(response, body, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }, status);
}

/** What goes with every manifest and blob: what it is called says what is in it, and who may read it can change. */
export function contentHeaders(digest: Digest): AnswerHeaders {
  return {
    'docker-content-digest': digest,
    etag: `"${digest}"`,
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
  };
}

/** Whether the client has what it asks for already (RFC 9110, section 13.1.2). */
export function isKnown(header: string | undefined, digest: Digest): boolean {
  return (
    header !== undefined &&
    header.split(',').some((tag) => {
      const text = tag.trim();
      return text === '*' || text === `"${digest}"` || text === `W/"${digest}"`;
    })
  );
}

/** `Link` to what follows in a list (RFC 8288). */
export function nextLink(path: string, parameters: Readonly<Record<string, string>>): AnswerHeaders {
  return { link: `<${path}?${new URLSearchParams(parameters).toString()}>; rel="next"` };
}
