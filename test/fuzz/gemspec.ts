import assert from 'node:assert/strict';
import { parseGemspec } from '#lib/packages/catalogers/gem/parse-gemspec.ts';
import { PackagesError } from '#lib/packages/error.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** As rubygems 3.3 wrote it, with fewer members. */
const RAKE = `# -*- encoding: utf-8 -*-
# stub: rake 13.0.6 ruby lib

Gem::Specification.new do |s|
  s.name = "rake".freeze
  s.version = "13.0.6"

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.metadata = { "bug_tracker_uri" => "https://github.com/ruby/rake/issues" } if s.respond_to? :metadata=
  s.require_paths = ["lib".freeze]
  s.authors = ["Hiroshi SHIBATA".freeze, "Andr\\u00E9".freeze]
  s.description = "Rake is a \\"Make-like\\" program\\nspecified in #x.\\n".freeze
  s.homepage = "https://github.com/ruby/rake".freeze
  s.licenses = ["MIT".freeze, "Ruby".freeze]
  s.installed_by_version = "3.3.5" if s.respond_to? :installed_by_version
end
`;

/** As rubygems 1 wrote it: texts with line ends in them. */
const OLD = `Gem::Specification.new do |s|
  s.name = %q{nokogiri}
  s.version = "1.4.0"
  s.platform = %q{java}
  s.description = %q{Nokogiri (鋸) is an {HTML} parser
  s.version = 'none'}
  s.licenses = []

  if s.respond_to? :specification_version then
    s.add_runtime_dependency(%q<rack>.freeze, [">= 1.0".freeze, "< 9"])
    s.add_development_dependency(%q<rake>, [">= 0"])
  else
    s.add_dependency(%q<rake>, [">= 0"])
  end
end
`;

/** Specifications of gems: what is accepted is text, and reading the same again as rubygems writes it gives the same. */
export const gemspec: FuzzTarget = {
  id: 'gemspec',
  seeds: () => [RAKE, OLD].map((text) => Buffer.from(text)),
  maxMillis: 200,
  dictionary: [
    's.name = ',
    's.version = ',
    's.licenses = [',
    '.freeze',
    '%q{',
    '%q<',
    '\\u{',
    '#{',
    '# stub: ',
    's.add_dependency(',
    'else\n',
    'end\n',
    ' if s.respond_to? :name=',
  ],
  run: (input) => {
    const { name, version, platform, licenses, requires, unknowns } = parseGemspec(input);
    if (name === null) {
      throw new PackagesError('PACKAGE_METADATA_INVALID', 'no name', { object: 'input' });
    }
    invariant('at most one reason for each kind', () => assert.ok(unknowns.length <= 4));
    invariant('what it says is read back', () => {
      const written = [
        ['name', name],
        ['version', version],
        ['platform', platform],
      ]
        .flatMap(([member, value]) => (value === null || value === undefined ? [] : [`s.${member} = ${dump(value)}\n`]))
        .join('');
      const needs = requires.map((each) => `s.add_dependency(${dump(each)}, [">= 0"])\n`).join('');
      const list = `s.licenses = [${licenses.map(dump).join(', ')}]\n`;
      const text = `Gem::Specification.new do |s|\n${written}${list}${needs}end\n`;
      const again = parseGemspec(Buffer.from(text));
      assert.deepEqual(again, { name, version, platform, licenses, requires, unknowns: [] });
    });
  },
};

/** String#dump of Ruby, for text in Unicode. */
function dump(text: string): string {
  const escaped = Array.from(text.toWellFormed(), (char) => {
    const code = char.codePointAt(0) ?? 0;
    const plain = code >= 0x20 && code < 0x7f && !'"\\#'.includes(char);
    return plain ? char : `\\u{${code.toString(16)}}`;
  });
  return `"${escaped.join('')}".freeze`;
}
