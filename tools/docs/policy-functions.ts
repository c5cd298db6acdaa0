import { showType } from '#lib/policy/language/check/show-type.ts';
import type { FunctionDeclaration, Library, Overload } from '#lib/policy/language/library.ts';
import { page, table } from './source.ts';

/** The page of what expressions of policies may use, from the libraries' own data. */
export function policyFunctionsPage(libraries: readonly Library[]): string {
  return page(
    'Functions of policies',
    'the libraries in `src/lib/policy/language/library/`',
    'What expressions of policies may use besides the macros of the language, which the [page of the language](policy-language.md) has. ' +
      'Every call costs one unit; texts, bytes and lists that are looked through or made cost more by their length.',
    ...libraries.flatMap(sectionOf),
  );
}

/** How an operator is written whose name in the language definition is another. */
const OPERATORS: ReadonlyMap<string, string> = new Map([['@in', '_in_']]);

function sectionOf({ name, description, functions, constants = [] }: Library): readonly string[] {
  // What macros come to has names that no expression can write.
  const written = functions.filter((declared) => OPERATORS.has(declared.name) || !declared.name.includes('@'));
  return [
    `## ${name}`,
    description,
    ...(constants.length === 0
      ? []
      : [`Constants: ${constants.map((constant) => `\`${constant.name}\``).join(', ')}.`]),
    table(
      ['function', 'what it gives', 'forms'],
      written.map((declared) => [
        `\`${nameOf(declared)}\``,
        declared.description,
        declared.overloads.map((overload) => `\`${formOf(nameOf(declared), overload)}\``).join('<br>'),
      ]),
    ),
  ];
}

function nameOf({ name }: FunctionDeclaration): string {
  return OPERATORS.get(name) ?? name;
}

/** `string.charAt(int): string`; `int + int: int` for an operator. */
function formOf(name: string, { member, parameters, result }: Overload): string {
  const types = parameters.map(showType);
  if (/^[_!-]/.test(name)) {
    const isBetween = /^_[^[]+_$/.test(name);
    const spaced = isBetween ? name.replaceAll(/[^_]+/g, (operator) => ` ${operator} `) : name;
    return `${spaced.replaceAll('_', () => types.shift() ?? '')}: ${showType(result)}`;
  }
  const [target = '', ...others] = types;
  return `${member ? `${target}.${name}(${others.join(', ')})` : `${name}(${types.join(', ')})`}: ${showType(result)}`;
}
