import { END, writeEntry } from '#test/fixtures/tar-writer.ts';
import { type ZipEntry, zipArchive } from '#test/fixtures/zip-archive.ts';
import { benchListing } from './lib/listing.ts';
import { benchOptions } from './lib/options.ts';

/**
 * What it costs to list an image with 300 Java archives, of which a third lie in folders, a third in a fat archive as Spring Boot
 * makes it, and a third, compressed once more, in a web application: cold, with the start of the process.
 *
 *     npm run bench -- java-archives [--quick] [--runs=N] [--program=FILE]
 */
const options = benchOptions();
const archives = options.quick ? 30 : 300;
const CLASSES = 250;

await benchListing(
  {
    id: 'java-archives',
    parts: 'Java archives',
    part: 'archive',
    count: archives,
    limits: { megabytes: 400, millisecondsPerPart: 10 },
    entries: entries(),
    check: (packages) => {
      const named = packages.filter(({ name }) => name.startsWith('org.example:')).length;
      if (named !== archives + 2) {
        throw new Error(`expected ${archives} archives in folders and in two others, found ${named}`);
      }
    },
  },
  options,
);

// oxlint-disable-next-line typescript/require-await -- layers are written from what comes asynchronously
async function* entries(): AsyncGenerator<Uint8Array> {
  const third = Math.floor(archives / 3);
  for (let index = 0; index < third; index += 1) {
    yield writeEntry({ path: `opt/app/lib/${nameOf(index)}-1.0.jar`, content: library(index) });
  }
  const fat = within('BOOT-INF/lib', third, 2 * third, 'stored');
  yield writeEntry({ path: 'opt/fat.jar', content: zipArchive([...description('fat'), ...fat]) });
  const war = within('WEB-INF/lib', 2 * third, archives, 'deflated');
  yield writeEntry({ path: 'opt/web.war', content: zipArchive([...description('web'), ...war]) });
  yield END;
}

function within(folder: string, from: number, to: number, method: 'stored' | 'deflated'): readonly ZipEntry[] {
  return Array.from({ length: to - from }, (_, index) => ({
    name: `${folder}/${nameOf(from + index)}-1.0.jar`,
    content: library(from + index),
    method,
  }));
}

function nameOf(index: number): string {
  return `library-${index}`;
}

/** Of the size that libraries have on average: a few hundred classes of some kilobytes. */
function library(index: number): Uint8Array {
  const classes = Array.from({ length: CLASSES }, (_, number) => ({
    name: `org/example/library${index}/Class${number}.class`,
    content: noise(500 + ((Math.imul(index + number, 104_729) >>> 0) % 2500), index * CLASSES + number),
    method: 'stored' as const,
  }));
  return zipArchive([...description(nameOf(index)), ...classes]);
}

/** What Maven writes, and a manifest with the packages that a bundle of OSGi has. */
function description(artifact: string): readonly ZipEntry[] {
  const folder = `META-INF/maven/org.example/${artifact}`;
  const exported = Array.from({ length: 40 }, (_, index) => ` org.example.${artifact}.part${index},\r\n`).join('');
  const needed = Array.from(
    { length: 20 },
    (_, index) =>
      `    <dependency>\n      <groupId>org.example</groupId>\n      <artifactId>library-${index}</artifactId>\n    </dependency>\n`,
  ).join('');
  const own = `<groupId>org.example</groupId><artifactId>${artifact}</artifactId><version>1.0</version>`;
  return [
    {
      name: 'META-INF/MANIFEST.MF',
      content: `Manifest-Version: 1.0\r\nBundle-License: MIT\r\nExport-Package:\r\n${exported}\r\n`,
    },
    { name: `${folder}/pom.xml`, content: `<project>\n${own}\n<dependencies>\n${needed}</dependencies></project>\n` },
    { name: `${folder}/pom.properties`, content: `version=1.0\ngroupId=org.example\nartifactId=${artifact}\n` },
  ];
}

/** Bytes that do not shrink, as those of compressed classes, the same in every run. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  let state = seed + 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
