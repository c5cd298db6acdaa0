import { stat } from 'node:fs/promises';
import type { TlsOptions } from 'node:tls';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { Log } from '#base/log.ts';
import type { TlsConfig } from '../config/model.ts';
import { ListenError } from './error.ts';

const LOOK_MS = 30_000;

/** What a server of `node:https` can do. */
interface TlsServer {
  setSecureContext(options: TlsOptions): void;
  on(event: 'close', listener: () => void): unknown;
}

/**
 * New connections get what the files hold by then: certificates live for weeks, servers for months. What cannot be used is told in the log, and
 * what was there before goes on.
 */
export function renewTls<Server extends TlsServer>(
  server: Server,
  tls: TlsConfig,
  { log, everyMs = LOOK_MS }: { readonly log: Log; readonly everyMs?: number },
): Server {
  let seen = versionOf(tls);
  const look = async (): Promise<void> => {
    const [before, now] = await Promise.all([seen, versionOf(tls)]);
    if (now === before) {
      return;
    }
    seen = Promise.resolve(now);
    try {
      server.setSecureContext(await readTls(tls));
      log.info('a new certificate is used', { certificate: tls.certificate });
    } catch (error) {
      log.error('the new certificate cannot be used; the old one stays', { error: messageOf(error) });
    }
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  server.on('close', () => clearInterval(timer));
  return server;
}

/** Changes with any of the files, also where a link is moved to another one. */
async function versionOf({ certificate, key, clientCa }: TlsConfig): Promise<string> {
  const files = [certificate, key, ...(clientCa === null ? [] : [clientCa])];
  const stats = files.map(async (file) => {
    const found = await stat(file).catch(() => null);
    return found === null ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`;
  });
  return (await Promise.all(stats)).join('\n');
}

/** Throws `LISTENER_TLS_INVALID`. */
export async function readTls(tls: TlsConfig): Promise<TlsOptions> {
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
