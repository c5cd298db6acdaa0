import { fuzzBundles, fuzzSections, runPrograms } from '#test/fixtures/fuzz-programs.ts';
import { machOProgram, universalProgram } from '#test/fixtures/programs.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** Programs of macOS for one processor and for several, and what they were built from. */
export const macho: FuzzTarget = {
  id: 'macho',
  seeds: () => {
    const sections = fuzzSections('__go_buildinfo');
    const parts = ([32, 64] as const).map((bits) => machOProgram({ bits, sections }));
    const bigEndian = machOProgram({ bigEndian: true, sections });
    return [...parts, bigEndian, universalProgram(parts), universalProgram(parts, 64), ...fuzzBundles('Mach-O')];
  },
  maxMillis: 200,
  dictionary: ['\xca\xfe\xba\xbe', '\xcf\xfa\xed\xfe', '__go_buildinfo\0\0', '.dep-v0', '__DATA', '\xff Go buildinf:'],
  run: runPrograms,
};
