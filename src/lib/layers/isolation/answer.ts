import { LIMITS, type LimitError } from '#base/limits.ts';
import type { FileFact, UnreadableEntry } from '#model/layer.ts';
import type { LayersError } from '../error.ts';
import type { LayerTable } from '../table/codec.ts';
import type { AnalyserFacts } from '../walk/results.ts';
import { checkedTable } from './check-table.ts';
import { type Done, fromSentError, isDone, type Job, PIECE_BYTES } from './protocol.ts';
import { type Check, factOf, indexBelow, list, nullable, object, optional, unreadableOf } from './shapes.ts';
import { weighJson } from './weigh-json.ts';

/** What the process sent is nothing that a job may give; the text completes `sent …`. */
export class AnswerError extends Error {}

/** All that a process found in one layer, every part of it checked. */
export interface Answer {
  readonly table: LayerTable;
  /** By analyser of the job; in a late reading by listed visit. */
  readonly facts: readonly AnalyserFacts[];
  readonly actual: Done['actual'];
  readonly failure: LayersError | LimitError | null;
  /** Analysers of the job that failed in a way that another run may not repeat. */
  readonly internal: readonly number[];
}

interface FactsMessage {
  readonly analyser: number;
  readonly visit: number | null;
  readonly facts?: readonly FileFact[];
  readonly unreadable?: readonly UnreadableEntry[];
}

interface Collected {
  readonly facts: FileFact[];
  readonly unreadable: UnreadableEntry[];
}

/** A message holds a list of facts, a fact what was found, that a list of records, a record its source. */
const DEPTH = 8;

/** Puts together what comes in pieces, at most as much as an image may hold. Throws `AnswerError`. */
export class AnswerBuilder {
  readonly #job: Job;
  readonly #facts: readonly Collected[];
  readonly #isMessage: readonly Check[];
  readonly #table: Buffer[] = [];
  #tableBytes = 0;
  #weight = 0;

  constructor(job: Job) {
    this.#job = job;
    this.#facts = (job.listed ?? job.analysers).map(() => ({ facts: [], unreadable: [] }));
    this.#isMessage = job.analysers.map(({ id }, index) =>
      object<FactsMessage>({
        analyser: (value) => value === index,
        visit: nullable(indexBelow(this.#facts.length)),
        facts: optional(list(factOf(id))),
        unreadable: optional(unreadableOf(id)),
      }),
    );
  }

  /** A small piece holds on to the whole chunk that it came in, so only the last one may be small. */
  table(piece: Buffer): void {
    if (piece.length === 0 || this.#tableBytes % PIECE_BYTES !== 0) {
      throw new AnswerError('a file table in crumbs');
    }
    this.#tableBytes += piece.length;
    this.#count(this.#tableBytes);
    this.#table.push(piece);
  }

  facts(payload: Buffer): void {
    this.#weight += weighJson(payload, DEPTH);
    this.#count(this.#weight);
    const message = parseMessage(payload);
    const to = this.#isMessage.some((is) => is(message)) ? this.#listOf(message as FactsMessage) : undefined;
    if (to === undefined) {
      throw new AnswerError('facts that are none');
    }
    const { facts = [], unreadable = [] } = message as FactsMessage;
    facts.forEach((fact) => to.facts.push(fact));
    unreadable.forEach((entry) => to.unreadable.push(entry));
  }

  finish(payload: Buffer): Answer {
    const done = parseMessage(payload);
    if (!isDone(this.#job.analysers.length)(done)) {
      throw new AnswerError('an end that is none');
    }
    const table = checkedTable(Buffer.concat(this.#table, this.#tableBytes));
    if (table === null) {
      throw new AnswerError('a file table that is none');
    }
    const { actual, failure, internal } = done;
    return { table, facts: this.#facts, actual, failure: failure === null ? null : fromSentError(failure), internal };
  }

  /** Where the facts of a message belong: in a late reading to a visit of that analyser, else to the analyser. */
  #listOf({ analyser, visit }: FactsMessage): Collected | undefined {
    const { listed } = this.#job;
    if (listed === null) {
      return visit === null ? this.#facts[analyser] : undefined;
    }
    return visit !== null && listed[visit]?.analyser === analyser ? this.#facts[visit] : undefined;
  }

  #count(bytes: number): void {
    if (!(bytes <= LIMITS.imageFactBytes)) {
      throw new AnswerError(`more than ${LIMITS.imageFactBytes} bytes of facts`);
    }
  }
}

/** JSON that its caller has yet to check. Throws `AnswerError` for what is none. */
export function parseMessage(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8')) as unknown;
  } catch {
    throw new AnswerError('a message that is no JSON');
  }
}
