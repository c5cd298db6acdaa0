import { hash } from 'node:crypto';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { decodeText } from '../../text.ts';
import { STORED, type Wanted, type ZipEntry } from '../../zip/directory.ts';
import { UnpackingBudget } from '../../zip/unpacking-budget.ts';
import { openZip, type ZipArchive } from '../../zip/zip-archive.ts';
import { baseName, entryKind, isArchive, isAtRoot, isNamedAsJava, isNoClass, stemOf } from './entries.ts';
import { type FileNameParts, splitFileName } from './file-name.ts';
import {
  type Coordinates,
  manifestCoordinates,
  manifestLicenses,
  toCoordinates,
  toInferredRecord,
  toPackageRecord,
  toVersion,
} from './package.ts';
import { type Bom, mergeNames, type NamesByDigest, parseBom } from './parse-bom.ts';
import { type Manifest, parseManifest, SECTION_BYTES } from './parse-manifest.ts';
import { type Pom, parsePom } from './parse-pom.ts';
import { parseProperties } from './parse-properties.ts';
import { Reasons } from './reasons.ts';

/** Of what describes a package: a signed archive has a manifest with a digest of each file, properties are three lines. */
const MANIFEST_BYTES = LIMITS.packageMetadataBytes;
const BOM_BYTES = LIMITS.packageMetadataBytes;
const POM_BYTES = 1024 * 1024;
const PROPERTIES_BYTES = 16 * 1024;
/** And of all that together what is parsed, which takes longer than unpacking it. */
const PARSED_BYTES = 32 * 1024 * 1024;

const WANTED: Wanted = { mayEndSo: isNoClass, has: (name) => entryKind(name) !== null };

/** One archive, and where it is. */
interface Place {
  /** In the file that is read; empty for the file itself. */
  readonly within: string;
  /** For people: the path of the file, or the place in it. */
  readonly object: string;
  /** The name that it has, without folders. */
  readonly name: string;
  readonly depth: number;
  /** How much may be unpacked and held besides what is held already. */
  readonly room: number;
  /** What the archives around it say of what is in them, the nearest first; those that say nothing are left out. */
  readonly names: readonly NamesByDigest[];
}

/** Of one archive what says which packages are in it, but for the archives in it. */
interface Contents {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest | null;
  readonly described: readonly Described[];
  readonly boms: readonly Bom[];
}

/** A package that an archive has the files of Maven for. */
interface Described {
  readonly coordinates: Coordinates;
  readonly pom: Pom | null;
  /** The folder of these files: `META-INF/maven/group/artifact`. */
  readonly folder: string;
}

/**
 * All packages that a Java archive names, with those in the archives in it. Throws `ZIP_INVALID` and `LIMIT_EXCEEDED` where the file
 * itself cannot be read; what cannot be read in it is an unknown.
 */
export function readArchive(bytes: Uint8Array, path: string): Found {
  const reader = new ArchiveReader(path);
  reader.read(bytes, {
    within: '',
    object: path,
    name: baseName(path),
    depth: 1,
    room: LIMITS.unpackedBytesHeld,
    names: [],
  });
  return reader.found();
}

class ArchiveReader {
  readonly #path: string;
  readonly #budget = new UnpackingBudget();
  readonly #parsed = new UnpackingBudget(PARSED_BYTES);
  readonly #names: CapabilityNames;
  readonly #reasons = new Reasons();
  readonly #packages: PackageRecord[] = [];
  #entriesLeft: number = LIMITS.entriesRead;

  constructor(path: string) {
    this.#path = path;
    this.#names = new CapabilityNames(path);
  }

  found(): Found {
    const unknowns = this.#reasons.list();
    return { packages: this.#packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
  }

  read(bytes: Uint8Array, place: Place): void {
    const archive = openZip(bytes, place.object, WANTED, this.#budget);
    for (const unknown of archive.unknowns) {
      this.#reasons.add('directory', `${place.object}: ${unknown}`);
    }
    const kinds = Map.groupBy(this.#readable(archive.entries, place), (entry) => entryKind(entry.name));
    const manifest = this.#readManifest(archive, kinds.get('manifest') ?? [], place);
    const described = this.#readDescriptions(archive, kinds.get('description') ?? [], place);
    const boms = this.#readBoms(archive, kinds.get('bom') ?? [], place);
    this.#addPackages({ bytes, manifest, described, boms }, place);
    const names = mergeNames(boms);
    const around = names.size === 0 ? place : { ...place, names: [names, ...place.names] };
    for (const entry of kinds.get('archive') ?? []) {
      this.#attempt(() => this.#readNested(archive, entry, around));
    }
  }

  /** As many as may still be read of this file: a small one could hold millions, packed, of which each costs something. */
  #readable(entries: readonly ZipEntry[], { object }: Place): readonly ZipEntry[] {
    const readable = entries.slice(0, this.#entriesLeft);
    this.#entriesLeft -= readable.length;
    if (readable.length < entries.length) {
      this.#reasons.addError(limitExceeded(object, LIMITS.entriesRead, 'entries to read'));
    }
    return readable;
  }

  #readNested(archive: ZipArchive, entry: ZipEntry, { within, depth, room, names }: Place): void {
    const inner = within === '' ? entry.name : `${within}!/${entry.name}`;
    const object = quote(inner);
    if (depth === LIMITS.archiveDepth) {
      throw limitExceeded(object, LIMITS.archiveDepth, 'archives inside each other');
    }
    const held = entry.method === STORED ? 0 : entry.size;
    if (held > room) {
      throw limitExceeded(object, room, 'bytes to hold', held);
    }
    const content = archive.read(entry);
    if (isArchive(content, entry.name)) {
      const name = baseName(entry.name);
      this.read(content, { within: inner, object, name, depth: depth + 1, room: room - held, names });
    }
  }

  /** The first; a second one that says something else is told. */
  #readManifest(archive: ZipArchive, entries: readonly ZipEntry[], place: Place): Manifest | null {
    const manifests = entries.flatMap(
      (entry) => this.#attempt(() => parseManifest(this.#readMetadata(archive, entry, MANIFEST_BYTES, place))) ?? [],
    );
    const [first = null, ...others] = manifests;
    for (const unknown of first?.unknowns ?? []) {
      this.#reasons.add('manifest', `${place.object}: ${unknown}`);
    }
    if (first !== null && !others.every((other) => isSame(first, other))) {
      this.#reasons.add('manifests', `${place.object}: manifests that differ`);
    }
    return first;
  }

  /** By folder, since the two files of one package are in one; a file that is there twice names two packages. */
  #readDescriptions(archive: ZipArchive, entries: readonly ZipEntry[], place: Place): readonly Described[] {
    const described: Described[] = [];
    const folders = Map.groupBy(entries, (entry) => entry.name.slice(0, entry.name.lastIndexOf('/')));
    for (const [folder, files] of folders) {
      const poms = files.filter((entry) => entry.name.endsWith('.xml'));
      const pom = poms.map((entry) => this.#readPom(archive, entry, place)).find((each) => each !== null) ?? null;
      const properties = files.filter((entry) => entry.name.endsWith('.properties'));
      const found = properties.flatMap((entry) => this.#readProperties(archive, entry, place) ?? []);
      const fromPom = pom === null ? null : toCoordinates(pom.group, pom.artifact, pom.version);
      const all = found.length === 0 && fromPom !== null ? [fromPom] : found;
      if (all.length === 0) {
        const where = quote(folder);
        this.#reasons.add('no coordinates', `${place.object}: no group and artifact in the files of ${where}`);
      }
      for (const coordinates of all) {
        described.push({ coordinates, pom, folder });
      }
    }
    return described;
  }

  #readPom(archive: ZipArchive, entry: ZipEntry, place: Place): Pom | null {
    return this.#attempt(() => parsePom(this.#readMetadata(archive, entry, POM_BYTES, place), place.object));
  }

  #readProperties(archive: ZipArchive, entry: ZipEntry, place: Place): Coordinates | null {
    return this.#attempt(() => {
      const properties = parseProperties(decodeText(this.#readMetadata(archive, entry, PROPERTIES_BYTES, place)));
      const value = (key: string): string => properties.get(key)?.trim() ?? '';
      return toCoordinates(value('groupId'), value('artifactId'), value('version'));
    });
  }

  #readBoms(archive: ZipArchive, entries: readonly ZipEntry[], place: Place): readonly Bom[] {
    return entries.flatMap(
      (entry) =>
        this.#attempt(() => parseBom(this.#readMetadata(archive, entry, BOM_BYTES, place), place.object)) ?? [],
    );
  }

  #addPackages(archive: Contents, place: Place): void {
    const { manifest, described } = archive;
    const attribute = (name: string): string => toVersion(manifest?.attributes.get(name) ?? '');
    const implementation = attribute('implementation-version');
    const named = splitFileName(stemOf(place.name), [implementation, attribute('bundle-version')]);
    const licenses = manifest === null ? [] : manifestLicenses(manifest);
    const own = ownDescription(described, named, stemOf(place.name));
    for (const each of described) {
      const isOwn = each === own;
      const folder = place.within === '' ? each.folder : `${place.within}!/${each.folder}`;
      const { coordinates, pom } = each;
      this.#add(toPackageRecord(coordinates, pom, isOwn ? licenses : [], isOwn ? place.within : folder, this.#names));
    }
    const stated = own === undefined ? this.#statedCoordinates(archive, named, place) : null;
    if (stated !== null) {
      this.#add(toPackageRecord(stated, null, licenses, place.within, this.#names));
    } else if (own === undefined && (described.length === 0 ? isOfJava(place, manifest) : named.version !== '')) {
      const version = named.version === '' ? implementation : named.version;
      const record = toInferredRecord(named.artifact, version, licenses, place.within);
      if (record === null) {
        this.#reasons.add('no name', `${place.object}: an archive that does not say what it is`);
      } else {
        this.#add(record);
      }
    }
  }

  /** What others than Maven's files say of an archive: its manifest, the bill of an archive around it that has its digest, or its own bill. */
  #statedCoordinates({ bytes, manifest, boms }: Contents, named: FileNameParts, place: Place): Coordinates | null {
    const stated = manifest === null ? null : manifestCoordinates(manifest);
    return stated ?? this.#listedCoordinates(bytes, place) ?? boms.find(({ own }) => isCalled(own, named))?.own ?? null;
  }

  #listedCoordinates(bytes: Uint8Array, { names, object }: Place): Coordinates | null {
    const digest = names.length === 0 ? null : this.#attempt(() => this.#digestOf(bytes, object));
    return digest === null ? null : (names.find((each) => each.has(digest))?.get(digest) ?? null);
  }

  /** Costs about as much as unpacking, and what lies in many archives inside each other is read for each. */
  #digestOf(bytes: Uint8Array, object: string): string {
    this.#budget.unpack(bytes.length, object);
    return hash('sha256', bytes, 'hex');
  }

  #add(record: PackageRecord): void {
    if (this.#packages.length === LIMITS.packagesPerFile) {
      throw limitExceeded(this.#path, LIMITS.packagesPerFile, 'packages in a file');
    }
    this.#packages.push(record);
  }

  #readMetadata(archive: ZipArchive, entry: ZipEntry, limit: number, { object }: Place): Uint8Array {
    if (entry.size > limit) {
      throw limitExceeded(`${object}, ${quote(entry.name)}`, limit, 'bytes', entry.size);
    }
    this.#parsed.unpack(Math.min(entry.size, limit === MANIFEST_BYTES ? SECTION_BYTES : limit), object);
    return archive.read(entry);
  }

  /** Null where it failed, with the reason noted. */
  #attempt<T>(action: () => T): T | null {
    try {
      return action();
    } catch (error) {
      this.#reasons.addError(error);
      return null;
    }
  }
}

/**
 * The package that the archive itself is, of those that it describes: the one by whose name it is called. An archive that was renamed is the
 * only one that it describes, unless the version in its name is another.
 */
function ownDescription(described: readonly Described[], named: FileNameParts, stem: string): Described | undefined {
  const candidates = described.filter((each) => isAtRoot(each.folder));
  const called = candidates.find(
    ({ coordinates: { artifact, version } }) =>
      artifact === named.artifact || artifact === stem || `${stem}-`.startsWith(`${artifact}-${version}-`),
  );
  const [first] = candidates;
  const isOnly = described.length === 1 && (named.version === '' || named.version === first?.coordinates.version);
  return called ?? (isOnly ? first : undefined);
}

/** A bill may also be of the project that an archive is a part of: the name of the file decides. */
function isCalled(own: Coordinates | null, { artifact, version }: FileNameParts): boolean {
  return own !== null && own.artifact === artifact && (version === '' || own.version === version);
}

function isOfJava({ name }: Place, manifest: Manifest | null): boolean {
  return manifest !== null || isNamedAsJava(name);
}

function isSame(one: Manifest, other: Manifest): boolean {
  const { attributes } = one;
  return (
    attributes.size === other.attributes.size &&
    [...attributes].every(([name, value]) => other.attributes.get(name) === value)
  );
}
