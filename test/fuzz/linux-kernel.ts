import assert from 'node:assert/strict';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isAppError } from '#base/error.ts';
import { linuxKernel as cataloger } from '#lib/packages/catalogers/linux-kernel/index.ts';
import { stored } from '#test/fixtures/xz-stream.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const INFO = 'version=1.2\0license=GPL\0depends=a,b\0name=mine\0vermagic=6.1.0 SMP\0';
const NAMES = '\0.modinfo\0.shstrtab\0';

/** A module of 64 bits that has nothing but what is said about it. */
function module(): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(1, 16);
  header.writeBigUInt64LE(BigInt(64 + NAMES.length + INFO.length), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(3, 60);
  header.writeUInt16LE(2, 62);
  const rows = [
    [0, 0, 0, 0],
    [1, 1, 64 + NAMES.length, INFO.length],
    [10, 3, 64, NAMES.length],
  ].map(([name = 0, type = 0, offset = 0, size = 0]) => {
    const row = Buffer.alloc(64);
    row.writeUInt32LE(name, 0);
    row.writeUInt32LE(type, 4);
    row.writeBigUInt64LE(BigInt(offset), 24);
    row.writeBigUInt64LE(BigInt(size), 32);
    return row;
  });
  return Buffer.concat([header, Buffer.from(NAMES + INFO, 'latin1'), ...rows]);
}

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
    module(),
    gzipSync(module()),
    zstdCompressSync(module()),
    stored(module()),
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
