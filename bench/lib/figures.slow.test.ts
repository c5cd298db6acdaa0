import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Figure, figureLine, withinLimit } from './figures.ts';
import { tableRow, withRow } from './record.ts';

const figure: Figure = { name: 'cold / gzip -dc', value: 0.55, limit: 0.55, unit: 'ratio' };

describe('a figure', () => {
  it('is within its limit up to it', () => {
    assert.equal(withinLimit(figure), true);
    assert.equal(withinLimit({ ...figure, value: 0.551 }), false);
    assert.equal(withinLimit({ ...figure, value: 9, limit: null }), true);
  });

  it('that could not be taken is not within it', () => {
    assert.equal(withinLimit({ ...figure, value: Number.NaN }), false);
  });

  it('says its verdict', () => {
    assert.match(figureLine(figure, true), /0\.55 +limit 0\.55: ok$/);
    assert.match(
      figureLine({ ...figure, value: 312.4, limit: 300, unit: 'MB' }, true),
      /312 MB +limit 300 MB: PAST IT$/,
    );
    assert.match(
      figureLine({ ...figure, value: 0.3, limit: 0.2, unit: 's' }, false),
      /0\.300 s +limit 0\.200 s: not judged$/,
    );
    assert.match(figureLine({ ...figure, value: 0.256, limit: 1, unit: 'ms' }, true), /0\.26 ms +limit 1\.00 ms: ok$/);
  });
});

describe('the page of progress', () => {
  const end = '<!-- npm run bench -- scan --record adds rows above this line -->';

  it('gets a row below the ones that are there', () => {
    const page = withRow(withRow(`# Title\n\n| a |\n| --- |\n${end}\n`, tableRow(['first'])), tableRow(['se|cond']));
    assert.equal(page, `# Title\n\n| a |\n| --- |\n| first |\n| se/cond |\n${end}\n`);
  });

  it('without a place for rows is left alone', () => {
    assert.throws(() => withRow('# Title\n', '| a |'), /expected the line .* once, found it 0 times/);
  });
});
