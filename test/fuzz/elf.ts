import { fuzzBundles, fuzzSections, runPrograms } from '#test/fixtures/fuzz-programs.ts';
import { goProgram } from '#test/fixtures/go-program.ts';
import { nativeImage } from '#test/fixtures/native-image.ts';
import { elfProgram } from '#test/fixtures/programs.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const DOCUMENT = JSON.stringify({
  bomFormat: 'CycloneDX',
  components: [
    { 'bom-ref': 'json', purl: 'pkg:maven/org.json/json@20211205' },
    { 'bom-ref': 'netty', group: 'io.netty', name: 'netty-buffer', version: '4.1.76.Final' },
  ],
  dependencies: [{ ref: 'netty', dependsOn: ['json'] }],
});

/** Programs of Linux, and what they were built from. */
export const elf: FuzzTarget = {
  id: 'elf',
  seeds: () => [
    goProgram(),
    goProgram({ bits: 32, bigEndian: true, strings: 'pointed', sections: false }),
    elfProgram({ sections: fuzzSections('.other') }),
    elfProgram({ bits: 32, bigEndian: true, sections: fuzzSections('.other') }),
    nativeImage({ document: DOCUMENT }),
    ...fuzzBundles('ELF'),
  ],
  maxMillis: 200,
  dictionary: [
    '\x7fELF',
    '.go.buildinfo',
    '.dep-v0',
    '\xff Go buildinf:',
    'dep\t',
    '=>\t',
    'build\t-ldflags=',
    '.svm_heap',
    'sbom_length',
  ],
  run: runPrograms,
};
