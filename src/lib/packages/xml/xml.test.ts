import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { childOf, parseXml, textOf, type XmlElement } from './parse-xml.ts';

function parse(text: string): XmlElement {
  return parseXml(text, 'pom.xml');
}

test('elements with their text, without attributes, comments and instructions', () => {
  const root = parse(
    `\ufeff<?xml version="1.0"?><!DOCTYPE a><p:a x="y>z" y='"'>  one<!-- <b>no</b> --> <b/><c\n d = "e" > two </c><![CDATA[<&]]></p:a>\n`,
  );
  assert.deepEqual(root, {
    name: 'a',
    text: 'one <&',
    children: [
      { name: 'b', text: '', children: [] },
      { name: 'c', text: 'two', children: [] },
    ],
  });
  assert.equal(textOf(root, 'c'), 'two');
  assert.equal(textOf(root, 'd'), '');
  assert.equal(childOf(undefined, 'd'), undefined);
});

test('entities of XML and references to characters, and no others', () => {
  const text = '&lt;&amp;&gt;&quot;&apos; &#252;&#xfc; &oslash; &#0; &#xD800; &#x110000; &#; & &amp';
  assert.equal(parse(`<a>${text}</a>`).text, `<&>"' üü &oslash; &#0; &#xD800; &#x110000; &#; & &amp`);
});

test('what is not well-formed is refused, and so are declarations', () => {
  const texts = [
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a',
    '<a x="></a>',
    '<a><!-- </a>',
    '<a><![CDATA[ </a>',
    '<a></a></a>',
    '<>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  ];
  for (const text of texts) {
    assert.throws(() => parse(text), { code: 'PACKAGE_METADATA_INVALID', object: 'pom.xml' }, text);
  }
});

test('depth and number of elements are bounded', () => {
  const { xmlDepth, xmlElements } = LIMITS;
  assert.equal(parse(`${'<a>'.repeat(xmlDepth)}${'</a>'.repeat(xmlDepth)}`).name, 'a');
  assert.throws(() => parse('<a>'.repeat(xmlDepth + 1)), { code: 'LIMIT_EXCEEDED' });
  assert.throws(() => parse(`<a>${'<b/>'.repeat(xmlElements)}</a>`), { code: 'LIMIT_EXCEEDED' });
});

test('any text is read or refused', () => {
  const pieces = fc.constantFrom('<a>', '</a>', '<a/>', '<!--', '-->', '<![CDATA[', ']]>', '<?', '?>', '&#x', ';', '"');
  const texts = fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 }))).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parse(text);
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
  );
});
