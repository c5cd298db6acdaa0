import { z } from 'zod';
import { type ApiContext, type Route, route } from '../route.ts';
import {
  account,
  accountName,
  environmentName,
  grantInputs,
  page,
  paging,
  shownAccount,
  toGrants,
} from '../schemas.ts';

const SECONDS = 1000;
const lifetime = z
  .int()
  .min(60)
  .max(366 * 24 * 60 * 60)
  .meta({ description: 'Seconds that the secret is good for; a year at most.' });
const named = { name: accountName.meta({ description: 'In full: robot$NAME or robot$PROJECT+NAME.' }) };
const withSecret = z.strictObject({ robot: account, secret: z.string() });

/** Programs: each with a secret that ends. */
export function robotRoutes({ accounts }: ApiContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/robots',
      id: 'listRobots',
      summary: 'Robots that you administer, by name.',
      query: paging,
      body: null,
      status: 200,
      answer: page(account),
      handle: async ({ subject, query }) => {
        const { accounts: found, next } = await accounts.list(subject, 'robot', {
          after: query.after ?? null,
          limit: query.limit,
        });
        return { items: found.map(shownAccount), next };
      },
    }),
    route({
      method: 'POST',
      path: '/robots',
      id: 'createRobot',
      isSecret: true,
      summary: 'Makes a robot. Its secret is in this answer and nowhere else.',
      body: {
        name: z.string().min(1).max(64),
        project: z.string().min(1).max(255).nullable().default(null),
        grants: grantInputs.min(1),
        environment: environmentName.nullable().default(null),
        expiresIn: lifetime,
      },
      status: 201,
      answer: withSecret,
      handle: async ({ subject, body: { grants, expiresIn, ...robot } }) => {
        const asked = { ...robot, grants: toGrants(grants), lifetimeMs: expiresIn * SECONDS };
        const made = await accounts.createRobot(subject, asked);
        return { robot: shownAccount(made.account), secret: made.secret };
      },
    }),
    route({
      method: 'GET',
      path: '/robots/{name}',
      id: 'getRobot',
      summary: 'One robot.',
      params: named,
      body: null,
      status: 200,
      answer: account,
      handle: async ({ subject, params }) => shownAccount(await accounts.find(subject, 'robot', params.name)),
    }),
    route({
      method: 'PATCH',
      path: '/robots/{name}',
      id: 'changeRobot',
      summary: 'Changes roles, environment, or whether the robot is disabled; what is left out stays.',
      params: named,
      body: {
        grants: grantInputs.min(1).optional(),
        environment: environmentName.nullable().optional(),
        isDisabled: z.boolean().optional(),
      },
      status: 200,
      answer: account,
      handle: async ({ subject, params, body }) => {
        const grants = body.grants === undefined ? undefined : toGrants(body.grants);
        return shownAccount(await accounts.change(subject, 'robot', params.name, { ...body, grants }));
      },
    }),
    route({
      method: 'POST',
      path: '/robots/{name}/rotate',
      id: 'rotateRobot',
      isSecret: true,
      summary: 'Gives a robot another secret and another end. The old secret is worth nothing at once.',
      params: named,
      body: { expiresIn: lifetime },
      status: 200,
      answer: withSecret,
      handle: async ({ subject, params, body }) => {
        const { account: robot, secret } = await accounts.rotate(subject, params.name, body.expiresIn * SECONDS);
        return { robot: shownAccount(robot), secret };
      },
    }),
    route({
      method: 'DELETE',
      path: '/robots/{name}',
      id: 'removeRobot',
      summary: 'Removes a robot for good.',
      params: named,
      body: null,
      status: 204,
      answer: null,
      handle: async ({ subject, params }) => await accounts.remove(subject, 'robot', params.name),
    }),
  ];
}
