import { messageOf, quote } from '#base/error.ts';
import { gunzipBounded, LIMITS } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { sectionContentAt, symbolAddresses } from '../../executables/elf-symbols.ts';
import { type Executable, sectionContent } from '../../executables/executable.ts';

/** Where a native image keeps the objects that were there when it was built: no other program has this section. */
const HEAP = '.svm_heap';
const DATA = '.data';
const JAVA = 'com.oracle.svm.core.VM.Java.Version=';
const BUILDER = 'com.oracle.svm.core.VM=';
/** Enough for what these texts say. */
const TEXT = 128;
const DOCUMENT = 'sbom';
const DOCUMENT_BYTES = 'sbom_length';
const NUMBER_BYTES = 8;

/** A program that GraalVM compiled ahead of time. */
export interface NativeImage {
  /** Of the class library that it was built from; null where the program does not say it. */
  readonly java: string | null;
  /** Name and version of the builder: `GraalVM CE 25.0.2+10.1`. */
  readonly builder: string | null;
  /** The CycloneDX document in it; null where there is none. */
  readonly document: Uint8Array | null;
}

/** Null for any other program. Throws `ELF_INVALID`, and `PACKAGE_METADATA_INVALID` for a document that is cut off or not compressed. */
export function readNativeImage(elf: Executable, object: string): NativeImage | null {
  if (!elf.sections.some(({ name }) => name === HEAP)) {
    return null;
  }
  const data = sectionContent(elf, DATA, object) ?? new Uint8Array();
  const compressed = compressedDocument(elf, object);
  return {
    java: textAfter(data, JAVA),
    builder: textAfter(data, BUILDER),
    document: compressed === null ? null : inflate(compressed, object),
  };
}

/** A text of printable ASCII up to its NUL. */
function textAfter(data: Uint8Array, label: string): string | null {
  const content = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const at = content.indexOf(label, 0, 'latin1');
  if (at === -1) {
    return null;
  }
  const start = at + label.length;
  const end = content.indexOf(0, start);
  const text = end === -1 || end - start > TEXT ? '' : content.toString('latin1', start, end);
  return /^[\x20-\x7e]+$/.test(text) ? text : null;
}

/** Two symbols say where it is and how long (security guide of Native Image, "Software Bill of Materials"). */
function compressedDocument(elf: Executable, object: string): Uint8Array | null {
  const addresses = symbolAddresses(elf, [DOCUMENT, DOCUMENT_BYTES], object);
  const place = addresses.get(DOCUMENT);
  const lengthPlace = addresses.get(DOCUMENT_BYTES);
  if (place === undefined || lengthPlace === undefined) {
    return null;
  }
  const number = sectionContentAt(elf, lengthPlace);
  const content = sectionContentAt(elf, place);
  const length = number.length < NUMBER_BYTES ? -1 : littleEndian(number);
  if (length < 0 || length > content.length) {
    throw invalid(object, `a document of ${length} bytes`, `${content.length} bytes up to the end of its section`);
  }
  return content.subarray(0, length);
}

function littleEndian(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, NUMBER_BYTES);
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
}

function inflate(compressed: Uint8Array, object: string): Uint8Array {
  try {
    return gunzipBounded(compressed, LIMITS.packageDatabaseBytes);
  } catch (error) {
    const found = quote(messageOf(error));
    throw invalid(object, `a gzip stream of at most ${LIMITS.packageDatabaseBytes} bytes`, found, error);
  }
}

function invalid(object: string, expected: string, found: string, cause?: unknown): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable document of a native image', {
    object,
    expected,
    found,
    ...(cause === undefined ? {} : { cause }),
  });
}
