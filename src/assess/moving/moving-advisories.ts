import {
  type Advisories,
  type AdvisoriesOptions,
  openAdvisories,
  type ShardResult,
  type UpdateResult,
} from '../advisories.ts';

/**
 * Advisories of a process that lives for long: what is here is used as it is, until somebody has it looked at again; what is not here is fetched when it is first
 * asked for. Readers that were handed out stay open until the look after the next one.
 */
export class MovingAdvisories implements Pick<Advisories, 'offers' | 'shard'> {
  readonly #options: AdvisoriesOptions;
  #current: Advisories;
  #before: Advisories | null = null;

  constructor(options: Omit<AdvisoriesOptions, 'maxAgeMs'>) {
    this.#options = { ...options, maxAgeMs: Number.MAX_SAFE_INTEGER };
    this.#current = openAdvisories(this.#options);
  }

  offers(needed: string): boolean {
    return this.#current.offers(needed);
  }

  async shard(needed: string): Promise<ShardResult> {
    return await this.#current.shard(needed);
  }

  /** Looks at the sources: for what is needed, or for what is here. What comes of it is used from now on. */
  async update(needed?: readonly string[]): Promise<readonly UpdateResult[]> {
    const next = openAdvisories(this.#options);
    const results = await next.update(needed);
    this.#before?.close();
    this.#before = this.#current;
    this.#current = next;
    return results;
  }

  /** Where the shard of a result is. */
  async pathOf({ ecosystem, info }: UpdateResult): Promise<string | null> {
    const found = (await this.#current.status()).find(
      (status) => status.ecosystem === ecosystem && info !== null && status.info?.revision === info.revision,
    );
    return found?.path ?? null;
  }

  close(): void {
    this.#before?.close();
    this.#current.close();
  }
}
