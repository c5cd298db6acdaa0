import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Duplex } from 'node:stream';
import { z } from 'zod';
import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { KeyError } from '../../error.ts';
import {
  FRAME_HEAD_BYTES,
  frame,
  JSON_FRAME,
  PIN_FRAME,
  type TokenAnswer,
  type TokenRequest,
} from './native/protocol.ts';
import type { KeyReference } from './reference.ts';

const PROGRAM = resolve(import.meta.dirname, 'native/main.ts');
/** Attributes of a key in hex, certificates among them. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** For a module to close its session. Nothing depends on it. */
const CLOSE_MS = 5000;

const hex = z.hex().nullable();
const answerSchema: z.ZodType<TokenAnswer> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('token'),
    login: z.enum(['none', 'pin', 'reader']),
    tries: z.enum(['many', 'few', 'last', 'none']),
  }),
  z.object({ kind: z.literal('tokens'), count: z.int(), labels: z.array(z.string()) }),
  z.object({ kind: z.literal('login') }),
  z.object({
    kind: z.literal('key'),
    key: z.object({
      keyType: z.number(),
      maySign: z.boolean(),
      modulus: hex,
      publicExponent: hex,
      ecParams: hex,
      ecPoint: hex,
      certificate: hex,
    }),
  }),
  z.object({ kind: z.literal('keys'), count: z.int() }),
  z.object({ kind: z.literal('signature'), signature: z.hex() }),
  z.object({ kind: z.literal('failed'), call: z.string(), value: z.number() }),
  z.object({
    kind: z.literal('unusable'),
    why: z.enum(['koffi', 'platform', 'load', 'interface', 'answer']),
    found: z.string(),
  }),
]);

type Environment = Readonly<Record<string, string | undefined>>;

/** Of no use to a module, or dangerous to the process. */
const NOT_HANDED_ON = ['COSIGN_PKCS11_PIN', 'NODE_OPTIONS'];

/** A process of its own for a module, which may hang and crash: it can be killed, a thread cannot. */
export class TokenProcess {
  readonly #reference: Pick<KeyReference, 'name' | 'module'>;
  readonly #child: ChildProcess;
  readonly #channel: Duplex | null;
  readonly #gone: Promise<string>;
  /** How it ended. */
  #end: string | null = null;
  #received: Buffer = Buffer.alloc(0);
  #arrived: () => void = () => undefined;
  /** One question at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(reference: Pick<KeyReference, 'name' | 'module'>, environment: Environment) {
    this.#reference = reference;
    const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !NOT_HANDED_ON.includes(name)));
    // In a process group of its own: the user's Ctrl-C ends this process, which ends that one.
    this.#child = spawn(process.execPath, ['--no-warnings', PROGRAM], {
      env,
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const channel = this.#child.stdio[3];
    this.#channel = channel instanceof Duplex ? channel : null;
    this.#channel?.on('data', (chunk: Buffer) => this.#receive(chunk));
    // Its end is told by `gone`; whoever writes then has nobody to write to.
    this.#channel?.on('error', () => undefined);
    this.#gone = new Promise((settle) => {
      this.#child.on('error', (error) => settle(error.message));
      this.#child.on('close', (code, signal) => settle(signal ?? `exit code ${code ?? -1}`));
    });
    void this.#gone.then((end) => {
      this.#end = end;
    });
  }

  async ask(request: TokenRequest, signal: AbortSignal): Promise<TokenAnswer> {
    return await this.#ask(frame(JSON_FRAME, Buffer.from(JSON.stringify(request))), signal);
  }

  /** Logs in. Overwrites the PIN. */
  async login(pin: Uint8Array, signal: AbortSignal): Promise<TokenAnswer> {
    const secret = frame(PIN_FRAME, pin);
    pin.fill(0);
    try {
      return await this.#ask(secret, signal);
    } finally {
      secret.fill(0);
    }
  }

  /** Lets the module close its session, for some seconds at most. Never throws. */
  async close(): Promise<void> {
    this.#channel?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_MS);
    await this.#gone;
    clearTimeout(timer);
  }

  async #ask(request: Buffer, signal: AbortSignal): Promise<TokenAnswer> {
    const answer = this.#last.then(() => this.#exchange(request, signal));
    this.#last = answer.catch(() => undefined);
    return await answer;
  }

  /** What is waited for without an answer ends with the process: nobody could tell a late answer from the next one. */
  async #exchange(request: Buffer, signal: AbortSignal): Promise<TokenAnswer> {
    signal.throwIfAborted();
    const kill = (): void => void this.#child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    try {
      this.#channel?.write(request);
      for (;;) {
        const content = this.#take();
        if (content !== null) {
          return this.#parse(content);
        }
        if (this.#end !== null) {
          signal.throwIfAborted();
          throw this.#failure('an answer', `${quote(this.#end)}, the end of its process`);
        }
        const { promise, resolve: arrived } = Promise.withResolvers<void>();
        this.#arrived = arrived;
        await Promise.race([promise, this.#gone]);
      }
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length > MAX_ANSWER_BYTES) {
      this.#child.kill('SIGKILL');
      this.#received = Buffer.alloc(0);
    }
    this.#arrived();
  }

  /** The content of a whole frame, if one has come. */
  #take(): Buffer | null {
    const bytes = this.#received;
    const end = bytes.length < FRAME_HEAD_BYTES ? Number.POSITIVE_INFINITY : FRAME_HEAD_BYTES + bytes.readUInt32BE(0);
    if (bytes.length < end) {
      return null;
    }
    this.#received = bytes.subarray(end);
    return bytes.subarray(FRAME_HEAD_BYTES, end);
  }

  #parse(content: Uint8Array): TokenAnswer {
    const { data } = answerSchema.safeParse(parseStrictJson(content, this.#reference.name));
    if (data === undefined) {
      throw this.#failure('an answer', 'something else');
    }
    return data;
  }

  #failure(expected: string, found: string): KeyError {
    const { name, module } = this.#reference;
    return new KeyError('KEY_MODULE_FAILED', `the PKCS #11 module ${quote(module)} failed`, {
      object: name,
      expected,
      found,
    });
  }
}
