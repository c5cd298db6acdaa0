import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { fuzzBundles, fuzzSections, runPrograms } from '#test/fixtures/fuzz-programs.ts';
import { peProgram } from '#test/fixtures/programs.ts';
import { assembly } from '#test/fixtures/version-resource.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** Programs of Windows, and what they were built from. */
export const pe: FuzzTarget = {
  id: 'pe',
  seeds: () => [
    ...([32, 64] as const).map((bits) => peProgram({ bits, sections: fuzzSections('.data') })),
    ...fuzzBundles('PE'),
    assembly({ OriginalFilename: 'Azure.Core.dll', ProductVersion: `1.47.1+${'0a2e291c0d'.repeat(4)}` }),
  ],
  maxMillis: 200,
  dictionary: ['MZ', 'PE\0\0', '/4\0', '.data\0\0\0', '.dep-v0\0', '\xff Go buildinf:'],
  run: (bytes) => {
    runCataloger('dotnet-assembly', 'app/Azure.Core.dll', bytes);
    runPrograms(bytes);
  },
};
