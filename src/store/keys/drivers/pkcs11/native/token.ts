import { ULONG_BYTES, ulongAt } from './memory.ts';
import { type Cryptoki, Refusal, unusable } from './module.ts';
import type { TokenAnswer, TokenSearch } from './protocol.ts';

const MAX_SLOTS = 1024;
const MAX_LABELS = 32;
/** More than CK_TOKEN_INFO, whatever fills it up. */
const TOKEN_INFO_BYTES = 512;

const CKF_LOGIN_REQUIRED = 0x4n;
const CKF_PROTECTED_AUTHENTICATION_PATH = 0x100n;
const CKF_TOKEN_INITIALIZED = 0x400n;
const CKF_USER_PIN_COUNT_LOW = 0x10000n;
const CKF_USER_PIN_FINAL_TRY = 0x20000n;
const CKF_USER_PIN_LOCKED = 0x40000n;
const CKF_SERIAL_SESSION = 0x4;

/** What slots without a usable token answer: TOKEN_NOT_PRESENT, TOKEN_NOT_RECOGNIZED, DEVICE_REMOVED. */
const NOT_HERE = [0xe0, 0xe1, 0x32];

interface TokenInfo {
  readonly slot: bigint;
  readonly label: Buffer;
  readonly manufacturer: Buffer;
  readonly model: Buffer;
  readonly serial: Buffer;
  readonly flags: bigint;
}

/** The handle of a session with the one token that is meant, and what logging in to it takes. */
export function openSession(module: Cryptoki, search: TokenSearch): { session: bigint; answer: TokenAnswer } {
  const tokens = slotsWithTokens(module).flatMap((slot) => tokenIn(module, slot));
  const meant = tokens.filter((token) => matches(token, search));
  const [token] = meant;
  if (token === undefined || meant.length > 1) {
    const labels = tokens.slice(0, MAX_LABELS).map(({ label }) => label.toString('utf8'));
    throw new Refusal({ kind: 'tokens', count: meant.length, labels });
  }
  using memory = module.memory();
  const handle = memory.ulongs([0]);
  module.call('C_OpenSession', [token.slot, CKF_SERIAL_SESSION, null, null, handle.address]);
  return { session: ulongAt(handle), answer: { kind: 'token', login: loginOf(token), tries: triesOf(token) } };
}

function slotsWithTokens(module: Cryptoki): readonly bigint[] {
  using memory = module.memory();
  const count = memory.ulongs([0]);
  module.call('C_GetSlotList', [1, null, count.address]);
  const room = ulongAt(count);
  if (room > MAX_SLOTS) {
    throw unusable('answer', `${room} slots`);
  }
  const slots = memory.take(Number(room) * ULONG_BYTES);
  module.call('C_GetSlotList', [1, slots.address, count.address]);
  const found = ulongAt(count);
  if (found > room) {
    throw unusable('answer', `${found} slots in the room of ${room}`);
  }
  return Array.from({ length: Number(found) }, (_, index) => ulongAt(slots, index));
}

function tokenIn(module: Cryptoki, slot: bigint): readonly TokenInfo[] {
  using memory = module.memory();
  const { bytes, address } = memory.take(TOKEN_INFO_BYTES);
  if (module.call('C_GetTokenInfo', [slot, address], NOT_HERE) !== 0) {
    return [];
  }
  const flags = bytes.readBigUInt64LE(96);
  if ((flags & CKF_TOKEN_INITIALIZED) === 0n) {
    return [];
  }
  const text = (start: number, length: number): Buffer => withoutPadding(bytes.subarray(start, start + length));
  return [{ slot, label: text(0, 32), manufacturer: text(32, 32), model: text(64, 16), serial: text(80, 16), flags }];
}

/** Texts are filled up by spaces, by some modules with zeroes. A copy: the memory is overwritten. */
function withoutPadding(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) {
    end -= 1;
  }
  return Buffer.from(bytes.subarray(0, end));
}

function matches(token: TokenInfo, search: TokenSearch): boolean {
  return (
    (search.slot === null || BigInt(search.slot) === token.slot) &&
    (['label', 'manufacturer', 'model', 'serial'] as const).every(
      (part) => search[part] === null || search[part] === token[part].toString('hex'),
    )
  );
}

function loginOf({ flags }: TokenInfo): 'none' | 'pin' | 'reader' {
  if ((flags & CKF_LOGIN_REQUIRED) === 0n) {
    return 'none';
  }
  return (flags & CKF_PROTECTED_AUTHENTICATION_PATH) === 0n ? 'pin' : 'reader';
}

function triesOf({ flags }: TokenInfo): 'many' | 'few' | 'last' | 'none' {
  if ((flags & CKF_USER_PIN_LOCKED) !== 0n) {
    return 'none';
  }
  if ((flags & CKF_USER_PIN_FINAL_TRY) !== 0n) {
    return 'last';
  }
  return (flags & CKF_USER_PIN_COUNT_LOW) === 0n ? 'many' : 'few';
}
