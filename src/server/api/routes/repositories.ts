import { z } from 'zod';
import { namePrefixes } from '#lib/access/index.ts';
import type { DetailsChange, RepositoryDetails } from '#model/platform/judgement.ts';
import { describeRepository } from '#stages/catalog/index.ts';
import { notFound } from '../error.ts';
import { assertMayRead } from '../permission.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { page, paging, repositoryName, stored, time, timeOrNull } from '../schemas.ts';

const details = z.strictObject({
  name: z.string(),
  owner: z.string().nullable(),
  description: z.string(),
  labels: z.record(z.string(), z.string()),
  /** RE2 patterns of tags that are never moved or deleted. */
  immutableTags: z.array(z.string()),
  /** Null before anybody said anything. */
  updatedAt: time.nullable(),
  updatedBy: z.string().nullable(),
});
const named = { repository: repositoryName };

/** Repositories, and what people say of them. */
export function repositoryRoutes(context: ApiContext): readonly Route[] {
  const { records } = context.store;
  return [
    route({
      method: 'GET',
      path: '/repositories',
      id: 'listRepositories',
      summary: 'Repositories that you may read about, by name.',
      query: paging,
      body: null,
      status: 200,
      answer: page(z.strictObject({ name: z.string() })),
      handle: async ({ subject, query: { after = null, limit } }) => {
        const found = await records.repositories.list(namePrefixes(subject, 'read'), { after, limit });
        const items = found.map(({ name }) => ({ name }));
        return { items, next: found.length < limit ? null : (found.at(-1)?.name ?? null) };
      },
    }),
    route({
      method: 'GET',
      path: '/repositories/{repository}',
      id: 'getRepository',
      summary: 'Who answers for a repository, what it is, and which of its tags are never moved.',
      params: named,
      body: null,
      status: 200,
      answer: details,
      handle: async ({ subject, params: { repository: name } }) => {
        assertMayRead(subject, name);
        const repository = await records.repositories.find(name);
        if (repository === null) {
          throw notFound(name);
        }
        return shown(name, await records.catalog.details(repository.id));
      },
    }),
    route({
      method: 'PATCH',
      path: '/repositories/{repository}',
      id: 'describeRepository',
      summary:
        'Says who answers for a repository and what it is; what is left out stays. Needs the role publisher, and admin for immutableTags.',
      params: named,
      body: {
        owner: stored.max(200).nullable().optional(),
        description: stored.max(4000).optional(),
        labels: z.record(stored.max(63), stored.max(256)).optional(),
        immutableTags: z.array(stored.max(200)).max(32).optional(),
      },
      status: 200,
      answer: details,
      handle: async ({ subject, params: { repository: name }, body }) => {
        assertMayRead(subject, name);
        return shown(name, await describeRepository(context, subject, name, given(body)));
      },
    }),
  ];
}

/** Without the members that are not said: one that is undefined would take the place of what is there. */
function given(body: { readonly [Name in keyof DetailsChange]: DetailsChange[Name] | undefined }): DetailsChange {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function shown(name: string, found: RepositoryDetails | null): z.input<typeof details> {
  return {
    name,
    owner: found?.owner ?? null,
    description: found?.description ?? '',
    labels: { ...found?.labels },
    immutableTags: [...(found?.immutableTags ?? [])],
    updatedAt: timeOrNull(found?.updatedAt ?? null),
    updatedBy: found?.updatedBy ?? null,
  };
}
