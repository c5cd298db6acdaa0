import assert from 'node:assert/strict';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isAppError } from '#base/error.ts';
import { linuxKernel as cataloger } from '#lib/packages/catalogers/linux-kernel/index.ts';
import { kernelModule } from '#test/fixtures/kernel-module.ts';
import { stored } from '#test/fixtures/xz-stream.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const MODULE = kernelModule(['version=1.2', 'license=GPL', 'depends=a,b', 'name=mine', 'vermagic=6.1.0 SMP']);

function bzImage(): Buffer {
  const image = Buffer.alloc(0x300);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(0x80, 0x20e);
  image.write('6.1.0-50-amd64 (a@b) #1', 0x280, 'latin1');
  return image;
}

const FOLDER = 'lib/modules/6.1.0/extra';

/** By its first bytes: of a kernel, a compressed module, or one as it is. */
function pathOf(input: Uint8Array): string {
  switch (input[0]) {
    case 0x1f:
      return `${FOLDER}/a.ko.gz`;
    case 0x28:
      return `${FOLDER}/a.ko.zst`;
    case 0xfd:
      return `${FOLDER}/a.ko.xz`;
    case 0x7f:
      return `${FOLDER}/a.ko`;
    default:
      return 'boot/vmlinuz';
  }
}

/** Kernels and modules: what is found has a name and a licence that is a text, and errors name the file. */
export const linuxKernel: FuzzTarget = {
  id: 'linux-kernel',
  seeds: () => [
    MODULE,
    gzipSync(MODULE),
    zstdCompressSync(MODULE),
    stored(MODULE),
    bzImage(),
    Buffer.from('\0Linux version 6.12.4 (a@b) #1\n'),
  ],
  maxMillis: 300,
  dictionary: ['Linux version ', 'HdrS', '.modinfo\0', 'version=', 'intree=Y\0', 'license=', 'vermagic='],
  run: (input) => {
    const path = pathOf(input);
    try {
      const { packages = [] } = cataloger.read({ path, bytes: input });
      invariant('at most one package, named', () => {
        assert.ok(packages.length <= 1);
        assert.ok(packages.every(({ name, licenses }) => name !== '' && licenses.length <= 16));
      });
    } catch (error) {
      if (isAppError(error)) {
        invariant('an error names the file', () => assert.equal(error.object, path));
      }
      throw error;
    }
  },
};
