import assert from 'node:assert/strict';
import type { Random } from './random.ts';

/** One reader of untrusted bytes, to be fed with damaged ones: a file of `test/fuzz/` that `list.ts` names. */
export interface FuzzTarget {
  /** The name of its file. */
  readonly id: string;
  /** Real samples to start from, at least one. */
  seeds(): readonly Uint8Array[];
  /**
   * Reads the input, and checks what must hold of everything that is accepted. An AppError is a refusal and fine;
   * whatever else is thrown is a finding. Checks go into `invariant`, where errors of ours are findings too.
   */
  run(input: Uint8Array): void | Promise<void>;
  /** No input may take longer. */
  readonly maxMillis: number;
  /** Words of the format that mutations put in. */
  readonly dictionary?: readonly string[];
  /** A mutation that knows the structure, in place of one of bytes; `bytes` mutates what is inside. */
  mutate?(input: Uint8Array, random: Random, bytes: (inner: Uint8Array) => Uint8Array): Uint8Array;
  /** Makes lengths and checksums right again, so that the damage reaches deep. */
  fixUp?(mutated: Uint8Array, random: Random): Uint8Array;
}

/** What must hold of accepted input: anything thrown in `check`, errors of ours as well, is a finding. */
export function invariant<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new assert.AssertionError({ message: `${what}: ${error instanceof Error ? error.message : String(error)}` });
  }
}
