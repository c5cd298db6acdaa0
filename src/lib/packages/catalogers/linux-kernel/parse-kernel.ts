import { quote } from '#base/error.ts';
import { PackagesError } from '../../error.ts';

/** Of the boot protocol of x86: `HdrS`, and two bytes that say where the version is, counted from byte 0x200. */
const MAGIC = 'HdrS';
const MAGIC_AT = 0x202;
const VERSION_POINTER_AT = 0x20e;
const VERSION_BASE = 0x200;

/** What a kernel prints first, and what of an uncompressed one is in its data. */
const BANNER = 'Linux version ';

const RELEASE_LENGTH = 128;
/** `uname -r`: the version of the sources, and what the builder put behind it. */
const RELEASE = /^[0-9]+\.[0-9]+[\w.+~-]*$/;

/**
 * The release of a kernel, from the header of a bzImage (Linux, "The Linux/x86 Boot Protocol", `kernel_version`) or the banner in an
 * uncompressed image. Throws `PACKAGE_METADATA_INVALID` for whatever else, images that unpack themselves on other processors among it.
 */
export function parseKernel(bytes: Uint8Array, object: string): string {
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const release = isBzImage(image) ? releaseOfBzImage(image) : releaseInBanner(image);
  if (release === null || !RELEASE.test(release)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'kernel image without a release that can be read', {
      object,
      expected: 'a bzImage with its version, or an uncompressed image',
      found: release === null ? 'neither' : quote(release),
    });
  }
  return release;
}

function isBzImage(image: Buffer): boolean {
  return image.length >= VERSION_POINTER_AT + 2 && image.toString('latin1', MAGIC_AT, MAGIC_AT + 4) === MAGIC;
}

function releaseOfBzImage(image: Buffer): string | null {
  const pointer = image.readUInt16LE(VERSION_POINTER_AT);
  return pointer === 0 ? null : wordAt(image, VERSION_BASE + pointer);
}

/** Of an image that has more than one banner the first that a release follows. */
function releaseInBanner(image: Buffer): string | null {
  for (let at = image.indexOf(BANNER); at !== -1; at = image.indexOf(BANNER, at + 1)) {
    const word = wordAt(image, at + BANNER.length);
    if (RELEASE.test(word)) {
      return word;
    }
  }
  return null;
}

function wordAt(image: Buffer, start: number): string {
  const text = image.toString('latin1', start, Math.min(image.length, start + RELEASE_LENGTH));
  const end = text.search(/[\0\n ]/);
  return end === -1 ? text : text.slice(0, end);
}
