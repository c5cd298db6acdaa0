import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { PackagesError } from '../../error.ts';
import { toJson } from '../../jsonc.ts';
import { decodeText } from '../../text.ts';

/** A package of a project. One that has peers is there once for each set of them, under a reference of its own. */
export interface PnpPackage {
  readonly name: string;
  /** Where it comes from: `npm:1.0.0`, `virtual:HASH#npm:1.0.0`, `workspace:packages/a`. */
  readonly reference: string;
  /** `name@reference` of each. */
  readonly needs: readonly string[];
}

/** In front of a text in single quotes (Yarn 4, and Yarn 3), and of the object itself (Yarn 2); in `.pnp.data.json` there is nothing else. */
const QUOTED: readonly string[] = ["RAW_RUNTIME_STATE =\n'", "return hydrateRuntimeState(JSON.parse('"];
const PLAIN = 'return hydrateRuntimeState({';
const PLAIN_END = '}, {basePath:';

/** The registry of packages in what Yarn writes for Plug'n'Play. Throws `PACKAGE_METADATA_INVALID` and what `parseStrictJson` throws. */
export function* parseState(bytes: Uint8Array, object: string): Generator<PnpPackage> {
  const registry = membersOf(parseStrictJson(dataOf(decodeText(bytes), object), object))?.get('packageRegistryData');
  if (!Array.isArray(registry)) {
    throw invalid(object, 'a list packageRegistryData');
  }
  for (const [name, instances] of pairsOf(registry)) {
    for (const [reference, about] of pairsOf(instances)) {
      if (typeof name === 'string' && typeof reference === 'string') {
        const needs = [...pairsOf(membersOf(about)?.get('packageDependencies'))].flatMap(([needed, target]) =>
          keyOf(needed, target),
        );
        yield { name, reference, needs };
      }
    }
  }
}

function dataOf(text: string, object: string): string {
  for (const opening of QUOTED) {
    const at = text.indexOf(opening);
    if (at !== -1) {
      return unquote(text, at + opening.length, object);
    }
  }
  const plain = text.indexOf(PLAIN);
  if (plain === -1) {
    return text;
  }
  const end = text.indexOf(PLAIN_END, plain);
  if (end === -1) {
    throw invalid(object, 'the end of its state');
  }
  // An object of JavaScript may have commas behind its last member.
  return toJson(text.slice(plain + PLAIN.length - 1, end + 1));
}

/** Up to the closing quote; a backslash in front of the end of a line is no part of the text. */
function unquote(text: string, start: number, object: string): string {
  const parts: string[] = [];
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x27) {
      return parts.join('') + text.slice(from, at);
    }
    if (char === 0x5c) {
      parts.push(text.slice(from, at));
      from = text[at + 1] === '\n' ? at + 2 : at + 1;
      at += 1;
    }
  }
  throw invalid(object, 'the end of its state');
}

/** A package that is known by another name has that and the reference; one that is missing has none. */
function keyOf(name: unknown, target: unknown): readonly string[] {
  const [real, reference] = Array.isArray(target) ? (target as readonly unknown[]) : [name, target];
  return typeof real === 'string' && typeof reference === 'string' ? [`${real}@${reference}`] : [];
}

function* pairsOf(list: unknown): Generator<readonly [unknown, unknown]> {
  for (const pair of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    if (Array.isArray(pair)) {
      yield [pair[0], pair[1]];
    }
  }
}

function invalid(object: string, expected: string): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', "unreadable state of Plug'n'Play", { object, expected });
}
