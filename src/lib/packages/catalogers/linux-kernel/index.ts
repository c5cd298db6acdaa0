import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { decompress, KERNEL_FILE_BYTES } from './decompress.ts';
import { toKernelRecord, toModuleRecord } from './package.ts';
import { parseKernel } from './parse-kernel.ts';
import { parseModinfo } from './parse-modinfo.ts';

const MODULES: readonly string[] = ['lib/modules/', 'usr/lib/modules/'];
const FOLDERS: readonly string[] = ['boot/', ...MODULES];
const KERNELS: readonly string[] = ['vmlinuz', 'vmlinux', 'bzImage'];
const MODULE_SUFFIXES: readonly string[] = ['.ko', '.ko.gz', '.ko.zst'];
const XZ_SUFFIX = '.ko.xz';

export const linuxKernel: Cataloger = {
  id: 'linux-kernel',
  version: 3,
  knownPaths: [],
  maxFileBytes: KERNEL_FILE_BYTES,
  digests: true,
  capabilities: {
    title: 'Linux kernels and their modules',
    reads: [
      'boot/**/vmlinuz*',
      'boot/**/bzImage*',
      'lib/modules/*/vmlinuz*',
      'lib/modules/**/*.ko',
      'lib/modules/**/*.ko.gz',
      'lib/modules/**/*.ko.zst',
      'lib/modules/*/{extra,updates,…}/**/*.ko.xz',
    ],
    packageTypes: ['generic'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://docs.kernel.org/arch/x86/boot.html',
      'https://man7.org/linux/man-pages/man8/modinfo.8.html',
      'https://www.rfc-editor.org/rfc/rfc1952',
      'https://tukaani.org/xz/xz-file-format.txt',
    ],
  },
  beginnings: FOLDERS,
  wants: ({ path }) => FOLDERS.some((folder) => path.startsWith(folder)) && (isKernel(path) || isModule(path)),
  read: (file) => (isModule(file.path) ? readModule(file) : readKernel(file)),
};

function isKernel(path: string): boolean {
  const start = path.lastIndexOf('/') + 1;
  return KERNELS.some((name) => path.startsWith(name, start));
}

/** Modules that come with a kernel are below its folder `kernel`: of these, thousands that take long to unpack are passed over. */
function isModule(path: string): boolean {
  return (
    MODULES.some((folder) => path.startsWith(folder)) &&
    (MODULE_SUFFIXES.some((suffix) => path.endsWith(suffix)) ||
      (path.endsWith(XZ_SUFFIX) && !path.includes('/kernel/')))
  );
}

function readModule(file: AnalysedFile): Found {
  const { path } = file;
  const module = parseModinfo(decompress(file.bytes, path), path);
  const start = path.lastIndexOf('/') + 1;
  const record = toModuleRecord(module, path.slice(start, path.indexOf('.ko', start)), path);
  if (record === null) {
    return {};
  }
  const unknowns = ['kernel module without a version'];
  return { packages: [record], ...(record.version === '' ? { unknowns } : {}) };
}

function readKernel(file: AnalysedFile): Found {
  return { packages: [toKernelRecord(parseKernel(file.bytes, file.path))] };
}
