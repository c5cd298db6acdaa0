import { quote } from '#base/error.ts';
import { PackagesError } from '../../error.ts';
import { decodeText } from '../../text.ts';
import { readFirstTerm, type Term } from './erlang-terms.ts';

/** An application resource file (app(4)), as far as it makes a package record. */
export interface Application {
  readonly name: string;
  /** Null when there is none, or when it is no string. */
  readonly version: string | null;
  /** `applications` and `included_applications`. */
  readonly applications: readonly string[];
  /** `NAME-VERSION` each. */
  readonly runtimeDependencies: readonly string[];
  /** What rebar3 and mix leave in it for the Hex registry. */
  readonly licenses: readonly string[];
}

/** Throws `PACKAGE_METADATA_INVALID` for what is not `{application, NAME, [{KEY, VALUE}]}.`. */
export function parseApp(bytes: Uint8Array, object: string): Application {
  const term = readFirstTerm(decodeText(bytes));
  if (typeof term === 'string') {
    throw invalid(object, term);
  }
  const [tag, name, properties] = term.kind === 'tuple' && term.items.length === 3 ? term.items : [];
  if (tag?.kind !== 'atom' || tag.text !== 'application' || name?.kind !== 'atom' || properties?.kind !== 'list') {
    throw invalid(object, `a ${term.kind} of another form`);
  }
  const values = valuesOf(properties.items);
  const version = values.get('vsn');
  return {
    name: name.text,
    version: version?.kind === 'string' ? version.text : null,
    applications: [...textsOf(values.get('applications')), ...textsOf(values.get('included_applications'))],
    runtimeDependencies: textsOf(values.get('runtime_dependencies')),
    licenses: textsOf(values.get('licenses')),
  };
}

/** The first of several counts, as for `lists:keyfind`. */
function valuesOf(properties: readonly Term[]): ReadonlyMap<string, Term> {
  const values = new Map<string, Term>();
  for (const property of properties) {
    const [key, value] = property.kind === 'tuple' && property.items.length === 2 ? property.items : [];
    if (key?.kind === 'atom' && value !== undefined && !values.has(key.text)) {
      values.set(key.text, value);
    }
  }
  return values;
}

function textsOf(term: Term | undefined): readonly string[] {
  return term?.kind === 'list'
    ? term.items.flatMap((item) => ('text' in item && item.kind !== 'number' ? [item.text] : []))
    : [];
}

function invalid(object: string, found: string): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', 'not the resource file of an Erlang application', {
    object,
    expected: '{application, NAME, [{KEY, VALUE}]} and a full stop',
    found: quote(found),
  });
}
