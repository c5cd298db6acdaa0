import type { Fields } from '../../fields.ts';
import type { SarifLevel } from '../predicate.ts';
import { SARIF_LEVELS } from './levels.ts';

type Levels = readonly (SarifLevel | null)[];

/** The levels that the rules of a run's tool give to results that do not name one (SARIF 2.1.0 sections 3.27.10, 3.50). */
export class RuleLevels {
  readonly #byId = new Map<string, SarifLevel>();
  readonly #driver: Levels;
  readonly #extensions: readonly Levels[];

  constructor(tool: Fields) {
    this.#driver = this.#read(tool.fields('driver'));
    this.#extensions = tool.optionalItems('extensions').map((extension) => this.#read(extension));
  }

  /** Null where the result names no rule, or one that says nothing. */
  levelFor(result: Fields): SarifLevel | null {
    const rule = result.optionalFields('rule');
    const component = rule?.optionalFields('toolComponent')?.value('index');
    const index = rule?.value('index') ?? result.value('ruleIndex');
    const levels = typeof component === 'number' && component >= 0 ? this.#extensions[component] : this.#driver;
    if (typeof index === 'number' && index >= 0) {
      return levels?.[index] ?? null;
    }
    const id = rule?.optionalText('id') ?? result.optionalText('ruleId');
    return id === null || id === undefined ? null : (this.#byId.get(id) ?? null);
  }

  #read(component: Fields): Levels {
    return component.optionalItems('rules').map((rule) => {
      const configuration = rule.optionalFields('defaultConfiguration');
      const level = configuration?.has('level') === true ? configuration.word('level', SARIF_LEVELS) : null;
      if (level !== null) {
        this.#byId.set(rule.text('id'), level);
      }
      return level;
    });
  }
}
