import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { authorityOf, type ListenerConfig } from '../config/index.ts';
import { ListenError } from './error.ts';

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
  connections: number,
  onRequest: RequestListener,
): Promise<Listening> {
  // Not by an import: that asks for every export of the module, also for the WebSocket client, which takes 16 MB.
  const server =
    config.tls === null
      ? process.getBuiltinModule('node:http').createServer(HARD_LIMITS)
      : process.getBuiltinModule('node:https').createServer({ ...HARD_LIMITS, ...(await readTls(config.tls)) });
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

async function readTls(tls: NonNullable<ListenerConfig['tls']>): Promise<TlsOptions> {
  const read = async (path: string): Promise<Buffer> => {
    try {
      return Buffer.from(await readFileBounded(path, LIMITS.certificateFileBytes));
    } catch (error) {
      throw new ListenError('LISTENER_TLS_INVALID', 'the file cannot be read', {
        object: path,
        expected: 'a certificate or a key in PEM',
        found: quote(messageOf(error)),
        cause: error,
      });
    }
  };
  const [cert, key] = await Promise.all([read(tls.certificate), read(tls.key)]);
  const ca = tls.clientCa === null ? null : await read(tls.clientCa);
  const options: TlsOptions = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    handshakeTimeout: 10_000,
    ALPNProtocols: ['http/1.1'],
    ...(ca !== null && { ca, requestCert: true, rejectUnauthorized: true }),
  };
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  try {
    createSecureContext(options);
  } catch (error) {
    throw new ListenError('LISTENER_TLS_INVALID', 'the certificate and its key cannot be used', {
      object: `${tls.certificate} and ${tls.key}`,
      expected: 'a certificate and its private key in PEM, without a passphrase',
      found: quote(messageOf(error)),
      cause: error,
    });
  }
  return options;
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

/** Of what is no HTTP there is no request; HTTP/1.1 has a status for some of it (RFC 9110, 15.5; RFC 6585). */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
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
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
