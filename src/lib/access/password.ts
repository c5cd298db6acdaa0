import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { RandomBytes } from '#base/uuid.ts';
import { AccessError } from './error.ts';

/** OWASP, Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A stored string may ask for no more than this, whoever wrote it. */
const MOST: Cost = { memory: 65_536, passes: 8, parallelism: 4 };
/** RFC 9106, section 3.1: eight KiB for each lane. */
const LEAST: Cost = { memory: 8, passes: 1, parallelism: 1 };

const MIN_PASSWORD_CHARS = 12;
/** Longer ones would only be work for us. */
const MAX_PASSWORD_CHARS = 256;

interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

interface Stored {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const derive = promisify(argon2);

/** Throws `PASSWORD_REFUSED`; length is what counts (NIST SP 800-63B, section 3.1.1.2). The error does not hold the password. */
export function assertPassword(password: string): void {
  const chars = password.length;
  if (chars < MIN_PASSWORD_CHARS || chars > MAX_PASSWORD_CHARS || !password.isWellFormed()) {
    throw new AccessError('PASSWORD_REFUSED', 'not a password to use here', {
      object: 'password',
      expected: `${MIN_PASSWORD_CHARS} to ${MAX_PASSWORD_CHARS} characters of Unicode`,
      found: `${chars} characters`,
    });
  }
}

/** A password as it is stored: argon2id in the PHC string format. Some 30 ms on a thread of the pool. */
export async function hashPassword(password: string, random: RandomBytes): Promise<string> {
  const salt = Buffer.from(random(SALT_BYTES));
  const hash = await run(password, { cost: COST, salt, hash: Buffer.alloc(HASH_BYTES) });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(salt)}$${encode(hash)}`;
}

/** False for another password, and for a string that is none of ours or asks for more work than is allowed. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored);
  if (parsed === null || password.length > MAX_PASSWORD_CHARS) {
    return false;
  }
  return timingSafeEqual(await run(password, parsed), parsed.hash);
}

/** Takes as long as a password that is wrong: for accounts that are not there. */
export async function verifyNothing(password: string): Promise<void> {
  if (password.length <= MAX_PASSWORD_CHARS) {
    await run(password, { cost: COST, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) });
  }
}

async function run(password: string, { cost, salt, hash }: Stored): Promise<Buffer> {
  const { memory, passes, parallelism } = cost;
  // Composed, so that the same characters are the same password whichever keyboard they come from.
  const message = Buffer.from(password.normalize('NFC'));
  return await derive('argon2id', { message, nonce: salt, parallelism, tagLength: hash.length, memory, passes });
}

function parse(text: string): Stored | null {
  const [empty, algorithm, version, parameters = '', salt = '', hash = '', ...more] = text.split('$');
  if (empty !== '' || algorithm !== 'argon2id' || version !== 'v=19' || more.length > 0) {
    return null;
  }
  const [memory, passes, parallelism] = ['m', 't', 'p'].map((name, at) => numberOf(parameters.split(',')[at], name));
  const cost = { memory: memory ?? 0, passes: passes ?? 0, parallelism: parallelism ?? 0 };
  const [saltBytes, hashBytes] = [Buffer.from(salt, 'base64'), Buffer.from(hash, 'base64')];
  const fits = isBetween(LEAST, cost, MOST) && cost.memory >= 8 * cost.parallelism;
  return fits && saltBytes.length >= 8 && saltBytes.length <= 64 && hashBytes.length >= 16 && hashBytes.length <= 64
    ? { cost, salt: saltBytes, hash: hashBytes }
    : null;
}

function numberOf(text: string | undefined, name: string): number {
  const digits = text?.startsWith(`${name}=`) === true ? text.slice(name.length + 1) : '';
  return /^[1-9][0-9]{0,6}$/.test(digits) ? Number(digits) : 0;
}

function isBetween(least: Cost, cost: Cost, most: Cost): boolean {
  return (['memory', 'passes', 'parallelism'] as const).every(
    (name) => cost[name] >= least[name] && cost[name] <= most[name],
  );
}

/** The PHC string format writes base64 without padding. */
function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
