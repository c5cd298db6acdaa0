import { Omissions } from '../../omissions.ts';
import { decodeText, linesOf } from '../../text.ts';
import { RubyText } from './ruby-text.ts';

/** What an installed gem says of itself, as written. */
export interface Gemspec {
  /** Null when it is not there, or would have to be evaluated. */
  readonly name: string | null;
  readonly version: string | null;
  /** Null for gems without a platform of their own. */
  readonly platform: string | null;
  readonly licenses: readonly string[];
  /** Names of the gems that it needs at run time, in their order. */
  readonly requires: readonly string[];
  readonly unknowns: readonly string[];
}

/** What rubygems lists a gem by without evaluating the file (Gem::StubSpecification): `# stub: NAME VERSION PLATFORM PATHS`. */
interface Stub {
  readonly name: string;
  readonly version: string;
  readonly platform: string;
}

type Attribute = 'name' | 'version' | 'platform' | 'license' | 'licenses';

const ATTRIBUTES: ReadonlySet<string> = new Set<Attribute>(['name', 'version', 'platform', 'license', 'licenses']);
/** The second is what rubygems has written since it calls the first deprecated. */
const NEEDS: ReadonlySet<string> = new Set(['add_runtime_dependency', 'add_dependency']);
/** More than any gem has. */
const MOST_NEEDS = 10_000;
const STUB = '# stub: ';
/** Comments on encoding and literals come before it. */
const STUB_LINES = 3;
const OPENING = 'Gem::Specification.new do |';
/** The platform of gems that run on all. */
const ANY_PLATFORM = 'ruby';

/**
 * Reads a gemspec as `Gem::Specification#to_ruby` writes it: assignments of literals. The last one counts, as in Ruby. Where a
 * value would have to be evaluated, the stub line says it; where both say something and not the same, that is an unknown.
 */
export function parseGemspec(bytes: Uint8Array): Gemspec {
  const text = decodeText(bytes);
  const omissions = new Omissions('statement');
  const stub = findStub(text);
  const { values, requires } = readStatements(new RubyText(text), omissions);
  const name = values.get('name')?.at(0) ?? null;
  const version = values.get('version')?.at(0) ?? null;
  const differs = (value: string | null, other: string | undefined): boolean =>
    value !== null && other !== undefined && value !== other;
  if (differs(name, stub?.name) || differs(version?.trim() ?? null, stub?.version)) {
    omissions.add('the stub line names another gem or version than the specification', 1);
  }
  const platform = values.get('platform')?.at(0) ?? stub?.platform ?? ANY_PLATFORM;
  return {
    name: name ?? stub?.name ?? null,
    version: version ?? stub?.version ?? null,
    platform: platform === ANY_PLATFORM ? null : platform,
    licenses: values.get('licenses') ?? values.get('license') ?? [],
    requires: [...requires],
    unknowns: omissions.reasons(),
  };
}

function findStub(text: string): Stub | null {
  let count = 0;
  for (const line of linesOf(text)) {
    if (line.startsWith(STUB)) {
      const [name = '', version = '', platform = ''] = line.slice(STUB.length, STUB.length + 1000).split(' ', 3);
      return { name, version, platform };
    }
    count += 1;
    if (count === STUB_LINES) {
      break;
    }
  }
  return null;
}

interface Statements {
  /** By attribute, what the specification was given last; nothing for what is no literal. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly requires: ReadonlySet<string>;
}

function readStatements(ruby: RubyText, omissions: Omissions): Statements {
  const values = new Map<string, readonly string[]>();
  const requires = new Set<string>();
  let variable: string | null = null;
  let otherwise = false;
  for (let statement = 1; !ruby.atEnd; statement += 1) {
    const evaluated = (): void => omissions.add('a value that would have to be evaluated', statement);
    let open = 0;
    ruby.skipBlanks();
    if (ruby.take(OPENING)) {
      if (variable !== null) {
        omissions.add('a second specification in the file', statement);
      }
      variable = ruby.word();
      ruby.take('|');
    } else {
      const word = ruby.word();
      // Behind it stands what rubygems before 1.2 was to understand, where what development takes is needed too.
      otherwise ||= word === 'else';
      if (variable !== null && word === variable && ruby.take('.')) {
        const called = ruby.word();
        if (!NEEDS.has(called)) {
          readAssignment(ruby, { variable, attribute: called }, values, evaluated);
        } else if (!otherwise && requires.size < MOST_NEEDS) {
          open = readNeed(ruby, requires, evaluated);
        }
      }
    }
    if (!ruby.skipStatement(open)) {
      omissions.add('the file ends inside a statement', statement);
    }
  }
  return { values, requires };
}

/** `(%q<rack>.freeze, [">= 1.0"])`, after the method; how many brackets are open behind what was read of it. */
function readNeed(ruby: RubyText, requires: Set<string>, evaluated: () => void): number {
  ruby.skipBlanks();
  const opens = ruby.take('(');
  ruby.skipBlanks();
  const name = ruby.string();
  ruby.skipBlanks();
  const closes = opens && ruby.take(')');
  if (name !== null && (closes || ruby.take(',') || ruby.atStatementEnd)) {
    requires.add(name);
  } else {
    evaluated();
  }
  return opens && !closes ? 1 : 0;
}

/** `name = "rake".freeze`, after the variable and the dot. */
function readAssignment(
  ruby: RubyText,
  { variable, attribute }: { readonly variable: string; readonly attribute: string },
  values: Map<string, readonly string[]>,
  evaluated: () => void,
): void {
  ruby.skipBlanks();
  if (!ATTRIBUTES.has(attribute) || ruby.take('==') || !ruby.take('=')) {
    return;
  }
  ruby.skipBlanks();
  const list = attribute === 'licenses' ? ruby.strings() : null;
  const text = attribute === 'licenses' ? null : ruby.string();
  const value = list ?? (text === null ? null : [text]);
  if (value !== null && isStatementEnd(ruby, variable, attribute)) {
    values.set(attribute, value);
  } else {
    values.delete(attribute);
    evaluated();
  }
}

/** Behind the literal there is nothing, but for the one condition that rubygems itself writes. */
function isStatementEnd(ruby: RubyText, variable: string, attribute: string): boolean {
  ruby.skipBlanks();
  if (ruby.take(`if ${variable}.respond_to? :${attribute}=`)) {
    ruby.skipBlanks();
  }
  return ruby.atStatementEnd;
}
