import { fault, type Kept, type Rule } from '../../rules/rule.ts';
import { anything, listOf, objectOf, text, textThat } from '../../rules/rules.ts';

/** The JSON of Syft, whose Go types leave out lists or write null for them. Schema 1.0 of 2020 to 16; what is read has kept its names. */
const location = objectOf({ path: text() }, { layerID: text() });

const digests = orNull(listOf(objectOf({ algorithm: text(), value: text() }, {})));

const artifact = objectOf(
  { name: text(), version: text(), type: text() },
  {
    id: text(),
    foundBy: text(),
    locations: orNull(listOf(location)),
    licenses: orNull(listOf(anything)),
    purl: text(),
    metadata: anything,
  },
);

const distro = objectOf(
  {},
  {
    id: text(),
    name: text(),
    /** Before schema 3.0 `version`. */
    version: text(),
    versionID: text(),
    versionCodename: text(),
    prettyName: text(),
    idLike: anything,
  },
);

const file = objectOf({ location }, { digests, id: text() });

const relationship = objectOf({ parent: text(), child: text(), type: text() }, {});

export const syftRule = objectOf(
  {
    artifacts: listOf(artifact),
    source: objectOf({ type: text() }, { name: text(), version: text(), metadata: anything, target: anything }),
    descriptor: objectOf({ name: text({ min: 1 }) }, { version: text() }),
    schema: objectOf(
      { version: textThat((value) => /^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(value), 'a version such as 16.0.0') },
      {},
    ),
  },
  {
    artifactRelationships: orNull(listOf(relationship)),
    distro: orNull(distro),
    files: orNull(listOf(file)),
  },
);

export type Syft = Kept<typeof syftRule>;
export type SyftArtifact = Kept<typeof artifact>;

function orNull<T>(rule: Rule<T>): Rule<T | null> {
  return (value) => {
    const found = value === null ? null : rule(value);
    return found !== null && found.path === '' ? fault(`${found.expected} or null`, value) : found;
  };
}
