import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { type ApiServer, startApiServer } from '#test/fixtures/api-server.ts';

evidence('access/api', 'self-made', 'every route of the description with texts and bodies that are not right');

let server: ApiServer;
before(async () => {
  server = await startApiServer();
});
after(async () => await server.stop());

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

describe('what is not right', () => {
  const texts = [
    'x',
    '@',
    'a@b',
    '@1',
    '1@-',
    ' ',
    '/',
    'Policy/',
    '-1',
    '0',
    '9'.repeat(30),
    'ü',
    '\0',
    'x'.repeat(5000),
  ];
  const bodies = ['', 'x', 'null', '[]', '{}', '{"a":1,"a":2}', '{"reason":7}', '"\\ud800"', '['.repeat(10_000)];

  it('is never an error of the server, in any route', async () => {
    const { json } = await server.ask('GET', '/api/v1/openapi.json', { as: server.admin });
    const { paths } = json as { paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
    const wrong: string[] = [];
    let count = 0;
    const look = async (method: string, path: string, body?: string): Promise<void> => {
      const answer = await server.ask(method.toUpperCase(), `/api/v1${path}`, {
        as: server.admin,
        ...(body !== undefined && { text: body }),
      });
      count += 1;
      if (answer.status >= 500) {
        wrong.push(`${method} ${path.slice(0, 80)} ${body?.slice(0, 20) ?? ''}: ${JSON.stringify(answer.json)}`);
      }
    };
    for (const text of texts) {
      for (const query of ['package=lodash', 'finding=x', 'order=newest', 'order=worst']) {
        await look(
          'get',
          `/${query.startsWith('order') ? 'catalog' : 'where'}?${query}&after=${encodeURIComponent(text)}`,
        );
      }
    }
    for (const [template, operations] of Object.entries(paths)) {
      for (const [method, { parameters = [], requestBody, responses }] of Object.entries(operations)) {
        if (Object.keys(responses['200']?.content ?? {}).includes('text/event-stream')) {
          continue;
        }
        const path = template.replace('/api/v1', '').replaceAll(/\{[a-z]+\}/g, 'Policy');
        for (const text of texts) {
          const encoded = encodeURIComponent(text);
          if (template.includes('{')) {
            await look(method, template.replace('/api/v1', '').replaceAll(/\{[a-z]+\}/g, encoded));
          }
          for (const { name } of parameters.filter((one) => one.in === 'query')) {
            await look(method, `${path}?${name}=${encoded}`);
          }
        }
        for (const body of requestBody === undefined ? [] : bodies) {
          await look(method, path, body);
        }
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(count > 500, String(count));
  });
});
