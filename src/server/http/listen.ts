import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { authorityOf, type ListenerConfig } from '../config/index.ts';
import { ListenError } from './error.ts';
import { readTls, renewTls } from './tls.ts';

/** A listener that takes connections. */
export interface Listening {
  readonly server: Server;
  readonly config: ListenerConfig;
  /** With the port that it has: `http://127.0.0.1:7400`. */
  readonly url: string;
  readonly port: number;
}

/** Against clients that are slow on purpose, or ask for more than there is. */
const HARD_LIMITS: ServerOptions = {
  /** A registry token with many scopes is some KiB. */
  maxHeaderSize: 32 * 1024,
  headersTimeout: 15_000,
  /** Uploads take as long as they take; `SlowClients` looks after them. */
  requestTimeout: 0,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5000,
  requireHostHeader: true,
};
/** Nothing moved for so long. */
const IDLE_MS = 120_000;
const MAX_REQUESTS_PER_SOCKET = 10_000;
/** Node leaves out what is beyond it; `isTooLong` finds that, so that no header is lost unseen. */
export const MAX_HEADERS = 128;

/** Throws `ListenError`. */
export async function listen(
  config: ListenerConfig,
  { connections, log }: { readonly connections: number; readonly log: Log },
  onRequest: RequestListener,
): Promise<Listening> {
  // Not by an import: that asks for every export of the module, also for the WebSocket client, which takes 16 MB.
  const server =
    config.tls === null
      ? process.getBuiltinModule('node:http').createServer(HARD_LIMITS)
      : renewTls(
          process.getBuiltinModule('node:https').createServer({ ...HARD_LIMITS, ...(await readTls(config.tls)) }),
          config.tls,
          { log },
        );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.maxConnections = connections;
  server.timeout = IDLE_MS;
  server.on('request', onRequest);
  server.on('clientError', answerUnreadable);
  await bound(server, config);
  const { port } = server.address() as AddressInfo;
  const scheme = config.tls === null ? 'http' : 'https';
  return { server, config, port, url: `${scheme}://${authorityOf({ host: config.host, port })}` };
}

async function bound(server: Server, config: ListenerConfig): Promise<void> {
  const { host, port } = config;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, backlog: 1024 }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw notListening(error, authorityOf(config));
  }
}

function notListening(error: unknown, address: string): ListenError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new ListenError('LISTENER_ADDRESS_IN_USE', 'another program listens there', {
      object: address,
      expected: 'a port that is free',
      found: 'one in use',
      hint: 'Another Plimsoll may be running. PLIMSOLL_LISTEN=127.0.0.1:PORT, or listeners in plimsoll.yaml, name another port.',
      cause: error,
    });
  }
  return new ListenError('LISTENER_REFUSED', 'the server cannot listen there', {
    object: address,
    expected: 'an address of this machine, and a port that this user may listen on',
    found: messageOf(error),
    cause: error,
  });
}

/** Whoever closes with bytes unread takes the answer back, if the client has not read it yet (RFC 9112, section 9.6): so it goes on reading for a moment. */
const LINGER_MS = 2000;
const answered = new WeakSet<Socket>();

/** Of what is no HTTP there is no request; HTTP/1.1 has a status for some of it (RFC 9110, 15.5; RFC 6585). */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (answered.has(socket)) {
    // More of the same, which the parser refuses again.
    return;
  }
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  answered.add(socket);
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
