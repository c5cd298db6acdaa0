import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import { type Reply, startAnswering } from '#test/fixtures/answering-server.ts';
import { signingKey } from '#test/fixtures/signing-key.ts';
import { type SigningServers, startSigningServers } from '#test/fixtures/signing-servers.ts';
import type { LogRequest } from '../sign/witness.ts';
import { verifyLogEntry } from '../transparency/verify-log-entry.ts';
import { readEntry } from './log-entry.ts';
import { rekor } from './rekor.ts';

evidence('trust/rekor', 'real tool', '@sigstore/mock over HTTP, whose promises and proofs verify under its own key');

const PATH = '/api/v1/log/entries';

describe('a log of the first generation', () => {
  let servers: SigningServers;
  let request: LogRequest;
  before(async () => {
    servers = await startSigningServers();
    request = await requestOver('content');
  });
  after(async () => {
    await servers.close();
  });

  async function requestOver(content: string): Promise<LogRequest> {
    const key = signingKey('p256');
    const signature = await key.sign(Buffer.from(content), 'ecdsa');
    return {
      kind: 'hashedrekord',
      digest: digestOf(content),
      signature,
      verifier: { kind: 'public-key', der: key.publicKey },
    };
  }

  /** Asks a log that answers as told, given what the mock would have said. */
  async function ask(answer: (given: Entries) => Reply): Promise<object> {
    const enter = servers.answer;
    const server = await startAnswering(async (question, response) => {
      const reply = await enter(question, response);
      return answer(structuredClone(reply?.body) as Entries);
    });
    try {
      return await rekor(server.url, servers.access).enter(await requestOver('content'));
    } finally {
      await server.close();
    }
  }

  it('gives an entry with a promise and a proof that verify', async () => {
    const entry = await rekor(servers.url, servers.access).enter(request);
    const { services } = servers;
    const read = readEntry(entry, 'entry');
    const options = { object: 'entry', now: services.now, evidence: 'promise' } as const;
    assert.equal(verifyLogEntry(read, services.root, options).integratedTime, services.now);
    assert.ok(read.inclusionProof?.checkpoint);
    assert.deepEqual(read.kindVersion, { kind: 'hashedrekord', version: '0.0.1' });
    assert.deepEqual(Object.keys(entry), [
      'logIndex',
      'logId',
      'kindVersion',
      'integratedTime',
      'inclusionPromise',
      'inclusionProof',
      'canonicalizedBody',
    ]);
  });

  it('has one entry for the same signature: that which is there is fetched', async () => {
    const log = rekor(servers.url, servers.access);
    const first = await log.enter(request);
    assert.deepEqual(await log.enter(request), first);
    const [, , get] = servers.asked.slice(-3);
    assert.equal(get?.method, 'GET');
    assert.match(get?.path ?? '', /^\/api\/v1\/log\/entries\/[0-9a-f]{64}$/);
  });

  it('is not asked where an entry is said to be on another server, or beside the entries', async () => {
    const elsewhere = await startAnswering(() => ({ body: {} }));
    const located = (location: string): Reply => ({ status: 409, headers: { location } });
    try {
      for (const location of [
        `${elsewhere.url}${PATH}/aa`,
        `//${elsewhere.url.slice('http://'.length)}${PATH}/aa`,
        '/api/v1/other',
        `${PATH}/../other`,
        PATH,
        '',
      ]) {
        await assert.rejects(
          ask(() => located(location)),
          { code: 'LOG_ENTRY_REFUSED' },
          location,
        );
      }
      assert.equal(elsewhere.asked.length, 0);
    } finally {
      await elsewhere.close();
    }
  });

  it('that answers with something else is refused', async () => {
    const other = await servers.services.mock.log.log({ kind: 'hashedrekord', apiVersion: '0.0.1', spec: {} });
    const another = await rekor(servers.url, servers.access)
      .enter(await requestOver('content'))
      .then((entry) => entry as { readonly canonicalizedBody: string });
    const changed =
      (change: (entry: Entry) => void) =>
      (given: Entries): Reply => {
        for (const entry of Object.values(given)) {
          change(entry);
        }
        return { status: 201, body: given };
      };
    const table: readonly (readonly [string, (given: Entries) => Reply, code: string])[] = [
      ['an entry that says nothing', () => ({ status: 201, body: other }), 'LOG_BODY_INVALID'],
      [
        'the entry of another signature',
        changed((entry) => {
          entry.body = another.canonicalizedBody;
        }),
        'LOG_BODY_MISMATCH',
      ],
      ['two entries', (given) => ({ status: 201, body: { ...given, ...other } }), 'LOG_ENTRY_REFUSED'],
      ['no entry', () => ({ status: 201, body: {} }), 'LOG_ENTRY_REFUSED'],
      ['no object', () => ({ status: 201, body: '"entry"' }), 'LOG_ENTRY_REFUSED'],
      ['an index below zero', changed((entry) => Object.assign(entry, { logIndex: -1 })), 'LOG_ENTRY_REFUSED'],
      ['a broken index', changed((entry) => Object.assign(entry, { logIndex: 1.5 })), 'LOG_ENTRY_REFUSED'],
      ['an index that is text', changed((entry) => Object.assign(entry, { logIndex: '1' })), 'LOG_ENTRY_REFUSED'],
      ['a log without a name', changed((entry) => Object.assign(entry, { logID: '' })), 'LOG_ENTRY_REFUSED'],
      ['a log id that is not hex', changed((entry) => Object.assign(entry, { logID: 'xy' })), 'LOG_ENTRY_REFUSED'],
      ['nothing that proves it', changed((entry) => Object.assign(entry, { verification: null })), 'LOG_ENTRY_REFUSED'],
      ['a body that is no base64', changed((entry) => Object.assign(entry, { body: '!' })), 'BASE64_INVALID'],
      ['200 for a new entry', (given) => ({ status: 200, body: given }), 'LOG_ENTRY_REFUSED'],
      ['a refusal', () => ({ status: 400, body: { code: 400, message: 'no' } }), 'LOG_ENTRY_REFUSED'],
    ];
    for (const [name, answer, code] of table) {
      await assert.rejects(ask(answer), { code }, name);
    }
  });
});

type Entries = Readonly<Record<string, Entry>>;

interface Entry {
  body: string;
}
