import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { isAppError } from '#base/error.ts';
import { GOOD, IMAGE, registryOf } from '#test/fixtures/evidence-registry.ts';
import { type Answer, type HostileRegistry, refusal, startHostile } from '#test/fixtures/hostile-registry.ts';
import { accessOfSource, type Configured } from './access.ts';
import { openUpstream, type Upstream } from './upstream.ts';

type Rules = Parameters<typeof accessOfSource>[0];
type Credentials = Parameters<typeof accessOfSource>[1];

const TUNING = { retries: { attempts: 2, baseMs: 1, capMs: 2 } };
const { signal } = new AbortController();

interface Asking extends Partial<Rules> {
  readonly credentials?: Credentials;
  readonly configured?: Configured;
}

/** `team/app` of a server on this machine, as a source that allows that would ask it. */
async function upstreamAt(
  context: TestContext,
  server: Pick<HostileRegistry, 'host'>,
  { credentials = null, configured = {}, ...rules }: Asking = {},
): Promise<Upstream> {
  const all = { registry: server.host, network: 'loopback', tls: 'none', ...rules } as const;
  const access = accessOfSource(all, credentials, systemClock, configured);
  const upstream = await openUpstream({ domain: server.host, path: 'team/app' }, { access, tuning: TUNING });
  context.after(() => upstream.close());
  return upstream;
}

const USER = { username: 'voyager', password: 'correct horse' };
const BASIC = `Basic ${Buffer.from('voyager:correct horse').toString('base64')}`;

function withPassword(answer: Answer): Answer {
  return (request, response) => {
    if (request.headers.authorization === BASIC) {
      answer(request, response);
    } else {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
    }
  };
}

test('a source is asked with its own credentials, and with none of others', async (context) => {
  const server = await startHostile(context, withPassword(registryOf({})));
  const upstream = await upstreamAt(context, server, { credentials: USER });
  assert.equal((await upstream.manifest('latest', signal)).digest, IMAGE.digest);
  const nobody = await upstreamAt(context, server);
  const denied = await refusal(nobody.manifest('latest', signal), 'REGISTRY_DENIED');
  assert.match(denied.hint ?? '', /^The source of 127\.0\.0\.1:[0-9]+ has no credentials\. Name some in its document/);
  const wrong = await upstreamAt(context, server, { credentials: { ...USER, password: 'wrong' } });
  const error = await refusal(wrong.manifest('latest', signal), 'REGISTRY_DENIED');
  assert.match(error.hint ?? '', /does not accept the credentials of the source of/);
  assert.ok(!`${error.message}${error.hint ?? ''}`.includes('horse'));
});

test('nothing of the machine counts: no files of credentials, no programs, no proxies', () => {
  const access = accessOfSource({ registry: 'docker.io', network: 'public', tls: 'verify' }, null, systemClock);
  assert.deepEqual(access, {
    registries: null,
    credentialFiles: [],
    environment: {},
    dockerSockets: [],
    podmanSockets: [],
    containerd: { socket: '', namespace: '' },
    clock: systemClock,
    upstream: { registry: 'docker.io', network: 'public', tls: 'verify', credentials: null },
  });
});

test('the way to one registry leads to no other', async () => {
  const access = accessOfSource({ registry: 'registry.test', network: 'public', tls: 'verify' }, USER, systemClock);
  await assert.rejects(openUpstream({ domain: 'other.test', path: 'team/app' }, { access }), {
    code: 'REGISTRY_URL_REFUSED',
    found: '"other.test"',
  });
});

test('without tls: none nothing is asked in plain text, on this machine as little as elsewhere', async (context) => {
  const server = await startHostile(context, registryOf({}));
  const upstream = await upstreamAt(context, server, { tls: 'verify' });
  await assert.rejects(
    upstream.manifest('latest', signal),
    (error) => isAppError(error) && error.code === 'REGISTRY_TLS',
  );
  assert.deepEqual(server.asked, []);
});

test('mirrors of a registries file are not asked on behalf of a source, and what it says of TLS does not count', async (context) => {
  const mirror = await startHostile(context, registryOf({}));
  const server = await startHostile(context, registryOf({}));
  const text = `registries:\n  '${server.host}': { tls: unverified, mirrors: ['${mirror.host}'] }\n  '${mirror.host}': { tls: none }\n`;
  const configured = { registries: { file: 'registries.yaml', text } };
  const upstream = await upstreamAt(context, server, { configured });
  assert.equal((await upstream.manifest('latest', signal)).digest, IMAGE.digest);
  assert.deepEqual(mirror.asked, []);
});

test('a token service is asked where a source may go, and nowhere else', async (context) => {
  const inside = await startHostile(context, (_request, response) => void response.end('{"token":"inside"}'));
  const answers: Record<string, Answer> = {};
  const registry = await startHostile(context, (request, response) => {
    if (request.headers.authorization === 'Bearer inside') {
      registryOf({})(request, response);
    } else {
      answers['challenge']?.(request, response);
    }
  });
  const askWith = async (realm: string, asking: Asking): Promise<string> => {
    answers['challenge'] = (_request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end();
    };
    return (await (await upstreamAt(context, registry, asking)).manifest('latest', signal)).digest;
  };
  for (const realm of [
    'http://169.254.169.254/token',
    'http://2852039166/token',
    'http://[::ffff:169.254.169.254]/token',
    'http://10.0.0.1/token',
    'http://[fd00:ec2::254]/token',
  ]) {
    await refusal(askWith(realm, { credentials: USER }), 'REGISTRY_ADDRESS_REFUSED');
  }
  assert.equal(await askWith(`${inside.origin}/token`, {}), IMAGE.digest);
  // Another origin: it may be asked, and does not get to see the credentials.
  await askWith(`${inside.origin}/token`, { credentials: USER });
  assert.ok(inside.asked.every(({ headers }) => headers.authorization === undefined));
  const before = inside.asked.length;
  /** Through a proxy the registry counts as public: then this machine is none of its business. */
  const proxied = async (realm: string): Promise<string> => {
    answers['challenge'] = (_request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end();
    };
    const configured = { proxies: { http_proxy: registry.origin } };
    const rules = { registry: 'registry.test', network: 'public' } as const;
    const upstream = await upstreamAt(context, { host: 'registry.test' }, { ...rules, configured });
    return (await upstream.manifest('latest', signal)).digest;
  };
  await refusal(proxied(`${inside.origin}/token`), 'REGISTRY_ADDRESS_REFUSED');
  await refusal(proxied(`http://localhost:${inside.port}/token`), 'REGISTRY_ADDRESS_REFUSED');
  assert.equal(inside.asked.length, before);
});

test('a layer that lies at another port of the same machine is fetched without the credentials', async (context) => {
  const storage = await startHostile(context, (_request, response) => void response.end(GOOD.bytes));
  const location = `${storage.origin}/layer`;
  const server = await startHostile(
    context,
    withPassword((_request, response) => void response.writeHead(307, { location }).end()),
  );
  const upstream = await upstreamAt(context, server, { credentials: USER });
  const chunks: Uint8Array[] = [];
  for await (const chunk of upstream.blob(GOOD, signal)) {
    chunks.push(chunk);
  }
  assert.ok(Buffer.concat(chunks).equals(GOOD.bytes));
  assert.deepEqual(
    storage.asked.map(({ headers }) => headers.authorization),
    [undefined],
  );
});

test('the tags of images are listed, page by page, and names that are no tags are left out', async (context) => {
  const hex = 'a'.repeat(64);
  const pages: readonly (readonly string[])[] = [
    ['1.0', '1.1', `sha256-${hex}`, `sha256-${hex}.sig`],
    ['2.0', '1.1', '../../x', '', 'a b', `sha256-${hex}.${'b'.repeat(32)}`, 'latest'],
  ];
  const listing = (next: (page: number) => string | null): Answer => {
    return (request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? '0');
      const link = next(page);
      response.writeHead(200, link === null ? {} : { link: `<${link}>; rel="next"` });
      response.end(JSON.stringify({ name: 'team/app', tags: pages[page % 2] }));
    };
  };
  const path = '/v2/team/app/tags/list';
  const server = await startHostile(
    context,
    listing((page) => (page === 0 ? `${path}?page=1` : null)),
  );
  const upstream = await upstreamAt(context, server);
  assert.deepEqual(await upstream.tags(signal), ['1.0', '1.1', '2.0', 'latest']);
  server.answer = listing((page) => `${path}?page=${page + 1}`);
  await refusal(upstream.tags(signal), 'LIMIT_EXCEEDED');
  server.answer = listing(() => `${path}?page=1`);
  await refusal(upstream.tags(signal), 'REGISTRY_ANSWER_INVALID');
  server.answer = listing(() => 'http://169.254.169.254/v2/team/app/tags/list?page=1');
  await refusal(upstream.tags(signal), 'REGISTRY_ANSWER_INVALID');
});
