import { ulongAt } from './memory.ts';
import { type Cryptoki, loadModule, Refusal, unusable } from './module.ts';
import { type FoundKey, findKey } from './objects.ts';
import type { TokenAnswer, TokenRequest } from './protocol.ts';
import { openSession } from './token.ts';

const CKU_USER = 1;
const CKU_CONTEXT_SPECIFIC = 2;
const CKR_USER_ALREADY_LOGGED_IN = 0x100;
/** Past the largest that is signed with here: RSA of 8192 bits. */
const MAX_SIGNATURE_BYTES = 4096;

/** One module, one session with one of its tokens, one key. Every call blocks. */
export class TokenSession {
  readonly #load: (path: string) => Promise<Cryptoki>;
  #module: Cryptoki | null = null;
  #session: bigint | null = null;
  #key: FoundKey | null = null;
  /** Kept for keys that ask for it before each signature. */
  #pin: Uint8Array | null = null;

  constructor(load: (path: string) => Promise<Cryptoki> = loadModule) {
    this.#load = load;
  }

  async answer(request: TokenRequest): Promise<TokenAnswer> {
    switch (request.kind) {
      case 'open': {
        const module = await this.#load(request.module);
        module.call('C_Initialize', [null]);
        this.#module = module;
        const { session, answer } = openSession(module, request.token);
        this.#session = session;
        return answer;
      }
      case 'login':
        return this.#login(null);
      case 'find': {
        const { module, session } = this.#opened();
        this.#key = findKey(module, session, request.key);
        if (!this.#key.alwaysAuthenticate) {
          this.#forgetPin();
        }
        return { kind: 'key', key: this.#key.attributes };
      }
      case 'sign':
        return { kind: 'signature', signature: this.#sign(request).toString('hex') };
    }
  }

  /** Takes the PIN, and overwrites it in the end. */
  login(pin: Uint8Array): TokenAnswer {
    this.#pin = pin;
    return this.#login(pin);
  }

  /** Leaves the module as it was found. Whatever it says now changes nothing any more. */
  close(): void {
    this.#forgetPin();
    const module = this.#module;
    if (module === null) {
      return;
    }
    const last = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof Refusal)) {
          throw error;
        }
      }
    };
    if (this.#session !== null) {
      const session = this.#session;
      last(() => module.call('C_Logout', [session]));
      last(() => module.call('C_CloseSession', [session]));
    }
    last(() => module.call('C_Finalize', [null]));
    this.#module = null;
  }

  #opened(): { readonly module: Cryptoki; readonly session: bigint } {
    if (this.#module === null || this.#session === null) {
      throw unusable('answer', 'no session');
    }
    return { module: this.#module, session: this.#session };
  }

  #login(pin: Uint8Array | null): TokenAnswer {
    const { module, session } = this.#opened();
    this.#authenticate(module, session, CKU_USER, pin);
    return { kind: 'login' };
  }

  /** Once: a token locks after some wrong PINs. Without a PIN the token asks for it at its reader. */
  #authenticate(module: Cryptoki, session: bigint, user: number, pin: Uint8Array | null): void {
    using memory = module.memory();
    const address = pin === null ? null : memory.take(pin).address;
    module.call('C_Login', [session, user, address, pin?.length ?? 0], [CKR_USER_ALREADY_LOGGED_IN]);
  }

  #sign({ mechanism, parameter, data }: TokenRequest & { kind: 'sign' }): Buffer {
    const { module, session } = this.#opened();
    const key = this.#key;
    if (key === null) {
      throw unusable('answer', 'no key');
    }
    using memory = module.memory();
    const parameters = parameter === null ? null : memory.ulongs(parameter);
    const used = memory.ulongs([mechanism, parameters?.address ?? 0, parameters?.bytes.length ?? 0]);
    module.call('C_SignInit', [session, used.address, key.handle]);
    if (key.alwaysAuthenticate) {
      this.#authenticate(module, session, CKU_CONTEXT_SPECIFIC, this.#pin);
    }
    const bytes = memory.take(Buffer.from(data, 'base64'));
    const signature = memory.take(MAX_SIGNATURE_BYTES);
    const length = memory.ulongs([MAX_SIGNATURE_BYTES]);
    module.call('C_Sign', [session, bytes.address, bytes.bytes.length, signature.address, length.address]);
    const written = ulongAt(length);
    if (written > MAX_SIGNATURE_BYTES) {
      throw unusable('answer', `a signature of ${written} bytes`);
    }
    return Buffer.from(signature.bytes.subarray(0, Number(written)));
  }

  #forgetPin(): void {
    this.#pin?.fill(0);
    this.#pin = null;
  }
}
