import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseGguf } from './parse-gguf.ts';
import { parseSafetensors } from './parse-safetensors.ts';

const GGUF = '.gguf';
const SAFETENSORS = '.safetensors';

/** A header: of the largest models some 20 MiB of it are words. */
const HEADER_BYTES = 32 * 1024 * 1024;

export const aiModel: Cataloger = {
  id: 'ai-model',
  version: 1,
  knownPaths: [],
  maxFileBytes: HEADER_BYTES,
  beginningIsEnough: true,
  capabilities: {
    title: 'AI models',
    reads: ['**/*.gguf', '**/*.safetensors'],
    packageTypes: ['generic', 'huggingface'],
    database: false,
    licenses: true,
    files: false,
    dependencies: false,
    specifications: [
      'https://github.com/ggml-org/ggml/blob/master/docs/gguf.md',
      'https://huggingface.co/docs/safetensors/index',
      'https://github.com/Stability-AI/ModelSpec',
      'https://github.com/package-url/purl-spec/blob/main/types-doc/huggingface-definition.md',
    ],
  },
  endings: [GGUF, SAFETENSORS],
  wants: ({ path }) => path.endsWith(GGUF) || path.endsWith(SAFETENSORS),
  read: readModel,
};

function readModel({ path, bytes }: AnalysedFile): Found {
  const metadata = path.endsWith(GGUF) ? parseGguf(bytes, path) : parseSafetensors(bytes, path);
  if (metadata === null) {
    return {};
  }
  const record = toPackageRecord(metadata);
  return record === null ? { unknowns: ['model that does not say its name'] } : { packages: [record] };
}
