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

const password = z.string().max(1024);
const named = { name: accountName };

/** People. */
export function userRoutes({ accounts }: ApiContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/users',
      id: 'listUsers',
      summary: 'Users, by name. Needs the role admin for all.',
      query: paging,
      body: null,
      status: 200,
      answer: page(account),
      handle: async ({ subject, query }) => {
        const { accounts: found, next } = await accounts.list(subject, 'user', {
          after: query.after ?? null,
          limit: query.limit,
        });
        return { items: found.map(shownAccount), next };
      },
    }),
    route({
      method: 'POST',
      path: '/users',
      id: 'createUser',
      isSecret: true,
      summary: 'Makes a user.',
      body: {
        name: accountName,
        password,
        grants: grantInputs.default([]),
        environment: environmentName.nullable().default(null),
      },
      status: 201,
      answer: account,
      handle: async ({ subject, body }) =>
        shownAccount(await accounts.createUser(subject, { ...body, grants: toGrants(body.grants) })),
    }),
    route({
      method: 'GET',
      path: '/users/{name}',
      id: 'getUser',
      summary: 'One user.',
      params: named,
      body: null,
      status: 200,
      answer: account,
      handle: async ({ subject, params }) => shownAccount(await accounts.find(subject, 'user', params.name)),
    }),
    route({
      method: 'PATCH',
      path: '/users/{name}',
      id: 'changeUser',
      summary:
        'Changes roles, environment, or whether the user is disabled; what is left out stays. Disabling ends all tokens.',
      params: named,
      body: {
        grants: grantInputs.optional(),
        environment: environmentName.nullable().optional(),
        isDisabled: z.boolean().optional(),
      },
      status: 200,
      answer: account,
      handle: async ({ subject, params, body }) => {
        const grants = body.grants === undefined ? undefined : toGrants(body.grants);
        return shownAccount(await accounts.change(subject, 'user', params.name, { ...body, grants }));
      },
    }),
    route({
      method: 'PUT',
      path: '/users/{name}/password',
      id: 'setPassword',
      isSecret: true,
      summary: 'Sets a password: your own with the present one, that of others as administrator. Ends all tokens.',
      params: named,
      body: { password, current: password.nullable().default(null) },
      status: 200,
      answer: account,
      handle: async ({ subject, params, body, request }) =>
        shownAccount(await accounts.setPassword(subject, params.name, body, request.clientAddress)),
    }),
    route({
      method: 'DELETE',
      path: '/users/{name}',
      id: 'removeUser',
      summary: 'Removes a user for good. The last administrator stays.',
      params: named,
      body: null,
      status: 204,
      answer: null,
      handle: async ({ subject, params }) => await accounts.remove(subject, 'user', params.name),
    }),
  ];
}
