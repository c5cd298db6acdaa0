import { type Members, membersOf } from '#base/json/members.ts';
import { Failure } from '../failure.ts';

/** An object of an answer. What is not as the API describes it is `SERVER_ANSWER_INVALID`; nothing of it is taken for text of a terminal. */
export class AnswerMembers {
  readonly #members: Members;
  readonly #object: string;

  constructor(members: Members, object: string) {
    this.#members = members;
    this.#object = object;
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  text(name: string): string {
    const value = this.#members.get(name);
    return typeof value === 'string' ? value : this.#invalid(name, 'a text');
  }

  /** Null where the server says null, or nothing. */
  optional(name: string): string | null {
    const value = this.#members.get(name);
    return value === null || value === undefined ? null : this.text(name);
  }

  count(name: string): number {
    const value = this.#members.get(name);
    return typeof value === 'number' ? value : this.#invalid(name, 'a number');
  }

  optionalCount(name: string): number | null {
    const value = this.#members.get(name);
    return value === null || value === undefined ? null : this.count(name);
  }

  is(name: string): boolean {
    return this.#members.get(name) === true;
  }

  one(name: string): AnswerMembers {
    return answerOf(this.#members.get(name), `${this.#object}, ${name}`);
  }

  optionalOne(name: string): AnswerMembers | null {
    const value = this.#members.get(name);
    return value === null || value === undefined ? null : this.one(name);
  }

  list(name: string): readonly AnswerMembers[] {
    return this.#array(name).map((value) => answerOf(value, `${this.#object}, ${name}`));
  }

  texts(name: string): readonly string[] {
    return this.#array(name).filter((value): value is string => typeof value === 'string');
  }

  #array(name: string): readonly unknown[] {
    const value = this.#members.get(name);
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#invalid(name, 'a list');
  }

  #invalid(name: string, expected: string): never {
    throw new Failure('SERVER_ANSWER_INVALID', 'not what the API describes', {
      object: `${this.#object}, ${name}`,
      expected,
    });
  }
}

/** Throws `SERVER_ANSWER_INVALID` for what is no object. */
export function answerOf(value: unknown, object: string): AnswerMembers {
  const members = membersOf(value);
  if (members === null) {
    throw new Failure('SERVER_ANSWER_INVALID', 'not what the API describes', { object, expected: 'an object' });
  }
  return new AnswerMembers(members, object);
}
