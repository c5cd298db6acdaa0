import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as send } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Digest } from '#base/digest.ts';
import type { Subject } from '#model/platform/access.ts';
import type { FirstPull, FirstPullAnswer } from '#model/platform/intake.ts';
import { changeState } from '#stages/catalog/index.ts';
import { evidence } from '#test/evidence.ts';
import type { Document } from '#test/fixtures/registry-client.ts';
import { PEOPLE, type RegistryUnderTest, startRegistry } from '#test/fixtures/registry-under-test.ts';

evidence('registry/states', 'self-made', 'every answer of the gate, by readers of every kind');

interface Asked {
  readonly subject: Subject;
  readonly repository: string;
  readonly signal: AbortSignal;
}

/** Answers what a test says, and remembers who asked. */
class Gate implements FirstPull {
  readonly asked: Asked[] = [];
  readonly noticed: string[] = [];
  readonly unjudgedDigests = new Set<Digest>();
  answer: (signal: AbortSignal) => Promise<FirstPullAnswer | null> = () => Promise.resolve(null);

  async pull(...[subject, repository, , signal]: Parameters<FirstPull['pull']>): Promise<FirstPullAnswer | null> {
    this.asked.push({ subject, repository, signal });
    return await this.answer(signal);
  }

  served(named: string, tag: string): void {
    this.noticed.push(`${named}:${tag}`);
  }

  unjudged(_repository: string, digest: Digest): Promise<string | null> {
    return Promise.resolve(this.unjudgedDigests.has(digest) ? 'nobody has "decided" yet' : null);
  }
}

const gate = new Gate();
let registry: RegistryUnderTest;
before(async () => {
  registry = await startRegistry({ firstPull: gate });
});
after(async () => await registry.stop());

let repository = '';
let count = 0;
beforeEach(() => {
  count += 1;
  repository = `team/gated-${count}`;
  gate.asked.length = 0;
  gate.answer = () => Promise.resolve(null);
});

function says(answer: FirstPullAnswer): void {
  gate.answer = () => Promise.resolve(answer);
}

const path = (reference: string): string => `/v2/${repository}/manifests/${reference}`;
const random = (length: number): Uint8Array => new Uint8Array(length).map(() => Math.floor(Math.random() * 256));

async function approve({ digest }: Document): Promise<void> {
  const change = { repository, digest, to: 'approved', reason: 'for a test' } as const;
  await changeState({ ...registry, random }, PEOPLE.root, change);
}

describe('a pull of what is not here', () => {
  it('waits for the gate, and is served when it is approved', async () => {
    gate.answer = async () => {
      await approve(await registry.as('alice').pushImage(repository, { tag: 'v1', seed: repository }));
      return { kind: 'ready', warning: 'it came a "moment" ago' };
    };
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.deepEqual([got.status, got.headers['warning']], [200, `299 - "it came a 'moment' ago"`]);
    assert.deepEqual(
      gate.asked.map((asked) => [asked.subject.id, asked.repository]),
      [['user:vera', repository]],
    );
    // It is known now: nobody asks again, and the gate hears of the tag.
    assert.equal((await registry.as('vera').ask('HEAD', path('v1'))).status, 200);
    assert.deepEqual([gate.asked.length, gate.noticed.includes(`${repository}:v1`)], [1, true]);
  });

  it('is not served because the gate is ready: its state decides', async () => {
    gate.answer = async () => {
      await registry.as('alice').pushImage(repository, { tag: 'v1', seed: repository });
      return { kind: 'ready', warning: null };
    };
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.deepEqual([got.status, got.codes()], [403, ['DENIED']]);
  });

  it('is told to come again', async () => {
    says({ kind: 'wait', retryAfterSeconds: 4.2, message: 'it is looked at\r\nSet-Cookie: "x"' });
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.deepEqual([got.status, got.codes()], [429, ['TOOMANYREQUESTS']]);
    assert.equal(got.headers['retry-after'], '5');
    assert.equal(got.headers['warning'], `299 - "it is looked at??Set-Cookie: 'x'"`);
    const head = await registry.as('vera').ask('HEAD', path('v1'));
    assert.deepEqual([head.status, head.headers['retry-after'], head.body.length], [429, '5', 0]);
  });

  it('is refused with the reason and where more is said', async () => {
    says({ kind: 'refused', message: 'its signature is wrong' });
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.deepEqual([got.status, got.codes()], [403, ['DENIED']]);
    const { errors } = got.json() as { errors: { message: string; detail: { reason: string; report: string } }[] };
    assert.equal(errors[0]?.detail.reason, 'its signature is wrong');
    assert.equal(errors[0]?.detail.report, `http://registry.test/api/v1/acquisitions?repository=${repository}`);
    assert.ok(errors[0]?.message.includes('its signature is wrong; report: http'));
    // Whoever may push takes any other answer for the end of a push.
    const push = await registry.as('alice').ask('GET', path('v1'));
    assert.deepEqual([push.status, push.codes()], [404, ['MANIFEST_UNKNOWN']]);
  });

  it('is as ever where no source speaks of the repository', async () => {
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.deepEqual([got.status, got.codes(), gate.asked.length], [404, ['MANIFEST_UNKNOWN'], 1]);
  });

  it('is not asked for by whoever may not pull it', async () => {
    says({ kind: 'ready', warning: null });
    for (const who of ['eve', null] as const) {
      const got = await registry.as(who).ask('GET', path('v1'));
      assert.ok(got.status === 404 || got.status === 401, String(got.status));
    }
    assert.deepEqual(gate.asked, []);
  });

  it('by a client that goes away waits no longer', async () => {
    const { promise: waits, resolve } = Promise.withResolvers<AbortSignal>();
    gate.answer = async (signal) => {
      resolve(signal);
      await once(signal, 'abort');
      throw signal.reason;
    };
    const [url = ''] = registry.urls;
    const sent = send(`${url}${path('v1')}`, { headers: { authorization: 'Bearer vera' }, agent: false });
    sent.on('error', () => undefined);
    sent.end();
    const signal = await waits;
    sent.destroy();
    await (signal.aborted ? undefined : once(signal, 'abort'));
    assert.ok(signal.aborted);
  });
});

describe('a pull of what is in quarantine', () => {
  it('is served with a warning while its source has it served, with what belongs to it, and nothing else', async () => {
    const image = await registry.as('alice').pushImage(repository, { tag: 'v1', seed: repository });
    const other = await registry.as('alice').pushImage(repository, { tag: 'v2', seed: `${repository} other` });
    const { config } = JSON.parse(image.bytes.toString()) as { config: { digest: Digest } };
    const blob = `/v2/${repository}/blobs/${config.digest}`;
    assert.equal((await registry.as('vera').ask('GET', blob)).status, 403);
    gate.unjudgedDigests.add(image.digest).add(config.digest);
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.deepEqual([got.status, got.headers['warning']], [200, `299 - "nobody has 'decided' yet"`]);
    assert.equal((await registry.as('vera').ask('GET', blob)).status, 200);
    assert.equal((await registry.as('vera').ask('GET', path(other.digest))).status, 403);
    assert.equal((await registry.as('eve').ask('GET', blob)).status, 404);
  });

  it('asks the gate, and is refused with the report of the image', async () => {
    const { digest } = await registry.as('alice').pushImage(repository, { tag: 'v1', seed: repository });
    says({ kind: 'refused', message: 'policy refuses it' });
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.equal(got.status, 403);
    const { errors } = got.json() as { errors: { detail: { reason: string; report: string } }[] };
    assert.deepEqual(errors[0]?.detail, {
      reason: 'policy refuses it',
      report: `http://registry.test/api/v1/repositories/${repository}/manifests/${digest}`,
    });
  });

  it('is as ever for who may see it, and for what was decided', async () => {
    const image = await registry.as('alice').pushImage(repository, { tag: 'v1', seed: repository });
    says({ kind: 'refused', message: 'policy refuses it' });
    for (const who of ['alice', 'ann'] as const) {
      assert.equal((await registry.as(who).ask('GET', path('v1'))).status, 200);
    }
    const change = { repository, digest: image.digest, to: 'revoked', reason: 'a person said so' } as const;
    await changeState({ ...registry, random }, PEOPLE.root, change);
    const got = await registry.as('vera').ask('GET', path('v1'));
    assert.deepEqual([got.status, gate.asked.length], [403, 0]);
    assert.ok(got.body.toString().includes('a person said so'));
  });
});
