import { z } from 'zod';
import {
  decideException,
  EXCEPTION_STATES,
  type ExceptionRequest,
  endException,
  findException,
  listExceptions,
  requestException,
} from '#stages/catalog/documents/index.ts';
import { ApiError } from '../error.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { page, paging, reason, stored, time, timeOf, timeOrNull } from '../schemas.ts';

const MAX_LIST = 256;
const SECOND = 1000;
const words = stored.min(1).max(4096);
const texts = z.array(stored.min(1).max(512)).max(MAX_LIST).default([]);
const name = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/, 'expected a name of letters, digits, . _ and -');
const named = { name };

const exception = z.strictObject({
  name: z.string(),
  state: z.enum([...EXCEPTION_STATES, 'expired']),
  /** Scopes of repositories here, and patterns as documents have them. */
  repositories: z.array(z.string()),
  digests: z.array(z.string()),
  packages: z.array(z.string()),
  rules: z.array(z.string()),
  findings: z.array(z.string()),
  environments: z.array(z.string()),
  reason: z.string(),
  owner: z.string(),
  ticket: z.string(),
  justification: z.string().nullable(),
  expires: time,
  requestedBy: z.string(),
  requestedAt: time,
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
  /** Why it was decided so, or ended; empty before. */
  decision: z.string(),
});

/** Exceptions: asked for by one, approved by another, ended by either or by time. */
export function exceptionRoutes({ documents, clock }: ApiContext): readonly Route[] {
  const show = (request: ExceptionRequest): z.input<typeof exception> => shown(request, clock.now());
  const decide = (decision: 'approved' | 'rejected', verb: string, summary: string): Route =>
    route({
      method: 'POST',
      path: `/exceptions/{name}/${verb}`,
      id: `${verb}Exception`,
      summary,
      params: named,
      body: { reason },
      status: 200,
      answer: exception,
      handle: async ({ subject, params, body }) =>
        show(await decideException(documents, subject, { ...params, ...body, decision })),
    });
  return [
    route({
      method: 'GET',
      path: '/exceptions',
      id: 'listExceptions',
      summary: 'Exceptions for what you may read about, by name, of one state or of all.',
      query: { ...paging, state: z.enum(EXCEPTION_STATES).optional() },
      body: null,
      status: 200,
      answer: page(exception),
      handle: async ({ subject, query: { after = null, limit, state = null } }) => {
        const { exceptions, next } = await listExceptions(documents, subject, { after, limit, state });
        return { items: exceptions.map(show), next };
      },
    }),
    route({
      method: 'POST',
      path: '/exceptions',
      id: 'requestException',
      summary:
        'Asks for an exception. It lets nothing pass until somebody else approves it. Whoever may read about all the repositories that it is for may ask.',
      body: {
        name,
        repositories: texts.meta({ description: 'Repositories here, or all below a prefix: `team/app`, `team/*`.' }),
        digests: texts,
        packages: texts.meta({ description: 'Package URLs, without a version for every version.' }),
        rules: texts.meta({ description: '`POLICY/RULE`, or `POLICY` for all of its rules.' }),
        findings: texts,
        environments: texts.meta({ description: 'All of them when there is none.' }),
        reason: words,
        owner: words.meta({ description: 'Who sees to it that it ends.' }),
        ticket: words,
        justification: z.string().max(128).nullable().default(null),
        expires: time.optional(),
        expiresIn: z
          .int()
          .min(60)
          .max(3660 * 24 * 60 * 60)
          .optional()
          .meta({ description: 'Seconds from now, in place of `expires`.' }),
      },
      status: 201,
      answer: exception,
      handle: async ({ subject, body: { repositories: scopes, expires, expiresIn, ...wish } }) => {
        const end = endOf(expires, expiresIn, clock.now());
        return show(await requestException(documents, subject, { ...wish, scopes, expires: end }));
      },
    }),
    route({
      method: 'GET',
      path: '/exceptions/{name}',
      id: 'getException',
      summary: 'One exception.',
      params: named,
      body: null,
      status: 200,
      answer: exception,
      handle: async ({ subject, params }) => show(await findException(documents, subject, params.name)),
    }),
    decide(
      'approved',
      'approve',
      'Approves an exception: it counts from now on. Needs the role approver for all that it is for; never by whoever asked.',
    ),
    decide('rejected', 'reject', 'Rejects an exception. Needs what approving it needs.'),
    route({
      method: 'DELETE',
      path: '/exceptions/{name}',
      id: 'endException',
      summary: 'Ends an exception, or withdraws it: for whoever asked, and whoever could approve it.',
      params: named,
      query: { reason },
      body: null,
      status: 200,
      answer: exception,
      handle: async ({ subject, params, query }) =>
        show(await endException(documents, subject, { ...params, ...query })),
    }),
  ];
}

/** Throws `API_REQUEST_INVALID` unless one of them is said. */
function endOf(expires: string | undefined, expiresIn: number | undefined, now: number): number {
  if ((expires === undefined) === (expiresIn === undefined)) {
    throw new ApiError('API_REQUEST_INVALID', 'expected either expires or expiresIn', { object: 'body.expires' });
  }
  return expires === undefined ? now + (expiresIn ?? 0) * SECOND : Date.parse(expires);
}

function shown(request: ExceptionRequest, now: number): z.input<typeof exception> {
  const { asked, requester, requestedAt, decider, decidedAt, decision, state } = request;
  const { digests, packages, rules, findings, environments, owner, ticket, justification, expires } = asked;
  const isOver = Date.parse(expires) <= now && (state === 'approved' || state === 'pending');
  return {
    name: request.name,
    state: isOver ? 'expired' : state,
    repositories: [...asked.scopes, ...asked.patterns],
    digests: [...digests],
    packages: [...packages],
    rules: [...rules],
    findings: [...findings],
    environments: [...environments],
    reason: asked.reason,
    owner,
    ticket,
    justification,
    expires,
    requestedBy: requester.id,
    requestedAt: timeOf(requestedAt),
    decidedBy: decider?.id ?? null,
    decidedAt: timeOrNull(decidedAt),
    decision,
  };
}
