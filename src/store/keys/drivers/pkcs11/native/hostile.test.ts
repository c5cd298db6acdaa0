import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Memory } from './memory.ts';
import { type Cryptoki, type FunctionName, Refusal } from './module.ts';
import type { TokenAnswer, TokenRequest } from './protocol.ts';
import { TokenSession } from './session.ts';

const ENDLESS = 0xffff_ffff_ffff_ffffn;
const CKA_ALWAYS_AUTHENTICATE = 0x202n;
const CKR_OK = 0;

type Values = readonly (number | bigint | null)[];
type Answer = (values: Values, at: (address: number | bigint | null | undefined) => Buffer) => number;

/** A module of the test's own: one token, one key, signatures of four bytes, but for what `odd` answers instead. */
function moduleWith(odd: Partial<Record<FunctionName, Answer>>): {
  readonly module: Cryptoki;
  readonly blocks: Buffer[];
} {
  const blocks: Buffer[] = [];
  const at = (address: number | bigint | null | undefined): Buffer => {
    const block = blocks[Number(address) - 1];
    assert.ok(block !== undefined, 'an address of nothing');
    return block;
  };
  const put = (address: number | bigint | null | undefined, value: bigint): number => {
    at(address).writeBigUInt64LE(value);
    return CKR_OK;
  };
  let found = 0n;
  const usual: Partial<Record<FunctionName, Answer>> = {
    C_GetSlotList: ([, , count]) => put(count, 1n),
    C_GetTokenInfo: ([, info]) => {
      at(info).writeBigUInt64LE(0x404n, 96);
      return CKR_OK;
    },
    C_OpenSession: ([, , , , handle]) => put(handle, 5n),
    C_FindObjectsInit: () => {
      found = 1n;
      return CKR_OK;
    },
    C_FindObjects: ([, , , count]) => {
      put(count, found);
      found = 0n;
      return CKR_OK;
    },
    C_GetAttributeValue: ([, , asked]) => {
      const attribute = at(asked);
      const isAlways = attribute.readBigUInt64LE(0) === CKA_ALWAYS_AUTHENTICATE;
      attribute.writeBigUInt64LE(isAlways ? 1n : 8n, 16);
      return CKR_OK;
    },
    C_Sign: ([, , , , length]) => put(length, 4n),
  };
  const module: Cryptoki = {
    memory: () => new Memory((bytes) => BigInt(blocks.push(bytes))),
    call: (name, values, accepted = []) => {
      const value = (odd[name] ?? usual[name])?.(values, at) ?? CKR_OK;
      if (value !== CKR_OK && !accepted.includes(value)) {
        throw new Refusal({ kind: 'failed', call: name, value });
      }
      return value;
    },
  };
  return { module, blocks };
}

const ANYTHING = { label: null, manufacturer: null, model: null, serial: null, slot: null };
const REQUESTS: readonly TokenRequest[] = [
  { kind: 'open', module: '/a', token: ANYTHING },
  { kind: 'find', key: { label: null, id: null } },
  { kind: 'sign', mechanism: 1, parameter: [1, 2, 3], data: 'AAAA' },
];

/** The first answer that is a refusal; the last, if there is none. */
async function outcome(module: Cryptoki): Promise<TokenAnswer> {
  const session = new TokenSession(async () => await Promise.resolve(module));
  let last: TokenAnswer = { kind: 'login' };
  try {
    for (const request of REQUESTS) {
      last = await session.answer(request);
    }
    return last;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.answer;
  } finally {
    session.close();
  }
}

/** Writes a number where a module says how many, or how long. */
function says(index: number, value: bigint, offset = 0): Answer {
  return (values, at) => {
    at(values[index]).writeBigUInt64LE(value, offset);
    return CKR_OK;
  };
}

describe('a module', () => {
  it('that keeps to its interface makes a signature', async () => {
    assert.deepEqual(await outcome(moduleWith({}).module), { kind: 'signature', signature: '00000000' });
  });

  let asked = 0;
  for (const [what, odd, found] of [
    ['has slots without end', { C_GetSlotList: says(2, ENDLESS) }, /slots/],
    ['has more slots when they are listed', { C_GetSlotList: says(2, 3n) }, null],
    [
      'lists more slots than it counted',
      { C_GetSlotList: says2(() => (asked++ === 0 ? 1n : 1000n)) },
      /1000 slots in the room of 1/,
    ],
    ['finds more objects than there is room', { C_FindObjects: says(3, ENDLESS) }, /objects in the room/],
    ['has a long attribute', { C_GetAttributeValue: says(2, 1n << 40n, 16) }, /attribute of 1099511627776 bytes/],
    ['makes a long signature', { C_Sign: says(4, 1n << 33n) }, /signature of/],
  ] as const) {
    it(`that ${what} is not believed`, async () => {
      const answer = await outcome(moduleWith(odd).module);
      if (found === null) {
        assert.equal(answer.kind, 'tokens', 'three slots with a token each are too many');
        return;
      }
      assert.ok(answer.kind === 'unusable', answer.kind);
      assert.match(answer.found, found);
    });
  }

  it('that finds objects without end is asked no longer', async () => {
    assert.deepEqual(await outcome(moduleWith({ C_FindObjects: says(3, 256n) }).module), { kind: 'keys', count: 512 });
  });

  it('that writes past what it was given is not believed', async () => {
    let first = true;
    const C_GetAttributeValue: Answer = ([, , attribute], at) => {
      at(attribute).writeBigUInt64LE(first ? 4n : 4096n, 16);
      first = !first;
      return CKR_OK;
    };
    const answer = await outcome(moduleWith({ C_GetAttributeValue }).module);
    assert.ok(answer.kind === 'unusable' && /4096 bytes of an attribute in the room of 4/.test(answer.found));
  });

  it('gets a PIN once, and nothing of it is left', async () => {
    const seen: string[] = [];
    const { module, blocks } = moduleWith({
      C_Login: ([, user, pin, length], at) => {
        seen.push(`${Number(user)} ${at(pin).toString('latin1', 0, Number(length))}`);
        return 0xa0;
      },
    });
    const session = new TokenSession(async () => await Promise.resolve(module));
    await session.answer({ kind: 'open', module: '/a', token: ANYTHING });
    const pin = Buffer.from('1234');
    assert.throws(() => session.login(pin), Refusal);
    session.close();
    assert.deepEqual(seen, ['1 1234']);
    assert.ok([pin, ...blocks].every((block) => block.every((octet) => octet === 0)));
  });
});

function says2(value: () => bigint): Answer {
  return (values, at) => {
    at(values[2]).writeBigUInt64LE(value());
    return CKR_OK;
  };
}
