import { endianness } from 'node:os';
import type * as Koffi from 'koffi';
import { messageOf } from '#base/error.ts';
import { Memory, ULONG_BYTES, ulongAt } from './memory.ts';
import type { TokenAnswer } from './protocol.ts';

/** Ends what was asked, with this answer. */
export class Refusal extends Error {
  readonly answer: TokenAnswer;

  constructor(answer: TokenAnswer) {
    super(answer.kind);
    this.answer = answer;
  }
}

export function unusable(why: (TokenAnswer & { kind: 'unusable' })['why'], found: string): Refusal {
  return new Refusal({ kind: 'unusable', why, found });
}

type Argument = 'ulong' | 'uint8' | 'void *';

/** Their places in CK_FUNCTION_LIST, and their parameters (PKCS #11 v2.40, section 5). */
const FUNCTIONS = {
  C_Initialize: [0, ['void *']],
  C_Finalize: [1, ['void *']],
  C_GetSlotList: [4, ['uint8', 'void *', 'void *']],
  C_GetTokenInfo: [6, ['ulong', 'void *']],
  C_OpenSession: [12, ['ulong', 'ulong', 'void *', 'void *', 'void *']],
  C_CloseSession: [13, ['ulong']],
  C_Login: [18, ['ulong', 'ulong', 'void *', 'ulong']],
  C_Logout: [19, ['ulong']],
  C_GetAttributeValue: [24, ['ulong', 'ulong', 'void *', 'ulong']],
  C_FindObjectsInit: [26, ['ulong', 'void *', 'ulong']],
  C_FindObjects: [27, ['ulong', 'void *', 'ulong', 'void *']],
  C_FindObjectsFinal: [28, ['ulong']],
  C_SignInit: [42, ['ulong', 'void *', 'ulong']],
  C_Sign: [43, ['ulong', 'void *', 'ulong', 'void *', 'void *']],
} as const satisfies Readonly<Record<string, readonly [number, readonly Argument[]]>>;

export type FunctionName = keyof typeof FUNCTIONS;

/** CK_VERSION, and what fills it up to the first pointer. */
const VERSION_BYTES = 8;
const CKR_OK = 0;

/** The functions of a PKCS #11 module. Calls block; there is a process for them. */
export interface Cryptoki {
  /** Throws a refusal for every value but CKR_OK and those of `accepted`. Gives the value. */
  call(name: FunctionName, values: readonly (number | bigint | null)[], accepted?: readonly number[]): number;
  /** What is handed to calls. */
  memory(): Memory;
}

class Pkcs11Module implements Cryptoki {
  readonly #koffi: typeof Koffi;
  readonly #list: bigint;
  readonly #functions = new Map<FunctionName, (...values: readonly unknown[]) => unknown>();
  /** The library goes when nobody holds it. */
  readonly #library: Koffi.LibraryHandle;

  constructor(koffi: typeof Koffi, path: string) {
    this.#koffi = koffi;
    this.#library = attempt('load', () => koffi.load(path));
    const getList = attempt('interface', () => this.#library.func('C_GetFunctionList', 'ulong', ['void *']));
    using memory = this.memory();
    const list = memory.ulongs([0]);
    const value = Number(getList(list.address));
    if (value !== CKR_OK) {
      throw failed('C_GetFunctionList', value);
    }
    this.#list = ulongAt(list);
    if (this.#list === 0n) {
      throw unusable('interface', 'no list of functions');
    }
  }

  memory(): Memory {
    return new Memory((bytes) => this.#koffi.address(bytes));
  }

  call(name: FunctionName, values: readonly (number | bigint | null)[], accepted: readonly number[] = []): number {
    const value = Number(this.#function(name)(...values));
    if (value !== CKR_OK && !accepted.includes(value)) {
      throw failed(name, value);
    }
    return value;
  }

  #function(name: FunctionName): (...values: readonly unknown[]) => unknown {
    const known = this.#functions.get(name);
    if (known !== undefined) {
      return known;
    }
    const [index, parameters] = FUNCTIONS[name];
    const pointer = this.#koffi.decode.uint64(this.#list + BigInt(VERSION_BYTES + index * ULONG_BYTES));
    if (BigInt(pointer) === 0n) {
      throw unusable('interface', `no ${name}`);
    }
    const made = this.#koffi.decode(BigInt(pointer), this.#koffi.proto('ulong', [...parameters])) as Koffi.KoffiFunc<
      (...values: readonly unknown[]) => unknown
    >;
    this.#functions.set(name, made);
    return made;
  }
}

/** Loads a module, and koffi first, which nobody pays for who has no such key. */
export async function loadModule(path: string): Promise<Cryptoki> {
  let koffi: typeof Koffi;
  try {
    koffi = await import('koffi');
  } catch (error) {
    throw unusable('koffi', messageOf(error));
  }
  // On Windows, CK_ULONG has four octets, and structures are packed.
  const served =
    koffi.sizeof('ulong') === ULONG_BYTES && koffi.sizeof('void *') === ULONG_BYTES && endianness() === 'LE';
  if (!served) {
    throw unusable('platform', `${process.platform} on ${process.arch}`);
  }
  return new Pkcs11Module(koffi, path);
}

function failed(call: string, value: number): Refusal {
  return new Refusal({ kind: 'failed', call, value });
}

function attempt<Value>(why: 'load' | 'interface', make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw unusable(why, messageOf(error));
  }
}
