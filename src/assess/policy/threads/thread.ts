import { parentPort } from 'node:worker_threads';
import { messageOf } from '#base/error.ts';
import { type CompiledSet, compileSet, evaluate } from '#lib/policy/index.ts';
import { FACT_PARTS, type Facts } from '#model/facts.ts';
import type { Verdict } from '#model/verdict.ts';
import type { FromThread, ToThread } from './protocol.ts';

/** Sets that are kept compiled. Whoever asks has one or two. */
const MAX_SETS = 4;

/** By the ids they were sent with, the latest last. */
const sets = new Map<number, CompiledSet>();

/** The program of a thread that evaluates what would take the main one too long: one request after the other. */
parentPort?.on('message', (message: ToThread) => {
  try {
    if (message.kind === 'set') {
      keep(message.id, compiled(message));
    } else {
      answer({ kind: 'verdict', verdict: verdictOf(message) });
    }
  } catch (error) {
    answer({ kind: 'fault', message: messageOf(error) });
  }
});

function compiled({ set }: ToThread & { readonly kind: 'set' }): CompiledSet {
  const result = compileSet(set);
  if (!result.ok) {
    throw new Error('what was compiled once does not compile again');
  }
  return result.compiled;
}

function keep(id: number, set: CompiledSet): void {
  sets.set(id, set);
  const [oldest] = sets.keys();
  if (sets.size > MAX_SETS && oldest !== undefined) {
    sets.delete(oldest);
  }
}

function verdictOf({ set, environment, request }: ToThread & { readonly kind: 'evaluate' }): Verdict {
  const known = sets.get(set);
  const found = known?.environments.get(environment);
  if (known === undefined || found === undefined) {
    throw new Error('the set or its environment was not sent');
  }
  const parts = FACT_PARTS.map((part, index) => [part, JSON.parse(request.facts[index] ?? '') as unknown]);
  const facts = Object.fromEntries(parts) as Facts;
  return evaluate({ ...request, facts, set: known.set, compiled: found });
}

function answer(message: FromThread): void {
  parentPort?.postMessage(message);
}
