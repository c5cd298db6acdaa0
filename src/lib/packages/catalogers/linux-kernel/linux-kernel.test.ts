import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { kernelModule } from '#test/fixtures/kernel-module.ts';
import { stored } from '#test/fixtures/xz-stream.ts';
import { catalogerContract } from '../contract.ts';
import { linuxKernel } from './index.ts';

const FOLDER = 'lib/modules/6.1.0-50-amd64';
const PATH = `${FOLDER}/updates/dkms/v4l2loopback.ko`;
const INFO = [
  'parm=devices:how many (int)',
  'version=0.12.7',
  'version=9',
  'license=GPL',
  'description=a=b, version=9',
  'depends=videodev,v4l2-common',
  'name=v4l2loopback',
  'vermagic=6.1.0-50-amd64 SMP preempt mod_unload modversions ',
];

function bzImage(version: string, pointer = 0x3c0): Buffer {
  const image = Buffer.alloc(2048);
  image.write('MZ', 0, 'latin1');
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(pointer, 0x20e);
  image.write(`${version}\0`, 0x200 + pointer, 'latin1');
  return image;
}

const EXAMPLE = kernelModule(INFO);

catalogerContract(linuxKernel, { example: { path: PATH, bytes: EXAMPLE } });

function read(path: string, bytes: Buffer): ReturnType<typeof linuxKernel.read> {
  return linuxKernel.read({ path, bytes });
}

const LOOPBACK = {
  type: 'generic',
  name: 'v4l2loopback',
  version: '0.12.7',
  requires: ['videodev', 'v4l2-common', '6.1.0-50-amd64'],
  licenses: ['GPL'],
};

test('kernels and modules in their folders are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    [`usr/${PATH}`, true],
    [`${PATH}.gz`, true],
    [`${PATH}.zst`, true],
    [`${PATH}.xz`, true],
    [`${FOLDER}/kernel/fs/fat/fat.ko`, true],
    [`${FOLDER}/kernel/fs/fat/fat.ko.xz`, false],
    [`${FOLDER}/vmlinuz`, true],
    [`${FOLDER}/modules.dep`, false],
    ['boot/vmlinuz-6.1.0-50-amd64', true],
    ['boot/x/bzImage', true],
    ['boot/initrd.img-6.1.0-50-amd64', false],
    ['boot/config-vmlinuz', false],
    ['boot/a.ko', false],
    ['opt/vmlinuz', false],
    ['opt/a.ko', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(linuxKernel.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

const STORED = stored(EXAMPLE);

test('a module from elsewhere, as it is and compressed', () => {
  assert.deepEqual(read(PATH, EXAMPLE), { packages: [LOOPBACK] });
  assert.deepEqual(read(`${PATH}.gz`, gzipSync(EXAMPLE)), { packages: [LOOPBACK] });
  assert.deepEqual(read(`${PATH}.zst`, zstdCompressSync(EXAMPLE)), { packages: [LOOPBACK] });
  assert.deepEqual(read(`${PATH}.xz`, STORED), { packages: [LOOPBACK] });
  const named = Buffer.concat([
    gzipSync(EXAMPLE).subarray(0, 10),
    Buffer.from('v.ko\0'),
    gzipSync(EXAMPLE).subarray(10),
  ]);
  named[3] = 8;
  assert.deepEqual(read(`${PATH}.gz`, named), { packages: [LOOPBACK] });
});

test('a module of the kernel itself is a package only with a version', () => {
  assert.deepEqual(read(PATH, kernelModule([...INFO, 'intree=Y'])), { packages: [LOOPBACK] });
  assert.deepEqual(read(PATH, kernelModule(['name=fat', 'intree=Y'])), {});
});

test('a module from elsewhere without a version is an unknown, and one without a name has that of its file', () => {
  const path = `${FOLDER}/extra/my-module.ko`;
  assert.deepEqual(read(path, kernelModule([])), {
    packages: [{ type: 'generic', name: 'my_module', version: '', licenses: [] }],
    unknowns: ['kernel module without a version'],
  });
});

test('what is no module, or cannot be unpacked, is an error', () => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    [PATH, kernelModule(INFO, '.comment'), 'PACKAGE_METADATA_INVALID'],
    [PATH, kernelModule(['name=../x', 'version=1']), 'PACKAGE_METADATA_INVALID'],
    [PATH, EXAMPLE.subarray(0, -64), 'ELF_INVALID'],
    [`${PATH}.gz`, EXAMPLE, 'PACKAGE_METADATA_INVALID'],
    [`${PATH}.gz`, gzipSync(EXAMPLE).subarray(0, 40), 'PACKAGE_METADATA_INVALID'],
    [`${PATH}.gz`, gzipSync(Buffer.alloc(10_000_000)), 'PACKAGE_METADATA_INVALID'],
    [`${PATH}.zst`, zstdCompressSync(Buffer.alloc(10_000_000)), 'PACKAGE_METADATA_INVALID'],
    [`${PATH}.zst`, EXAMPLE, 'PACKAGE_METADATA_INVALID'],
    [`${PATH}.xz`, EXAMPLE, 'PACKAGE_METADATA_INVALID'],
    [`${PATH}.xz`, STORED.subarray(0, -1), 'PACKAGE_METADATA_INVALID'],
  ];
  for (const [object, bytes, code] of cases) {
    assert.throws(() => read(object, bytes), { code, object });
  }
});

test('the release of a kernel is in its header, or in the banner of an uncompressed one', () => {
  const path = 'boot/vmlinuz-x';
  const kernel = { type: 'generic', name: 'linux-kernel', licenses: [] };
  const debian = '6.1.0-50-amd64';
  const expected = { packages: [{ ...kernel, version: debian, provides: [debian] }] };
  assert.deepEqual(read(path, bzImage(`${debian} (a@b) #1 SMP Debian 6.1.176-1`)), expected);
  const banners = Buffer.from(`\0Linux version %s\0\x01Linux version ${debian} (a@b) #1\n\0`);
  assert.deepEqual(read(path, banners), expected);
  const [published] = read(path, bzImage('6.12.4 (a@b)')).packages ?? [];
  assert.equal(published?.cpe, 'cpe:2.3:o:linux:linux_kernel:6.12.4:*:*:*:*:*:*:*');
});

test('a kernel that does not say its release is an error', () => {
  const images = [
    bzImage(''),
    bzImage('x y'),
    bzImage('6.1', 0),
    bzImage('6.1').subarray(0, 0x210),
    Buffer.from('Linux version %s'),
    Buffer.from('Linux version '.repeat(100_000)),
    Buffer.alloc(0),
  ];
  for (const image of images) {
    assert.throws(() => read('boot/vmlinuz', image), { code: 'PACKAGE_METADATA_INVALID', object: 'boot/vmlinuz' });
  }
});
