import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Acquisition, AcquisitionChange, AcquisitionState } from '#model/platform/acquisition.ts';
import { AcquireError } from '#stages/acquire/index.ts';
import { evidence } from '#test/evidence.ts';
import { type Ask, apiClient, refusedWith } from '#test/fixtures/api-client.ts';
import { type ApiServer, basic, type Login, startApiServer } from '#test/fixtures/api-server.ts';

evidence('access/api', 'self-made', 'requests, lists and streams over SQLite, by who may read and who may not');

const NOTHING = { manifests: 0, manifestsDone: 0, blobs: 0, blobsDone: 0, bytes: 0, bytesDone: 0 };
let server: ApiServer;
let ask: Ask;
let viewer: Login;
let stranger: Login;
let count = 0;
before(async () => {
  server = await startApiServer([], { acquiring: { request } });
  ask = apiClient(server);
  viewer = await server.user('viewer', 'viewer', 'mirror/*');
  stranger = await server.user('stranger', 'viewer', 'other/*');
});
after(async () => await server.stop());

/** What a source would say, without one: everything of `docker.io` is on its way. */
async function request(subject: Subject, { reference }: { readonly reference: string }): Promise<Acquisition> {
  const [upstream = '', tag = 'latest'] = reference.split(':');
  if (!upstream.startsWith('docker.io/')) {
    throw new AcquireError('ACQUIRE_OUTSIDE_SOURCES', 'no source takes it', { object: upstream });
  }
  return await begun(upstream.slice('docker.io/'.length), tag, subject.id);
}

async function begun(path: string, reference: string, requestedBy = 'user:x'): Promise<Acquisition> {
  count += 1;
  const id = `0000000${count}-0000-7000-8000-000000000000`.slice(-36);
  const now = server.now();
  return await server.store.transaction(async (records) => {
    const repository = await records.repositories.ensure(`mirror/${path}`, now);
    const acquisition: Acquisition = {
      id,
      repository,
      source: 'hub',
      upstream: `docker.io/${path}`,
      reference,
      digest: null,
      state: 'waiting',
      reason: '',
      progress: NOTHING,
      requestedBy,
      requestedAt: now,
      updatedAt: now,
      finishedAt: null,
      version: 1,
    };
    return await records.acquisitions.begin(acquisition);
  });
}

async function change(id: string, more: AcquisitionChange): Promise<void> {
  const found = await server.store.records.acquisitions.find(id);
  assert.ok(found !== null && (await server.store.records.acquisitions.update(id, found.version, more, server.now())));
}

async function finish(id: string, state: AcquisitionState): Promise<void> {
  await change(id, { state, finishedAt: server.now(), reason: state === 'promoted' ? '' : 'policy says no' });
}

interface Shown {
  readonly id: string;
  readonly repository: string;
  readonly state: string;
}

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: Shown;
}

/** The events of a stream that ends. */
async function eventsOf(id: string, as: Login, lastId?: string): Promise<readonly Event[]> {
  const response = await stream(id, as, lastId);
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  return parsed(await response.text());
}

async function stream(id: string, as: Login, lastId?: string): Promise<Response> {
  return await fetch(`${server.url}/api/v1/acquisitions/${id}/events`, {
    headers: { authorization: basic(as), ...(lastId !== undefined && { 'last-event-id': lastId }) },
  });
}

function parsed(text: string): readonly Event[] {
  return text
    .split('\n\n')
    .map((block) => new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string])))
    .filter((fields) => fields.has('data'))
    .map((fields) => ({
      id: fields.get('id') ?? '',
      event: fields.get('event') ?? '',
      data: JSON.parse(fields.get('data') ?? '') as Shown,
    }));
}

describe('an acquisition', () => {
  it('is asked for, and shown to who may read where it goes', async () => {
    const { status, json } = await ask('POST', '/acquisitions', viewer, { reference: 'docker.io/library/alpine:3.20' });
    assert.equal(status, 202, JSON.stringify(json));
    const { id, ...made } = json as Shown & Readonly<Record<string, unknown>>;
    assert.deepEqual(made, {
      repository: 'mirror/library/alpine',
      source: 'hub',
      upstream: 'docker.io/library/alpine',
      reference: '3.20',
      digest: null,
      state: 'waiting',
      reason: '',
      progress: NOTHING,
      requestedBy: 'user:viewer',
      requestedAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: null,
    });
    assert.deepEqual((await ask('GET', `/acquisitions/${id}`, viewer)).json, json);
    const absent = '00000009-0000-7000-8000-000000000009';
    const hidden = refusedWith(await ask('GET', `/acquisitions/${id}`, stranger), 404, 'API_NOT_FOUND');
    const none = refusedWith(await ask('GET', `/acquisitions/${absent}`, stranger), 404, 'API_NOT_FOUND');
    const alike = (problem: object) => JSON.stringify({ ...problem, requestId: '' }).replaceAll(id, absent);
    assert.equal(alike(hidden), alike(none));
    refusedWith(await ask('GET', `/acquisitions/${id}/events`, stranger), 404, 'API_NOT_FOUND');
  });

  it('of what no source takes is refused', async () => {
    const asked = ask('POST', '/acquisitions', viewer, { reference: 'ghcr.io/a/b:1' });
    refusedWith(await asked, 403, 'ACQUIRE_OUTSIDE_SOURCES');
    refusedWith(await ask('POST', '/acquisitions', viewer, { reference: '' }), 400, 'API_REQUEST_INVALID');
  });

  it('is listed newest first, by state and repository, to who may read about it', async () => {
    const [first, second, third] = [
      await begun('list/a', '1'),
      await begun('list/ab', '1'),
      await begun('list/a', '2'),
    ];
    await finish(first.id, 'held');
    const listed = async (query: string, as = viewer) =>
      ((await ask('GET', `/acquisitions${query}`, as)).json as { items: Shown[] }).items.map(({ id }) => id);
    assert.deepEqual((await listed('')).slice(0, 3), [third.id, second.id, first.id]);
    assert.deepEqual(await listed('?repository=mirror/list/a'), [third.id, first.id]);
    assert.deepEqual(await listed('?repository=mirror/list/a&state=held'), [first.id]);
    assert.deepEqual(await listed('?repository=mirror/list/a', stranger), []);
    assert.deepEqual(await listed('', stranger), []);
    assert.deepEqual(await listed('?source=none'), []);
    const page = (await ask('GET', '/acquisitions?limit=1', viewer)).json as { items: Shown[]; next: string };
    assert.deepEqual(
      [page.items.map(({ id }) => id), await listed(`?limit=1&after=${page.next}`)],
      [[third.id], [second.id]],
    );
  });
});

describe('the events of an acquisition', () => {
  it('are every change that is seen, until it is over', async () => {
    const { id } = await begun('events/a', '1');
    const watched = await stream(id, viewer);
    const reader = watched.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (part: string): Promise<void> => {
      while (!text.includes(part)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        assert.ok(!done, text);
        text += value ?? '';
      }
    };
    await until('"state":"waiting"');
    await change(id, { state: 'copying', digest: digestOf('x'), progress: { ...NOTHING, bytes: 10, bytesDone: 4 } });
    await until('"bytesDone":4');
    await finish(id, 'promoted');
    await until('event: finished');
    assert.deepEqual(
      parsed(text).map((one) => [one.id, one.event, one.data.state]),
      [
        ['1', 'progress', 'waiting'],
        ['2', 'progress', 'copying'],
        ['3', 'finished', 'promoted'],
      ],
    );
    assert.equal((await reader?.read())?.done, true);
  });

  it('go on after the last one that was seen, and are over when that was the end', async () => {
    const { id } = await begun('events/b', '1');
    await finish(id, 'held');
    assert.deepEqual(
      (await eventsOf(id, viewer, '1')).map(({ event, data }) => [event, data.state]),
      [['finished', 'held']],
    );
    assert.equal((await eventsOf(id, viewer, 'nonsense')).length, 1);
    const over = await stream(id, viewer, '2');
    assert.deepEqual([over.status, await over.text()], [204, '']);
  });
});
