import type { Digest } from '#base/digest.ts';
import { digestOf, hexOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { pack, unpack } from '#base/packed.ts';
import type { Analyser } from '#model/analyser.ts';
import type { FactsKey, FactsStore } from '#model/ports.ts';
import { decodeTable, encodeTable, type LayerTable, TABLE_VERSION } from './table/codec.ts';
import type { AnalyserFacts } from './walk/results.ts';

/** Facts of four million entries, unpacked. */
const FACTS_BYTES = 2 * 1024 ** 3;

/** Raised with every change of the stored form of results. */
const FORM = 1;

interface StoredFacts extends AnalyserFacts {
  readonly form: number;
}

interface StoredLateFacts {
  readonly form: number;
  readonly files: readonly AnalyserFacts[];
}

interface StoredIdle {
  readonly form: number;
  readonly idle: readonly string[];
}

/** A file of the layer by its path there, and the path that one analyser is told. */
export interface LateFile {
  readonly analyser: Analyser;
  readonly origin: { readonly path: string };
  readonly path: string;
}

/** What identifies a result beside the layer. */
type ResultKey = Omit<FactsKey, 'diffId'>;

/** The file table is kept beside the analysers' results under a name that no analyser has. */
const TABLE: ResultKey = { analyser: 'layers/file-table', version: TABLE_VERSION, configuration: '{}' };

/** Keeps what a layer's reading gave, per diffID, analyser, version and configuration. Entries that cannot be read are as good as none. */
export class FactsCache {
  readonly #store: FactsStore | null;
  readonly #diffId: Digest | null;

  readonly #claimed: Digest | null;

  /**
   * Without a store, or for a layer whose diffID nothing promises, nothing is found or kept. `claimed` is the digest of what is
   * stored, when nobody but a process that hostile content may have taken over says that this is the diffID of it: what it found
   * then counts for these very bytes only, and not for every layer of that diffID.
   */
  constructor(store: FactsStore | undefined, diffId: Digest | null, claimed: Digest | null = null) {
    this.#store = store ?? null;
    this.#diffId = diffId;
    this.#claimed = claimed;
  }

  async table(): Promise<LayerTable | null> {
    return await this.#get(TABLE, decodeTable);
  }

  async putTable(table: LayerTable): Promise<void> {
    await this.#put(TABLE, () => encodeTable(table));
  }

  /** The ids of those analysers that have found nothing, and had nothing to find fault with: most of them, in most layers. */
  async idle(analysers: readonly Analyser[]): Promise<ReadonlySet<string>> {
    return (await this.#get(idleKey(analysers), decodeIdle)) ?? new Set();
  }

  /** One entry for all of them, since each file of the cache costs as much as reading some. */
  async putIdle(analysers: readonly Analyser[], idle: ReadonlySet<string>): Promise<void> {
    const stored: StoredIdle = { form: FORM, idle: [...idle] };
    await this.#put(idleKey(analysers), () => Buffer.from(JSON.stringify(stored)));
  }

  async facts(analyser: Analyser): Promise<AnalyserFacts | null> {
    return await this.#get(keyOf(analyser), decodeFacts);
  }

  async putFacts(analyser: Analyser, facts: AnalyserFacts): Promise<void> {
    await this.#put(keyOf(analyser), () => encodeFacts(facts));
  }

  /** Results of single files that were found through links, one per file asked for; the key names them all. */
  async lateFacts(files: readonly LateFile[]): Promise<readonly AnalyserFacts[] | null> {
    const [first] = files;
    return first === undefined ? [] : await this.#get(lateKey(first.analyser, files), decodeLateFacts);
  }

  async putLateFacts(files: readonly LateFile[], facts: readonly AnalyserFacts[]): Promise<void> {
    const [first] = files;
    if (first !== undefined) {
      const stored: StoredLateFacts = { form: FORM, files: facts };
      await this.#put(lateKey(first.analyser, files), () => Buffer.from(JSON.stringify(stored)));
    }
  }

  async #get<Value>(result: ResultKey, decode: (bytes: Buffer) => Value | null): Promise<Value | null> {
    const key = this.#key(result);
    const stored = key === null ? null : ((await this.#store?.get(key)) ?? null);
    // What cannot be unpacked is read again, which costs time and nothing else.
    return stored === null ? null : unpack(stored, FACTS_BYTES, decode);
  }

  async #put(result: ResultKey, encode: () => Buffer): Promise<void> {
    const key = this.#key(result);
    const packed = key === null || this.#store === null ? null : await pack(encode);
    if (key !== null && packed !== null) {
      await this.#store?.put(key, packed);
    }
  }

  #key(result: ResultKey): FactsKey | null {
    if (this.#diffId === null) {
      return null;
    }
    const { configuration } = result;
    const scope = this.#claimed === null ? configuration : canonicalJson({ claimed: this.#claimed, configuration });
    return { ...result, diffId: this.#diffId, configuration: scope };
  }
}

/** Settings that decide which files are read and how much of them. */
function keyOf({ id, version, knownPaths, maxFileBytes }: Analyser): ResultKey {
  return { analyser: id, version, configuration: canonicalJson({ knownPaths, maxFileBytes }) };
}

/** Another analyser, or another version of one, has the layer read again in any case. */
function idleKey(analysers: readonly Analyser[]): ResultKey {
  return { analyser: 'layers/idle', version: 1, configuration: canonicalJson(analysers.map(keyOf)) };
}

function lateKey(analyser: Analyser, files: readonly LateFile[]): ResultKey {
  const list = files.map(({ origin, path }) => `${origin.path}\0${path}\0`).join('');
  return { ...keyOf(analyser), analyser: `${analyser.id}/late-${hexOf(digestOf(list))}` };
}

function encodeFacts({ facts, unreadable }: AnalyserFacts): Buffer {
  const stored: StoredFacts = { form: FORM, facts, unreadable };
  return Buffer.from(JSON.stringify(stored));
}

function decodeFacts(bytes: Buffer): AnalyserFacts | null {
  const stored = JSON.parse(bytes.toString('utf8')) as StoredFacts;
  const whole = stored.form === FORM && Array.isArray(stored.facts) && Array.isArray(stored.unreadable);
  return whole ? { facts: stored.facts, unreadable: stored.unreadable } : null;
}

function decodeIdle(bytes: Buffer): ReadonlySet<string> | null {
  const stored = JSON.parse(bytes.toString('utf8')) as StoredIdle;
  return stored.form === FORM && Array.isArray(stored.idle) ? new Set(stored.idle) : null;
}

function decodeLateFacts(bytes: Buffer): readonly AnalyserFacts[] | null {
  const stored = JSON.parse(bytes.toString('utf8')) as StoredLateFacts;
  return stored.form === FORM && Array.isArray(stored.files) ? stored.files : null;
}
