import { fuzzSections, runPrograms } from '#test/fixtures/fuzz-programs.ts';
import { peProgram } from '#test/fixtures/programs.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** Programs of Windows, and what they were built from. */
export const pe: FuzzTarget = {
  id: 'pe',
  seeds: () => ([32, 64] as const).map((bits) => peProgram({ bits, sections: fuzzSections('.data') })),
  maxMillis: 200,
  dictionary: ['MZ', 'PE\0\0', '/4\0', '.data\0\0\0', '.dep-v0\0', '\xff Go buildinf:'],
  run: runPrograms,
};
