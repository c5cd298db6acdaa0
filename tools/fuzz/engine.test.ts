import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '#base/error.ts';
import { type Finding, fuzz } from './engine.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { Random } from './random.ts';
import { mutateCbor } from './structure/cbor.ts';
import { mutateDer } from './structure/der.ts';
import { mutateJson } from './structure/json.ts';
import { type FuzzTarget, invariant } from './target.ts';

interface Run {
  readonly inputs: readonly string[];
  readonly findings: readonly Finding[];
  readonly accepted: number;
}

async function run(target: Partial<FuzzTarget>, seed = 1, runs = 2000): Promise<Run> {
  const inputs: string[] = [];
  const findings: Finding[] = [];
  const toy: FuzzTarget = {
    id: 'toy',
    seeds: () => [Buffer.from('the quick brown fox')],
    maxMillis: Number.POSITIVE_INFINITY,
    run: () => {},
    ...target,
  };
  const { accepted } = await fuzz(toy, {
    seed,
    runs,
    millis: Number.POSITIVE_INFINITY,
    coverage: null,
    guided: false,
    before: (input) => inputs.push(Buffer.from(input).toString('latin1')),
    after: () => {},
    found: (finding) => findings.push(finding),
  });
  return { inputs, findings, accepted };
}

describe('the fuzzing engine', () => {
  it('gives the same inputs for the same seed, and others for another', async () => {
    const [one, same, other] = [await run({}, 7, 200), await run({}, 7, 200), await run({}, 8, 200)];
    assert.equal(one.inputs.length, 200);
    assert.equal(one.inputs[0], 'the quick brown fox');
    assert.ok(new Set(one.inputs).size > 150);
    assert.deepEqual(one.inputs, same.inputs);
    assert.notDeepEqual(one.inputs, other.inputs);
  });

  it('takes an error of ours for a refusal', async () => {
    const { findings, accepted } = await run({
      run: () => {
        throw new AppError('REFUSED', 'no');
      },
    });
    assert.deepEqual([findings.length, accepted], [0, 0]);
  });

  it('takes anything else for a finding, once for each cause, and makes its input small', async () => {
    const { findings } = await run({
      run: (input) => {
        if (input.includes(0x7a)) {
          throw new TypeError(`a z among ${input.length}`);
        }
      },
      dictionary: ['z'],
    });
    assert.equal(findings.length, 1);
    assert.equal(findings[0]?.kind, 'thrown');
    assert.match(findings[0]?.reason ?? '', /a z among/);
    assert.equal(Buffer.from(findings[0]?.input ?? []).toString(), 'z');
  });

  it('takes a rejection and an error of ours inside an invariant for findings', async () => {
    const rejected = await run({ run: () => Promise.reject(new RangeError('later')) }, 1, 1);
    assert.match(rejected.findings[0]?.reason ?? '', /later/);
    const broken = await run({ run: () => invariant('a law', () => assertNever()) }, 1, 1);
    assert.match(broken.findings[0]?.reason ?? '', /a law: refused/);
  });

  it('takes an input that is slow every time for a finding', async () => {
    const { findings } = await run({ maxMillis: -1 }, 1, 1);
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['slow'],
    );
  });
});

function assertNever(): void {
  throw new AppError('REFUSED', 'refused');
}

describe('mutations', () => {
  const random = new Random(3);
  const bytes = (inner: Uint8Array): Uint8Array =>
    mutateBytes(inner, { random, others: [Buffer.from('other')], dictionary: [], maxLength: 50 });

  it('of bytes stay below the longest, of nothing too', () => {
    for (let turn = 0; turn < 2000; turn += 1) {
      assert.ok(bytes(Buffer.from('0123456789')).length <= 50);
      assert.ok(bytes(new Uint8Array()).length <= 50);
    }
  });

  it('of structures refuse what is not of their kind', () => {
    const noise = Buffer.from('{noise');
    assert.equal(mutateDer(noise, random, bytes), null);
    assert.equal(mutateCbor(noise, random, bytes), null);
    assert.equal(mutateJson(noise, random, bytes), null);
  });

  it('of JSON give JSON, duplicates and what hides in base64 included', () => {
    const inner: string[] = [];
    const base64 = Buffer.from('inner text').toString('base64');
    const results = Array.from({ length: 500 }, () =>
      mutateJson(Buffer.from(`{"a":[1,{"b":"${base64}"}],"c":null}`), random, (leaf) => {
        inner.push(Buffer.from(leaf).toString());
        return Buffer.from('0');
      }),
    ).map((result) => Buffer.from(result ?? []).toString());
    assert.ok(inner.includes('inner text'));
    assert.ok(results.some((text) => /"c":null.*"c":null/.test(text)));
    assert.ok(results.filter((text) => isJson(text)).length > 400);
  });

  it('of DER keep lengths right, but where they are made longer', () => {
    const der = Buffer.from('300b0201053006040401020304', 'hex').subarray(0, 13);
    const outer = Array.from({ length: 300 }, () => mutateDer(der, random, bytes)).filter(
      (result) => result !== null && result.length > 1 && result[1] === result.length - 2,
    );
    assert.ok(outer.length > 150, `${outer.length}`);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
