import type { Service } from '../config/index.ts';
import type { RequestHandler, ServerRequest } from '../context.ts';
import type { Readiness } from '../health/readiness.ts';
import { answerJson, answerProblem, answerText } from '../http/index.ts';
import { METRICS_TYPE, type ProcessMetrics, renderMetrics } from '../metrics/index.ts';

/** What answers the requests of a front; null for what it was not started for. */
export interface FrontParts {
  readonly registry: RequestHandler | null;
  readonly api: RequestHandler | null;
  /** `/auth/token`. */
  readonly tokens: RequestHandler | null;
  readonly ready: () => Promise<Readiness>;
  readonly collect: () => Promise<readonly ProcessMetrics[]>;
}

/** Which part answers a request, on a listener that serves these. Paths are taken as they are sent: `/%762/` is no registry. */
export function dispatch(services: readonly Service[], parts: FrontParts): RequestHandler {
  const serves = new Set(services);
  const registry = serves.has('registry') ? parts.registry : null;
  const api = serves.has('api') ? parts.api : null;
  const tokens = serves.has('registry') || serves.has('api') ? parts.tokens : null;
  return async (request) => {
    const path = (request.request.url ?? '').split('?', 1)[0] ?? '';
    if (registry !== null && (path === '/v2' || path.startsWith('/v2/'))) {
      await registry(request);
    } else if (tokens !== null && path === '/auth/token') {
      await tokens(request);
    } else if (api !== null && (path === '/api' || path.startsWith('/api/'))) {
      await api(request);
    } else if (path === '/healthz') {
      answerReading(request, () => answerJson(request.response, 200, { status: 'alive' }));
    } else if (path === '/readyz') {
      const { isReady, checks } = await parts.ready();
      const status = isReady ? 'ready' : 'not ready';
      answerReading(request, () => answerJson(request.response, isReady ? 200 : 503, { status, checks }));
    } else if (path === '/metrics' && serves.has('metrics')) {
      const text = renderMetrics(await parts.collect());
      answerReading(request, () => answerText(request.response, 200, METRICS_TYPE, text));
    } else if (path.startsWith('/admission/') && serves.has('admission')) {
      answerAdmission(request);
    } else {
      notHere(request);
    }
  };
}

/** Admission comes with the deploy stage. Until then nobody may take a missing answer for a yes. */
function answerAdmission({ response, id }: ServerRequest): void {
  const detail = 'Admission comes with the deploy stage; this version does not decide about workloads.';
  answerProblem(response, { status: 503, title: 'admission is not there yet', detail, requestId: id });
}

function answerReading({ request, response, id }: ServerRequest, answer: () => void): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    answer();
  } else {
    response.setHeader('allow', 'GET, HEAD');
    answerProblem(response, { status: 405, title: 'this can only be read', requestId: id });
  }
}

function notHere({ response, id }: ServerRequest): void {
  answerProblem(response, { status: 404, title: 'there is nothing at this path', requestId: id });
}
