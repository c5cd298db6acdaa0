import type { ServerResponse } from 'node:http';

/** What went wrong, for programs and people (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** Of the request, for whoever looks for it in the log. */
  readonly requestId?: string;
}

/** Answers with a problem. Nothing of what the client sent is in it. */
export function answerProblem(response: ServerResponse, problem: Problem): void {
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
