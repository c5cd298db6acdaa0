import { join } from 'node:path';
import { type Digest, digestOf, hexOf, isDigest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { mapConcurrently } from '#base/pool.ts';
import { FACT_PARTS, type Facts, type FactsManifest, type HistoryFact } from '#model/facts.ts';
import type { PolicyContext } from '#model/policy.ts';
import { DECISIONS, type RuleResult, type Verdict } from '#model/verdict.ts';
import { PolicyStoreError } from './error.ts';
import { condense } from './history.ts';
import { namesIn, Objects, readOrNull, writeDurably } from './objects.ts';

/** Files of a folder of decisions that are looked at. */
const MAX_ENTRIES = 4096;
/** Each waits for the disk. */
const WRITES_AT_ONCE = 8;
/** An object that nothing names is left alone for so long: its record may be on its way. */
const GRACE_MS = 3_600_000;

/** A verdict as it is kept, with all that it is made of, under digests. */
export interface Keeping {
  readonly verdict: Verdict;
  /** Its canonical JSON. */
  readonly text: string;
  readonly digest: Digest;
  /** Canonical JSON of everything that `inputs` and the facts' manifest name, and of the documents that the revision lists. */
  readonly inputs: ReadonlyMap<Digest, string>;
  /** Whose history it becomes a part of; null for none. */
  readonly image: Digest | null;
}

/** What a verdict was made of, as it was. */
export interface KeptInputs {
  readonly manifest: FactsManifest;
  readonly facts: Facts;
  /** Canonical JSON of every document of the revision. */
  readonly documents: readonly string[];
  readonly context: PolicyContext;
  readonly allowUnknown: string | null;
}

/**
 * Verdicts and what they are made of, below `policy` in the data folder. Everything is canonical JSON under its own digest, so a part that many
 * verdicts share is there once; what was damaged is as good as not there. Many processes may write at once.
 */
export class PolicyStore {
  readonly #folder: string;
  readonly #objects: Objects;
  readonly #records: Objects;

  /** `home`: the data folder, absolute. */
  constructor(home: string) {
    this.#folder = join(home, 'policy');
    this.#objects = new Objects(join(this.#folder, 'objects'));
    this.#records = new Objects(join(this.#folder, 'records'));
  }

  /** The record comes last: what is there of it is there as a whole. Throws `POLICY_RECORD_NOT_KEPT`. */
  async keep({ verdict, text, digest, inputs, image }: Keeping, now: number): Promise<void> {
    try {
      await mapConcurrently([...inputs], WRITES_AT_ONCE, async ([of, content]) => {
        await this.#objects.put(of, content, now);
      });
      await this.#records.put(digest, text, now);
      if (image !== null) {
        await writeDurably(this.#decisionPath(image, verdict.context.time, digest), decisionOf(verdict, digest));
      }
    } catch (error) {
      throw new PolicyStoreError('POLICY_RECORD_NOT_KEPT', 'verdict could not be kept', {
        object: this.#folder,
        expected: 'a folder that may be written to',
        found: messageOf(error),
        hint: 'Decide without keeping anything with --no-record.',
        cause: error,
      });
    }
  }

  /** What was decided of a digest before, oldest first, see `condense`. Entries that cannot be read are passed over. */
  async history(image: Digest): Promise<readonly HistoryFact[]> {
    const folder = this.#decisionFolder(image);
    const names = (await namesIn(folder)).slice(-MAX_ENTRIES);
    const entries = await Promise.all(names.map(async (name) => parseDecision(await readOrNull(join(folder, name)))));
    return condense(entries.filter((entry) => entry !== null));
  }

  /** The text of a record. Throws `POLICY_RECORD_MISSING`. */
  async record(digest: Digest): Promise<string> {
    const text = await this.#records.get(digest);
    if (text === null) {
      throw new PolicyStoreError('POLICY_RECORD_MISSING', 'no such record', {
        object: digest,
        expected: `a verdict that was kept in ${this.#folder}`,
        found: 'none',
      });
    }
    return text;
  }

  /** Everything that a verdict names. Throws `POLICY_INPUT_MISSING` for the first thing that is not there as it was. */
  async inputsOf({ inputs }: Verdict): Promise<KeptInputs> {
    const manifest = (await this.#input(inputs.facts, 'the manifest of its facts', isManifest)) as FactsManifest;
    const facts: Record<string, unknown> = {};
    for (const part of FACT_PARTS) {
      facts[part] = await this.#input(manifest.parts[part], `its facts, ${part}`);
    }
    const revision = (await this.#input(inputs.revision, 'its revision', Array.isArray)) as readonly Digest[];
    const documents = await Promise.all(
      revision.map((digest) => this.#inputText(digest, 'a document of its revision')),
    );
    const context = (await this.#input(inputs.context, 'its context', isContext)) as PolicyContext;
    const { allowUnknown } = (await this.#input(inputs.request, 'its request', isRequest)) as Pick<
      KeptInputs,
      'allowUnknown'
    >;
    return { manifest, facts: await this.#facts(facts, inputs.facts), documents, context, allowUnknown };
  }

  /**
   * Removes records of decisions before an instant, and what no record that stays names. Returns how many records and other objects went.
   */
  async prune(before: number, now: number): Promise<{ readonly records: number; readonly objects: number }> {
    const named = new Set<Digest>();
    let records = 0;
    for await (const { digest } of this.#records.list()) {
      const verdict = parsed<Verdict>(await this.#records.get(digest));
      if (verdict === null || Date.parse(verdict.context.time) < before) {
        await this.#records.remove(digest);
        records += 1;
      } else {
        (await this.#namedBy(verdict)).forEach((one) => named.add(one));
      }
    }
    let objects = 0;
    for await (const { digest, put } of this.#objects.list()) {
      if (!named.has(digest) && put < now - GRACE_MS) {
        await this.#objects.remove(digest);
        objects += 1;
      }
    }
    return { records, objects };
  }

  /** What checks them is loaded for whoever replays. */
  async #facts(parts: Readonly<Record<string, unknown>>, manifest: Digest): Promise<Facts> {
    const { factsSchema } = await import('#model/facts-schema.ts');
    const isFacts = (value: unknown): value is Facts => factsSchema.safeParse(value).success;
    if (!isFacts(parts)) {
      throw this.#missing(manifest, 'its facts');
    }
    return parts;
  }

  async #namedBy({ inputs }: Verdict): Promise<readonly Digest[]> {
    const manifest = parsed<FactsManifest>(await this.#objects.get(inputs.facts));
    const revision = parsed<readonly Digest[]>(await this.#objects.get(inputs.revision)) ?? [];
    const { facts, context, request } = inputs;
    return [facts, inputs.revision, context, request, ...revision, ...Object.values(manifest?.parts ?? {})];
  }

  /** A record that somebody wrote may name anything that is here. */
  async #input(digest: Digest, what: string, fits: (value: unknown) => boolean = () => true): Promise<unknown> {
    const value: unknown = JSON.parse(await this.#inputText(digest, what));
    if (!fits(value)) {
      throw this.#missing(digest, what);
    }
    return value;
  }

  async #inputText(digest: Digest, what: string): Promise<string> {
    const text = isDigest(String(digest)) ? await this.#objects.get(digest) : null;
    if (text === null) {
      throw this.#missing(digest, what);
    }
    return text;
  }

  #missing(digest: Digest, what: string): PolicyStoreError {
    return new PolicyStoreError('POLICY_INPUT_MISSING', 'what the record names is not here as it was', {
      object: what,
      expected: `content of the digest ${digest} in ${this.#folder}`,
      found: 'none, or other content',
    });
  }

  #decisionFolder(image: Digest): string {
    const hex = hexOf(image);
    return join(this.#folder, 'images', hex.slice(0, 2), hex);
  }

  /** Sorted by name they are sorted by time. */
  #decisionPath(image: Digest, time: string, record: Digest): string {
    const milliseconds = String(Date.parse(time)).padStart(16, '0');
    return join(this.#decisionFolder(image), `${milliseconds}-${hexOf(record)}`);
  }
}

type Members = Readonly<Record<string, unknown>>;

function isManifest(value: unknown): boolean {
  return isObject(value) && isObject(value['parts']);
}

function isContext(value: unknown): boolean {
  const time = isObject(value) ? value['time'] : null;
  return typeof time === 'string' && !Number.isNaN(Date.parse(time));
}

function isRequest(value: unknown): boolean {
  return isObject(value) && (value['allowUnknown'] === null || typeof value['allowUnknown'] === 'string');
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function decisionOf({ context, decision, rules }: Verdict, record: Digest): string {
  const isKept = ({ outcome, exceptions }: RuleResult): boolean =>
    outcome === 'skipped' || (outcome === 'passed' && exceptions.length === 0);
  const broken = rules.filter((rule) => !isKept(rule)).map(({ rule }) => rule);
  const fact: HistoryFact = {
    environment: context.environment,
    decision,
    decidedAt: context.time,
    broken: broken.toSorted(),
    record,
  };
  const text = JSON.stringify(fact);
  return `${digestOf(text)}\n${text}`;
}

/** Null for what is damaged: its first line is the digest of the rest. */
function parseDecision(bytes: Uint8Array | null): HistoryFact | null {
  const text = bytes === null ? '' : Buffer.from(bytes).toString('utf8');
  const end = text.indexOf('\n');
  const rest = text.slice(end + 1);
  if (end === -1 || text.slice(0, end) !== digestOf(rest)) {
    return null;
  }
  const fact = parsed<HistoryFact>(rest);
  return fact !== null && DECISIONS.includes(fact.decision) ? fact : null;
}

function parsed<T>(text: string | null): T | null {
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
