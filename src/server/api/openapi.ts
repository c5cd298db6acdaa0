import { z } from 'zod';
import { API_PATH } from './links.ts';
import { problem } from './problem.ts';
import type { Route } from './route.ts';

const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** The description of the API (OpenAPI 3.1), from what the routes themselves go by. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = `${API_PATH}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Plimsoll', version, description: 'The API of a Plimsoll server.' },
    security: [{ basic: [] }],
    paths,
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
      schemas: { Problem: jsonSchema(problem, 'output') },
    },
  };
}

function operation({ id, summary, params, query, body, answer, status, method, isStream, isSecret }: Route): object {
  return {
    operationId: id,
    summary,
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query'), ...keyParameter(method, isSecret)],
    ...(body !== null && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } },
    }),
    responses: {
      [status]: {
        description: summary,
        ...(answer !== null && {
          content: { [isStream ? 'text/event-stream' : 'application/json']: { schema: jsonSchema(answer, 'output') } },
        }),
      },
      default: { description: 'What went wrong.', content: { 'application/problem+json': { schema: PROBLEM } } },
    },
  };
}

/** draft-ietf-httpapi-idempotency-key-header. */
function keyParameter(method: Route['method'], isSecret: boolean): readonly object[] {
  const description =
    'The same request with the same key is done once, and answered alike for a day; another one with the key is refused (422).';
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  return isSecret || method === 'GET' || method === 'DELETE'
    ? []
    : [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }];
}

function parameters(schema: z.ZodObject, where: 'path' | 'query'): readonly object[] {
  return Object.entries<z.core.$ZodType>(schema.shape).map(([name, type]) => ({
    name,
    in: where,
    required: where === 'path',
    schema: jsonSchema(z.object({ [name]: type }), 'input', name),
  }));
}

/** JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. With `member` that of one member. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', member: string | null = null): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  const found = member === null ? rest : rest.properties?.[member];
  return typeof found === 'object' ? found : {};
}
