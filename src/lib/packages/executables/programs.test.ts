import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { elfProgram, machOProgram, peProgram, universalProgram } from '#test/fixtures/programs.ts';
import { contentAt, sectionContent } from './executable.ts';
import { isProgram, parsePrograms } from './programs.ts';

const PATH = 'bin/program';
const SECTIONS = new Map([
  ['.one', Buffer.from('first section')],
  ['.two', Buffer.from('second section')],
]);

const PROGRAMS: readonly (readonly [name: string, bytes: Buffer])[] = ([32, 64] as const).flatMap((bits) => [
  [`ELF ${bits}`, elfProgram({ bits, sections: SECTIONS })] as const,
  [`ELF ${bits}, big endian`, elfProgram({ bits, bigEndian: true, sections: SECTIONS })] as const,
  [`PE ${bits}`, peProgram({ bits, sections: SECTIONS })] as const,
  [`Mach-O ${bits}`, machOProgram({ bits, sections: SECTIONS })] as const,
  [`Mach-O ${bits}, big endian`, machOProgram({ bits, bigEndian: true, sections: SECTIONS })] as const,
]);

function only(bytes: Uint8Array) {
  const [program, ...others] = parsePrograms(bytes, PATH);
  assert.ok(program !== undefined && others.length === 0);
  return program;
}

function textOf(content: Uint8Array | null): string | null {
  return content === null ? null : Buffer.from(content).toString('latin1');
}

test('every format gives its sections by name', () => {
  for (const [name, bytes] of PROGRAMS) {
    assert.ok(isProgram(bytes.subarray(0, 64)), name);
    const program = only(bytes);
    assert.ok(name.startsWith(program.format), name);
    for (const [section, content] of SECTIONS) {
      assert.equal(textOf(sectionContent(program, section, PATH)), content.toString(), name);
    }
    assert.equal(sectionContent(program, '.three', PATH), null, name);
  }
});

test('what is mapped is found by its address', () => {
  for (const [name, bytes] of PROGRAMS.filter(([format]) => !format.startsWith('ELF'))) {
    const program = only(bytes);
    const { address = 0 } = program.sections.find((section) => section.name === '.two') ?? {};
    assert.equal(textOf(contentAt(program, address + 7).subarray(0, 7)), 'section', name);
    assert.equal(contentAt(program, address + 1_000_000).length, 0, name);
    assert.equal(contentAt(program, 1).length, 0, name);
    assert.ok(
      program.segments.some((segment) => segment.isData),
      name,
    );
  }
});

test('a program cut off anywhere is an error of its format, or has sections that are', () => {
  for (const [name, bytes] of PROGRAMS) {
    for (let length = 20; length < bytes.length; length += 1) {
      assert.throws(
        () => {
          const program = only(bytes.subarray(0, length));
          for (const section of SECTIONS.keys()) {
            assert.notEqual(sectionContent(program, section, PATH), null);
          }
        },
        (error) => isAppError(error) && /^(ELF|PE|MACHO)_INVALID$/.test(error.code) && error.object === PATH,
        `${name} cut at ${length}`,
      );
    }
  }
});

test('sections without content in the file have none', () => {
  const elf = elfProgram({ sections: SECTIONS });
  elf.writeUInt32LE(8, Number(elf.readBigUInt64LE(40)) + 64 + 4);
  const macho = machOProgram({ sections: SECTIONS });
  macho.writeUInt32LE(1, 32 + 72 + 64);
  const pe = peProgram({ sections: SECTIONS });
  pe.writeUInt32LE(0, 88 + 240 + 16);
  for (const bytes of [elf, macho, pe]) {
    const program = only(bytes);
    assert.equal(sectionContent(program, '.one', PATH), null, program.format);
    assert.equal(textOf(sectionContent(program, '.two', PATH)), 'second section', program.format);
  }
});

test('PE: what fills a section up does not belong to it', () => {
  const bytes = peProgram({ sections: new Map([['.one', Buffer.from('content\0\0\0')]]) });
  bytes.writeUInt32LE('content'.length, 88 + 240 + 8);
  assert.equal(textOf(sectionContent(only(bytes), '.one', PATH)), 'content');
});

test('PE: longer names are behind the symbols', () => {
  const plain = peProgram({ sections: new Map([['/4', Buffer.from('content')]]) });
  const bytes = Buffer.concat([plain, Buffer.alloc(18), Buffer.from('\x00\x00\x00\x00.debug_info\0')]);
  bytes.writeUInt32LE(plain.length, 68 + 8);
  bytes.writeUInt32LE(1, 68 + 12);
  assert.equal(textOf(sectionContent(only(bytes), '.debug_info', PATH)), 'content');
  assert.equal(only(plain).sections[0]?.name, '/4');
});

test('programs of DOS and of 16-bit Windows are none of these', () => {
  for (const signature of ['NE', 'LE', 'PE\x01']) {
    const bytes = peProgram();
    bytes.write(signature.padEnd(4, '\0'), 64, 'latin1');
    assert.deepEqual(parsePrograms(bytes, PATH), [], signature);
  }
});

test('a universal program has a part for each processor, and only programs count', () => {
  const parts = [machOProgram({ bits: 32 }), Buffer.from('!<arch>\nan archive of objects'), machOProgram()];
  for (const bits of [32, 64] as const) {
    const bytes = universalProgram(parts, bits);
    assert.ok(isProgram(bytes.subarray(0, 64)));
    assert.equal(parsePrograms(bytes, PATH).length, 2);
    const inner = universalProgram([bytes], bits);
    assert.deepEqual(parsePrograms(inner, PATH), [], 'inside another');
    assert.throws(() => parsePrograms(bytes.subarray(0, -1), PATH), { code: 'MACHO_INVALID' });
    const many = universalProgram(
      Array.from({ length: 17 }, () => machOProgram()),
      bits,
    );
    assert.throws(() => parsePrograms(many, PATH), { code: 'LIMIT_EXCEEDED', object: PATH });
  }
});

test('what only looks like a program is none', () => {
  const java = Buffer.alloc(64);
  java.writeUInt32BE(0xcafe_babe, 0);
  java.writeUInt32BE(52, 4);
  const object = machOProgram();
  object.writeUInt32LE(1, 12);
  for (const bytes of [
    java,
    object,
    Buffer.from('#!/bin/sh\n'),
    Buffer.alloc(0),
    Buffer.from([0xcf, 0xfa, 0xed, 0xfe]),
  ]) {
    assert.equal(isProgram(bytes), false);
    assert.deepEqual(parsePrograms(bytes, PATH), []);
  }
});

test('Mach-O: load commands that contradict each other are errors', () => {
  for (const [why, at, value, code] of [
    ['too many commands', 16, LIMITS.executableParts + 1, 'LIMIT_EXCEEDED'],
    ['more commands than there are', 16, 2, 'MACHO_INVALID'],
    ['longer than the file', 20, 100_000, 'MACHO_INVALID'],
    ['a command of no size', 32 + 4, 0, 'MACHO_INVALID'],
    ['a command longer than all of them', 32 + 4, 100_000, 'MACHO_INVALID'],
    ['more sections than the command holds', 32 + 64, 3, 'MACHO_INVALID'],
    ['many more sections than the command holds', 32 + 64, 0xffff_ffff, 'MACHO_INVALID'],
  ] as const) {
    const bytes = machOProgram({ sections: SECTIONS });
    bytes.writeUInt32LE(value, at);
    assert.throws(() => parsePrograms(bytes, PATH), { code, object: PATH }, why);
  }
});

test('PE: headers that contradict each other are errors', () => {
  for (const [why, at, value] of [
    ['a header behind the end', 0x3c, 100_000],
    ['no optional header', 68 + 16, 0],
    ['an optional header of another kind', 88, 0x107],
    ['more sections than the file holds', 68 + 2, 0xffff],
  ] as const) {
    const bytes = peProgram({ sections: SECTIONS });
    bytes.writeUInt16LE(value & 0xffff, at);
    bytes.writeUInt16LE(value >>> 16 === 0 ? bytes.readUInt16LE(at + 2) : value >>> 16, at + 2);
    assert.throws(() => parsePrograms(bytes, PATH), { code: 'PE_INVALID', object: PATH }, why);
  }
});
