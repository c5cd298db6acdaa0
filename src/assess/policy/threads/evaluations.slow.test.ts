import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { digestFacts, type EvaluateRequest, evaluate, evaluateWithin } from '#lib/policy/index.ts';
import type { Verdict } from '#model/verdict.ts';
import { samplePackage } from '#test/fixtures/facts.ts';
import { type Json, policyOf, requestOf } from '#test/fixtures/policy-request.ts';
import { Evaluations, type EvaluationsOptions } from './evaluations.ts';

const PACKAGES = Array.from({ length: 10_000 }, (_, index) => {
  const number = String(index).padStart(5, '0');
  return { ...samplePackage, name: `${'a'.repeat(60)}${number}!`, purl: `pkg:npm/a${number}` };
});

/** One that goes through all packages for each pair of them, and one with a regular expression that other engines never end with. */
const HOSTILE = policyOf('hostile', {
  triples: 'packages.all(a, packages.all(b, packages.all(c, a.name + b.name != c.name)))',
  backtracking: "packages.all(p, packages.all(q, !(p.name + q.name).matches('^(a+)+$')))",
});
const ORDINARY = policyOf('ordinary', { user: "image.user != 'root'", named: "packages.all(p, p.name != '')" });

function hostile(policies: readonly Json[] = [HOSTILE]): EvaluateRequest {
  return requestOf({ policies, facts: { packages: PACKAGES } });
}

async function using<T>(options: EvaluationsOptions, run: (evaluations: Evaluations) => Promise<T>): Promise<T> {
  const evaluations = new Evaluations(options);
  try {
    return await run(evaluations);
  } finally {
    await evaluations.close();
  }
}

async function asked(evaluations: Evaluations, request: EvaluateRequest): Promise<Verdict> {
  return await evaluations.evaluate(request, digestFacts(request.facts).texts);
}

function programOf(text: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

test('ordinary evaluations go on while hostile ones spend their budget elsewhere, and those are refused', async () => {
  await using({ threads: 2 }, async (evaluations) => {
    const ordinary = requestOf({ policies: [ORDINARY] });
    const request = hostile();
    const { texts } = digestFacts(request.facts);
    const hostiles = [1, 2, 3].map(async () => await evaluations.evaluate(request, texts));
    let ended = false;
    const all = Promise.all(hostiles).finally(() => {
      ended = true;
    });
    let meanwhile = 0;
    while (!ended) {
      const { decision } = await asked(evaluations, ordinary);
      meanwhile += ended || decision === 'refuse' ? 0 : 1;
      await setImmediate();
    }
    assert.ok(meanwhile >= 10, `${meanwhile} ordinary evaluations`);
    for (const { decision, rules } of await all) {
      assert.equal(decision, 'refuse');
      assert.deepEqual(
        rules.map(({ outcome, effect }) => `${outcome} ${effect}`),
        ['error deny', 'error deny'],
      );
      assert.ok(rules.every(({ message }) => message.includes('cost budget of 1000000 units')));
    }
  });
});

test('a verdict is the same wherever it is made', async () => {
  const request = hostile([ORDINARY, policyOf('broken', { long: 'packages.exists(p, p.name == "x")' })]);
  const expected = evaluate(request);
  assert.equal(evaluateWithin(request, 1000), null);
  assert.deepEqual(evaluateWithin(request, 1_000_000), expected);
  await using({ trial: 1000 }, async (evaluations) => {
    assert.deepEqual(await asked(evaluations, request), expected);
  });
});

test('what is told of a rule counts as well as the rule', () => {
  const message = { expression: 'false', messageExpression: 'string(packages.filter(p, p.name != "x").size())' };
  const request = hostile([policyOf('told', { long: message })]);
  assert.equal(evaluateWithin(request, 10_000), null);
  assert.equal(evaluateWithin(request, 1_000_000)?.rules[0]?.message, '10000');
});

test('a thread keeps the sets that it was sent last, and is sent the others again', async () => {
  await using({ trial: 0, threads: 1 }, async (evaluations) => {
    const requests = [1, 2, 3, 4, 5, 6].map((count) =>
      requestOf({ policies: [policyOf(`policy-${count}`, { rule: `packages.size() == ${count}` })] }),
    );
    for (const request of [...requests, ...requests]) {
      assert.deepEqual(await asked(evaluations, request), evaluate(request));
    }
  });
});

describe('a thread that does not answer ends in a refusal, and the next request has another', () => {
  const programs: Readonly<Record<string, readonly [string, RegExp]>> = {
    'is busy for ever': ['for (;;);', /^could not be evaluated: it took longer than 0\.05 s$/],
    'waits for ever': ['setInterval(() => {}, 1000)', /^could not be evaluated: it took longer than 0\.05 s$/],
    'fails at once': ['throw new Error("no")', /^could not be evaluated: (the thread failed: no|it took longer)/],
    'ends at once': ['', /^could not be evaluated: (the thread has ended|it took longer)/],
    'tells a fault': [
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => parentPort.postMessage({ kind: "fault", message: "lost" }))',
      /^could not be evaluated: (lost|it took longer)/,
    ],
  };
  for (const [name, [text, said]] of Object.entries(programs)) {
    test(name, async () => {
      await using({ trial: 0, threads: 1, limitMs: 50, program: programOf(text) }, async (evaluations) => {
        const request = requestOf({ policies: [ORDINARY] });
        const verdicts = await Promise.all([request, request].map(async (each) => await asked(evaluations, each)));
        for (const { decision, rules } of verdicts) {
          assert.equal(decision, 'refuse');
          assert.ok(
            rules.length > 0 && rules.every(({ outcome, message }) => outcome === 'error' && said.test(message)),
          );
        }
      });
    });
  }
});

test('closing refuses what is under way', async () => {
  const evaluations = new Evaluations({ trial: 0, threads: 1, program: programOf('for (;;);') });
  const verdict = asked(evaluations, requestOf({ policies: [ORDINARY] }));
  await evaluations.close();
  assert.equal((await verdict).decision, 'refuse');
});
