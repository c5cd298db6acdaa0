import { fuzzSections, runPrograms } from '#test/fixtures/fuzz-programs.ts';
import { goProgram } from '#test/fixtures/go-program.ts';
import { elfProgram } from '#test/fixtures/programs.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** Programs of Linux, and what they were built from. */
export const elf: FuzzTarget = {
  id: 'elf',
  seeds: () => [
    goProgram(),
    goProgram({ bits: 32, bigEndian: true, strings: 'pointed', sections: false }),
    elfProgram({ sections: fuzzSections('.other') }),
    elfProgram({ bits: 32, bigEndian: true, sections: fuzzSections('.other') }),
  ],
  maxMillis: 200,
  dictionary: ['\x7fELF', '.go.buildinfo', '.dep-v0', '\xff Go buildinf:', 'dep\t', '=>\t', 'build\t-ldflags='],
  run: runPrograms,
};
