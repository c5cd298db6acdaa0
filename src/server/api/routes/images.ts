import { z } from 'zod';
import { SEVERITIES } from '#model/advisory.ts';
import type { PackageFinding } from '#model/platform/judgement.ts';
import { LIFECYCLES } from '#model/platform/state.ts';
import { changeState, setApproval } from '#stages/catalog/index.ts';
import { findImage } from '../image.ts';
import { historyOf, pastEvent } from '../image-history.ts';
import { approval, compareFindings, findingsOf, report, reportOf, shownApproval } from '../image-report.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import {
  digest,
  imageReference,
  page,
  paging,
  parts,
  reason,
  repositoryName,
  shownState,
  state,
  time,
} from '../schemas.ts';

const read = { repository: repositoryName, reference: imageReference };
const decided = { repository: repositoryName, digest };
const READ = '/repositories/{repository}/manifests/{reference}';
const DECIDED = '/repositories/{repository}/manifests/{digest}';

const finding = z.strictObject({
  id: z.string(),
  aliases: z.array(z.string()),
  severity: z.enum(SEVERITIES),
  purl: z.string(),
  fixedIn: z.string().nullable(),
});

/** Images: what is known of them, and what is decided. */
export function imageRoutes(context: ApiContext): readonly Route[] {
  const { records } = context.store;
  return [
    route({
      method: 'GET',
      path: READ,
      id: 'getReport',
      summary:
        'The report of an image: its state, what was decided, what policy says, what is in it, what hangs on it, where it runs, and what is not known.',
      params: read,
      body: null,
      status: 200,
      answer: report,
      handle: async ({ subject, params }) => await reportOf(records, await findImage(records, subject, params)),
    }),
    route({
      method: 'GET',
      path: `${READ}/findings`,
      id: 'listFindings',
      summary: 'What advisories say of the packages of an image, the worst first.',
      params: read,
      query: { ...paging, severity: z.enum(SEVERITIES).optional() },
      body: null,
      status: 200,
      answer: page(finding),
      handle: async ({ subject, params, query: { after, limit, severity } }) => {
        const all = await findingsOf(records, await findImage(records, subject, params));
        const asked = all.filter((one) => severity === undefined || one.severity === severity);
        // Also where the one that the last page ended at is gone since.
        const rest = after === undefined ? asked : asked.filter((one) => isAfter(one, after));
        const items = rest.slice(0, limit);
        const last = items.at(-1);
        const isLast = rest.length <= limit;
        return {
          items: items.map((one) => ({ ...one, aliases: [...one.aliases] })),
          next: isLast || last === undefined ? null : keyOf(last),
        };
      },
    }),
    route({
      method: 'GET',
      path: `${READ}/history`,
      id: 'getHistory',
      summary: 'How an image came, and what policy said of it since, newest first; the last 100.',
      params: read,
      body: null,
      status: 200,
      answer: z.strictObject({ items: z.array(pastEvent) }),
      handle: async ({ subject, params }) => ({
        items: await historyOf(records, await findImage(records, subject, params)),
      }),
    }),
    route({
      method: 'POST',
      path: `${DECIDED}/state`,
      id: 'changeState',
      summary: 'Moves an image to another state. Needs the role approver, for every environment.',
      params: decided,
      body: { state: z.enum(LIFECYCLES), reason },
      status: 200,
      answer: state.extend({ parts }),
      handle: async ({ subject, params, body }) => {
        const found = await changeState(context, subject, { ...params, to: body.state, reason: body.reason });
        return { ...shownState(found), parts: [...found.parts] };
      },
    }),
    route({
      method: 'POST',
      path: `${DECIDED}/approvals`,
      id: 'setApproval',
      summary: 'Decides about an image for one environment. Needs the role approver for that.',
      params: decided,
      body: {
        environment: z.string().min(1).max(63),
        decision: z.enum(['approved', 'refused']),
        reason,
        verdict: digest.nullable().default(null),
        validUntil: time.nullable().default(null),
      },
      status: 200,
      answer: approval.extend({ parts }),
      handle: async ({ subject, params, body }) => {
        const validUntil = body.validUntil === null ? null : Date.parse(body.validUntil);
        const { parts: went, ...given } = await setApproval(context, subject, { ...params, ...body, validUntil });
        return { ...shownApproval(given), parts: [...went] };
      },
    }),
  ];
}

type Place = Pick<PackageFinding, 'severity' | 'purl' | 'id'>;

function keyOf({ severity, purl, id }: Place): string {
  return `${severity} ${purl} ${id}`;
}

/** Whether it comes after the one with this key, as `findingsOf` sorts; nothing comes after what is no key. */
function isAfter(one: Place, key: string): boolean {
  const [word, purl = '', id = ''] = key.split(' ', 3);
  const severity = SEVERITIES.find((each) => each === word);
  return severity !== undefined && compareFindings(one, { severity, purl, id }) > 0;
}
