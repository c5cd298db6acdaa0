import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type handleServerStreamingCall, type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs/minimal.js';
import { digestOf } from '#base/digest.ts';
import { LIMITS, readBounded } from '#base/limits.ts';
import { accessTo } from '#test/fixtures/fake-daemon.ts';
import { openForTest, temporaryFolder } from '#test/fixtures/open-images.ts';
import { ContainerdClient } from './client.ts';

/** For calls that hang. */
const HASTY = { answer: 200, idle: 200 };
const BLOB = Buffer.from('0123456789');
const DIGEST = digestOf(BLOB);

interface FakeContainerd {
  readonly image?: handleUnaryCall<Buffer, Buffer>;
  readonly info?: handleUnaryCall<Buffer, Buffer>;
  readonly read?: handleServerStreamingCall<Buffer, Buffer>;
  readonly namespaces?: handleUnaryCall<Buffer, Buffer>;
}

/** A gRPC server on a unix socket with as much of containerd's API as a test asks for. */
async function fakeContainerd(context: TestContext, calls: FakeContainerd): Promise<string> {
  const socket = join(temporaryFolder(context), 'c.sock');
  const server = new Server({ 'grpc.max_send_message_length': -1 });
  const asItIs = (bytes: Buffer): Buffer => bytes;
  const methods = {
    image: '/containerd.services.images.v1.Images/Get',
    info: '/containerd.services.content.v1.Content/Info',
    read: '/containerd.services.content.v1.Content/Read',
    namespaces: '/containerd.services.namespaces.v1.Namespaces/List',
  };
  for (const [name, path] of Object.entries(methods)) {
    const handler = calls[name as keyof FakeContainerd];
    if (handler !== undefined) {
      server.register(path, handler, asItIs, asItIs, name === 'read' ? 'serverStream' : 'unary');
    }
  }
  await new Promise<void>((settle, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? settle() : reject(error),
    );
  });
  context.after(() => server.forceShutdown());
  return socket;
}

function clientOf(context: TestContext, socket: string, waits?: typeof HASTY): ContainerdClient {
  const client = new ContainerdClient(socket, waits);
  context.after(() => client.close());
  return client;
}

function chunk(offset: number, data: Uint8Array): Buffer {
  return Buffer.from(protobuf.Writer.create().uint32(8).int64(offset).uint32(18).bytes(data).finish());
}

function sizeAnswer(size: number): Buffer {
  const info = protobuf.Writer.create().uint32(10).string(DIGEST).uint32(16).int64(size).finish();
  return Buffer.from(protobuf.Writer.create().uint32(10).bytes(info).finish());
}

function imageAnswer(size: number): Buffer {
  const target = protobuf.Writer.create().uint32(10).string('application/vnd.oci.image.manifest.v1+json');
  target.uint32(18).string(DIGEST).uint32(24).int64(size);
  const image = protobuf.Writer.create().uint32(26).bytes(target.finish()).finish();
  return Buffer.from(protobuf.Writer.create().uint32(10).bytes(image).finish());
}

const read = (client: ContainerdClient, signal?: AbortSignal): Promise<Uint8Array> =>
  readBounded(client.read('ns', DIGEST, BLOB.length, signal), 1_000_000, 'blob');

test('a blob comes in pieces, whole and in order', async (context) => {
  const namespaces: unknown[] = [];
  const socket = await fakeContainerd(context, {
    info: (call, answer) => {
      namespaces.push(...call.metadata.get('containerd-namespace'));
      answer(null, sizeAnswer(BLOB.length));
    },
    read: (call) => {
      call.write(chunk(0, BLOB.subarray(0, 4)));
      call.write(chunk(4, BLOB.subarray(4)));
      call.end();
    },
  });
  const client = clientOf(context, socket);
  assert.equal(await client.size('ns', DIGEST), BLOB.length);
  assert.deepEqual(await read(client), BLOB);
  assert.deepEqual(namespaces, ['ns']);
});

test('streams that do not give the blob that was announced', async (context) => {
  const streams: readonly (readonly [readonly Buffer[], RegExp])[] = [
    [[], /found 0 bytes/],
    [[chunk(0, BLOB.subarray(1))], /found 9 bytes/],
    [[chunk(1, BLOB.subarray(1))], /from byte 1 on/],
    [[chunk(0, BLOB.subarray(0, 4)), chunk(0, BLOB.subarray(4))], /6 bytes from byte 0 on/],
    [[chunk(0, BLOB), chunk(10, BLOB)], /bytes 10 to 10, found 10 bytes/],
    [[chunk(0, Buffer.alloc(0))], /found 0 bytes/],
    [[Buffer.from([0xff])], /message/],
  ];
  for (const [pieces, message] of streams) {
    const socket = await fakeContainerd(context, {
      read: (call) => {
        for (const piece of pieces) {
          call.write(piece);
        }
        call.end();
      },
    });
    await assert.rejects(read(clientOf(context, socket)), { code: 'DAEMON_ANSWER_INVALID', message });
  }
});

test('a stream that does not end is left, and its call cancelled', async (context) => {
  const cancelled = Promise.withResolvers<undefined>();
  const socket = await fakeContainerd(context, {
    read: (call) => {
      call.on('cancelled', () => cancelled.resolve(undefined));
      call.write(chunk(0, BLOB));
      call.write(chunk(0, BLOB));
    },
  });
  await assert.rejects(read(clientOf(context, socket)), { code: 'DAEMON_ANSWER_INVALID' });
  await cancelled.promise;
});

test('calls that hang, break or are refused', async (context) => {
  const silent = await fakeContainerd(context, { info: () => undefined, read: () => undefined });
  const hangs = clientOf(context, silent, HASTY);
  await assert.rejects(hangs.size('ns', DIGEST), { code: 'DAEMON_TIMEOUT' });
  await assert.rejects(read(hangs), { code: 'DAEMON_TIMEOUT' });
  await assert.rejects(clientOf(context, silent).image('ns', 'a'), {
    code: 'DAEMON_REFUSED',
    message: /does not implement/,
  });
  const stops = clientOf(
    context,
    await fakeContainerd(context, { read: (call) => void call.write(chunk(0, BLOB.subarray(0, 4))) }),
    HASTY,
  );
  await assert.rejects(read(stops), { code: 'DAEMON_TIMEOUT' });
  const fails = clientOf(
    context,
    await fakeContainerd(context, {
      image: (_, answer) => answer({ code: status.NOT_FOUND, details: 'not found' }),
      info: (_, answer) => answer({ code: status.PERMISSION_DENIED, details: `\u001b${'x'.repeat(1000)}` }),
      read: (call) => {
        call.write(chunk(0, BLOB.subarray(0, 4)));
        call.emit('error', { code: status.UNAVAILABLE, details: 'disk gone' });
      },
    }),
  );
  assert.equal(await fails.image('ns', 'a'), null);
  await assert.rejects(fails.size('ns', DIGEST), { code: 'DAEMON_REFUSED', message: /found "\\u001bx{299}…"/ });
  await assert.rejects(read(fails), { code: 'DAEMON_DISCONNECTED', message: /disk gone/ });
});

test('a message that is too large is not taken in', async (context) => {
  const socket = await fakeContainerd(context, {
    info: (_, answer) => answer(null, Buffer.alloc(LIMITS.daemonAnswerBytes + 1)),
  });
  const client = clientOf(context, socket);
  await assert.rejects(client.size('ns', DIGEST), { code: 'LIMIT_EXCEEDED' });
});

test('an abort ends a call with its own reason', async (context) => {
  const socket = await fakeContainerd(context, {
    info: () => undefined,
    read: (call) => void call.write(chunk(0, BLOB)),
  });
  const client = clientOf(context, socket);
  for (const start of [
    (signal: AbortSignal) => client.size('ns', DIGEST, signal),
    (signal: AbortSignal) => read(client, signal),
  ]) {
    const controller = new AbortController();
    const going = assert.rejects(start(controller.signal), { message: 'enough' });
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await going;
    await assert.rejects(start(controller.signal), { message: 'enough' });
  }
});

test('sockets that are not there, or behind which nobody speaks gRPC', async (context) => {
  const open = (socket: string): Promise<unknown> =>
    openForTest(context, 'containerd:a', { access: accessTo({ containerd: { socket, namespace: 'ns' } }) });
  await assert.rejects(open('/nothing.sock'), {
    code: 'DAEMON_NOT_FOUND',
    message: /\/nothing\.sock/,
    hint: /systemctl/,
  });
  await assert.rejects(openForTest(context, 'containerd:a'), { code: 'DAEMON_NOT_FOUND' });
  const socket = join(temporaryFolder(context), 'x.sock');
  const silent = createServer((connection) => connection.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  silent.listen(socket);
  await once(silent, 'listening');
  context.after(() => silent.close());
  await assert.rejects(open(socket), { code: 'DAEMON_DISCONNECTED' });
});

test('a manifest whose size is a lie is refused before it is read', async (context) => {
  let reads = 0;
  const socket = await fakeContainerd(context, {
    image: (_, answer) => answer(null, imageAnswer(2 ** 50)),
    info: (_, answer) => answer(null, sizeAnswer(2 ** 50)),
    read: () => {
      reads += 1;
    },
  });
  const access = accessTo({ containerd: { socket, namespace: 'ns' } });
  await assert.rejects(openForTest(context, 'containerd:a', { access }), { code: 'LIMIT_EXCEEDED' });
  assert.equal(reads, 0);
});
