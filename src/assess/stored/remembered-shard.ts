import type { Affected } from '#model/advisory.ts';
import type { OpenShard } from '#store/shards/index.ts';

/** Rows of all packages of one shard: each may hold its prose. */
const MOST_ROWS = 6_000;

const remembered = new WeakMap<OpenShard, OpenShard>();

/**
 * The same shard, which remembers what it said of packages lately: most images hold the same ones. It never changes while it is open. Bounded by rows; packages
 * not asked for longest go first, and those with very many rows are not remembered.
 */
export function rememberedShard(shard: OpenShard): OpenShard {
  const known = remembered.get(shard) ?? withMemory(shard);
  remembered.set(shard, known);
  return known;
}

function withMemory(shard: OpenShard): OpenShard {
  const answers = new Map<string, readonly Affected[]>();
  let rows = 0;
  const forget = (key: string): void => {
    rows -= weightOf(answers.get(key) ?? []);
    answers.delete(key);
  };
  return {
    info: shard.info,
    rows: (ecosystem) => shard.rows(ecosystem),
    ecosystems: () => shard.ecosystems(),
    affected: (ecosystem, name) => {
      const key = `${ecosystem}\0${name}`;
      const known = answers.get(key);
      const answer = known ?? shard.affected(ecosystem, name);
      if (known !== undefined) {
        answers.delete(key);
        answers.set(key, answer);
      } else if (weightOf(answer) <= MOST_ROWS / 10) {
        answers.set(key, answer);
        rows += weightOf(answer);
        for (const [oldest] of answers) {
          if (rows <= MOST_ROWS) {
            break;
          }
          forget(oldest);
        }
      }
      return answer;
    },
    find: (id) => shard.find(id),
    signals: (id) => shard.signals(id),
    releases: (product) => shard.releases(product),
    modified: () => shard.modified(),
    close: () => shard.close(),
  };
}

/** That nothing is said takes room as well. */
function weightOf(answer: readonly Affected[]): number {
  return answer.length + 1;
}
