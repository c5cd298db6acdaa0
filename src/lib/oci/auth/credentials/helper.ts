import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { quote } from '#base/error.ts';
import { parseSecretObject, textOf } from '#base/json/members.ts';
import { LIMITS } from '#base/limits.ts';
import type { Credential } from '../credential.ts';
import { AuthError } from '../error.ts';

export interface HelperRequest {
  /** The suffix of the program: `pass` for `docker-credential-pass`. */
  readonly name: string;
  readonly server: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Tests shorten it. */
  readonly timeoutMs?: number;
}

/** Key stores may ask their user for a passphrase. */
const TIMEOUT_MS = 60_000;
const NOT_FOUND = 'credentials not found in native keychain';
const IDENTITY_USER = '<token>';
/** Enough for key stores, and for helpers that log in to a cloud, to work as in the user's shell. */
const HANDED_ON = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TMPDIR', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY'];
const HANDED_ON_STARTS = ['XDG_', 'DBUS_', 'GNUPG', 'PASSWORD_STORE_', 'AWS_', 'AZURE_', 'GOOGLE_', 'CLOUDSDK_'];

/**
 * Asks a credential helper (docker-credential-helpers protocol): `docker-credential-NAME get` with the server on
 * standard input. Null when it has nothing for that server; anything else that goes wrong is `CREDENTIAL_HELPER_FAILED`.
 */
export async function askHelper(request: HelperRequest): Promise<Credential | null> {
  const program = `docker-credential-${request.name}`;
  if (!/^[A-Za-z0-9._-]+$/.test(request.name)) {
    throw failure(`credential helper ${quote(request.name)}`, 'a name of letters, digits, . _ and -', 'another');
  }
  const path = await find(program, request.environment['PATH'] ?? '');
  const { code, output, complaint } = await run(path, program, request);
  if (code === 0) {
    return credentialIn(output, program);
  }
  const said = output.toString('utf8').trim();
  if (said.includes(NOT_FOUND)) {
    return null;
  }
  // By the protocol the reason is on standard output; what looks like an answer may hold a secret, though.
  const reason = complaint === '' && !said.includes('{') ? said : complaint;
  throw failure(program, 'credentials', `exit code ${code}, ${quote(reason)}`);
}

/** Absolute folders of the path alone: the current folder may be somebody else's. */
async function find(program: string, path: string): Promise<string> {
  for (const folder of path.split(':').filter(isAbsolute)) {
    const candidate = join(folder, program);
    try {
      await access(candidate, constants.X_OK);
      if ((await stat(candidate)).isFile()) {
        return candidate;
      }
    } catch {
      // Not here; the next folder may have it.
    }
  }
  throw failure(program, 'a program of that name on the PATH', 'none');
}

interface Outcome {
  readonly code: number | string;
  readonly output: Buffer;
  readonly complaint: string;
}

function run(path: string, program: string, request: HelperRequest): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const child = spawn(path, ['get'], { env: handedOn(request.environment), stdio: 'pipe', shell: false });
  const stop = (error: Error): void => {
    reject(error);
    kill(child);
  };
  const tooSlow = `an answer within ${request.timeoutMs ?? TIMEOUT_MS} ms`;
  const timer = setTimeout(() => stop(failure(program, tooSlow, 'none')), request.timeoutMs ?? TIMEOUT_MS);
  const abort = (): void => stop(abortReason(request.signal));
  const output = collect(child.stdout, () =>
    stop(failure(program, `at most ${LIMITS.credentialHelperBytes} bytes`, 'more')),
  );
  const complaint = collect(child.stderr, () => child.stderr?.destroy());
  child.on('error', (error) => stop(failure(program, 'a program that can be run', quote(error.message))));
  child.on('close', (code, signal) =>
    resolve({ code: code ?? signal ?? '', output: Buffer.concat(output), complaint: textOfAll(complaint) }),
  );
  // A helper may answer without reading what it is asked.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(`${request.server}\n`);
  request.signal.addEventListener('abort', abort, { once: true });
  if (request.signal.aborted) {
    abort();
  }
  return promise.finally(() => {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', abort);
  });
}

/** The chunks of a stream; `tooMuch` is called once, when the limit is passed, and nothing is kept from then on. */
function collect(stream: NodeJS.ReadableStream | null, tooMuch: () => void): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    const before = length;
    length += chunk.length;
    if (length <= LIMITS.credentialHelperBytes) {
      chunks.push(chunk);
    } else if (before <= LIMITS.credentialHelperBytes) {
      tooMuch();
    }
  });
  return chunks;
}

/** Its own children may hold the pipes open: they are not waited for. */
function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function credentialIn(output: Uint8Array, program: string): Credential | null {
  const members = parseSecretObject(output, program, (found) => failure(program, 'a JSON object', found));
  const [username, secret] = [members.get('Username'), textOf(members, 'Secret')];
  if (typeof username !== 'string' || secret === null) {
    throw failure(program, 'members Username and Secret', 'others');
  }
  return username === IDENTITY_USER
    ? { kind: 'identity', token: secret }
    : { kind: 'password', username, password: secret };
}

function handedOn(environment: HelperRequest['environment']): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name]) =>
      HANDED_ON.includes(name) ||
      HANDED_ON_STARTS.some((start) => name.startsWith(start)) ||
      name.toUpperCase().endsWith('_PROXY'),
  );
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function textOfAll(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8').trim();
}

function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new DOMException('aborted', 'AbortError');
}

function failure(object: string, expected: string, found: string): AuthError {
  return new AuthError('CREDENTIAL_HELPER_FAILED', 'the credential helper failed', { object, expected, found });
}
