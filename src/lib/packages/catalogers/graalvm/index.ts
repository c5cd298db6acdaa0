import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isElfProgram } from '../../executables/elf.ts';
import { isExecutable, parsePrograms } from '../../executables/programs.ts';
import { readNativeImage } from './native-image.ts';
import { toLibraryRecords, toRuntimeRecord } from './package.ts';
import { parseComponents } from './parse-components.ts';

export const graalvm: Cataloger = {
  id: 'graalvm',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  capabilities: {
    title: 'Java libraries in native images of GraalVM',
    reads: ['** (ELF executables built by native-image)'],
    packageTypes: ['maven', 'generic'],
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: [
      'https://www.graalvm.org/latest/security-guide/native-image/sbom/',
      'https://cyclonedx.org/docs/1.6/json/',
    ],
  },
  wants: isExecutable,
  accepts: isElfProgram,
  read: readProgram,
};

function readProgram({ bytes, path }: AnalysedFile): Found {
  const [program] = isElfProgram(bytes) ? parsePrograms(bytes, path) : [];
  const image = program === undefined ? null : readNativeImage(program, path);
  if (image === null) {
    return {};
  }
  const runtime = toRuntimeRecord(image);
  const list = image.document === null ? null : parseComponents(image.document, path);
  const packages = [...(runtime === null ? [] : [runtime]), ...toLibraryRecords(list?.components ?? [])];
  const unknowns = [
    ...(list === null ? ['a native image of GraalVM that does not say which libraries are in it'] : list.unknowns),
    ...(runtime === null ? ['a native image of GraalVM that does not say which Java is in it'] : []),
  ];
  return {
    ...(packages.length === 0 ? {} : { packages }),
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}
