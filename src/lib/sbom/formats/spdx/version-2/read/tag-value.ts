import { quote } from '#base/error.ts';
import { SbomError } from '../../../../error.ts';
import { readLines, type TagLine } from './tag-lines.ts';
import { type Section, TAGS, type Tag } from './tags.ts';

type Element = Record<string, unknown>;

/**
 * The tag-value form of SPDX 2.2 and 2.3 as the JSON form has it, to be checked like that. Throws `SBOM_INVALID`, naming the
 * line, for what is no tag of SPDX, stands in the wrong place, or twice.
 */
export function parseTagValue(text: string, document: string): unknown {
  const builder = new Builder(document);
  for (const line of readLines(text, document)) {
    builder.add(line);
  }
  return builder.finish();
}

class Builder {
  readonly #document: string;
  readonly #root: Element = {};
  readonly #creation: Element = {};
  readonly #packages: Element[] = [];
  readonly #files: Element[] = [];
  readonly #licences: Element[] = [];
  readonly #relationships: Element[] = [];
  readonly #annotations: Element[] = [];
  /** The element of each section that tags are for. */
  readonly #current = new Map<Section, Element>();
  /** What `SPDXID` names. */
  #named: Element;

  constructor(document: string) {
    this.#document = document;
    this.#named = this.#root;
    this.#current.set('document', this.#root);
    this.#current.set('creation', this.#creation);
  }

  add(line: TagLine): void {
    if (line.tag === 'SPDXID') {
      this.#put(this.#named, 'SPDXID', line.value, false, line);
      return;
    }
    const tag = TAGS.get(line.tag);
    if (tag === undefined) {
      throw this.#wrong(line, 'a tag of SPDX 2.2 or 2.3', quote(line.tag, 60));
    }
    if (tag.starts) {
      this.#start(tag.section);
    }
    const element = this.#current.get(tag.section);
    if (element === undefined) {
      throw this.#wrong(line, `${line.tag} behind the beginning of its ${tag.section}`, 'none before');
    }
    if (tag.form === 'relationship') {
      Object.assign(element, this.#relationship(line));
    } else if (tag.member !== null) {
      this.#put(element, tag.member, this.#valueOf(tag, line), tag.many, line);
    }
  }

  finish(): unknown {
    const byElement = Map.groupBy(this.#annotations, ({ spdxRef }) => spdxRef);
    const own = [...this.#packages, ...this.#files];
    for (const element of own) {
      const annotations = byElement.get(element['SPDXID']);
      if (annotations !== undefined) {
        element['annotations'] = annotations;
      }
    }
    const ids = new Set(own.map((element) => element['SPDXID']));
    return {
      ...this.#root,
      creationInfo: this.#creation,
      packages: this.#packages,
      files: this.#files,
      hasExtractedLicensingInfos: this.#licences,
      relationships: this.#relationships,
      annotations: this.#annotations.filter(({ spdxRef }) => !ids.has(spdxRef)),
    };
  }

  /** An element of a section, and `SPDXID` is its name if it can have one. */
  #start(section: Section): void {
    const element: Element = {};
    this.#current.set(section, element);
    switch (section) {
      case 'package':
        this.#packages.push(element);
        this.#named = element;
        break;
      case 'file':
        this.#files.push(element);
        this.#named = element;
        break;
      case 'licence':
        this.#licences.push(element);
        break;
      case 'relationship':
        this.#relationships.push(element);
        break;
      case 'annotation':
        this.#annotations.push(element);
        break;
      default:
        // Snippets and reviews are not read.
        break;
    }
  }

  #put(element: Element, member: string, value: unknown, many: boolean, line: TagLine): void {
    const known = element[member];
    if (!many) {
      if (known !== undefined) {
        throw this.#wrong(line, `${line.tag} once in an element`, 'it again');
      }
      element[member] = value;
    } else if (Array.isArray(known)) {
      known.push(value);
    } else {
      element[member] = [value];
    }
  }

  #valueOf({ form }: Tag, line: TagLine): unknown {
    const { value } = line;
    switch (form) {
      case 'flag':
        if (value !== 'true' && value !== 'false') {
          throw this.#wrong(line, 'true or false', quote(value, 80));
        }
        return value === 'true';
      case 'checksum':
        return this.#checksum(value, line);
      case 'external': {
        const [referenceCategory, referenceType, referenceLocator] = this.#words(
          line,
          3,
          'a category, a type and a locator',
        );
        return { referenceCategory, referenceType, referenceLocator };
      }
      case 'document-ref': {
        const [externalDocumentId, spdxDocument, ...checksum] = value.split(' ').filter((word) => word !== '');
        return { externalDocumentId, spdxDocument, checksum: this.#checksum(checksum.join(' '), line) };
      }
      case 'verification': {
        const bracket = value.indexOf('(');
        return { packageVerificationCodeValue: (bracket === -1 ? value : value.slice(0, bracket)).trim() };
      }
      default:
        return value;
    }
  }

  #relationship(line: TagLine): Element {
    const [spdxElementId, relationshipType, relatedSpdxElement] = this.#words(
      line,
      3,
      'an element, a type and an element',
    );
    return { spdxElementId, relationshipType, relatedSpdxElement };
  }

  #checksum(value: string, line: TagLine): Element {
    const colon = value.indexOf(':');
    if (colon === -1) {
      throw this.#wrong(line, 'an algorithm, a colon and hex digits', quote(value, 80));
    }
    return { algorithm: value.slice(0, colon).trim(), checksumValue: value.slice(colon + 1).trim() };
  }

  #words(line: TagLine, count: number, expected: string): readonly string[] {
    const words = line.value.split(' ').filter((word) => word !== '');
    if (words.length !== count) {
      throw this.#wrong(line, expected, quote(line.value, 120));
    }
    return words;
  }

  #wrong({ number }: TagLine, expected: string, found: string): SbomError {
    return new SbomError('SBOM_INVALID', 'not as SPDX 2 says', {
      object: `${this.#document}, line ${number}`,
      expected,
      found,
    });
  }
}
