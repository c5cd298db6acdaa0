import { algorithmOf, digestOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { invalid, type Shape } from '../documents/shape.ts';
import { OciError } from '../error.ts';

/** RFC 6838, section 4.2: two restricted names of at most 127 characters. */
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

const PLATFORM_PART = /^[\x20-\x7e]{0,128}$/;

/**
 * What readers of images forgive and a registry does not: a schema version that is missing, descriptors without a media type, content inside a
 * descriptor that is not what its digest says (OCI image-spec, descriptor.md, Embedded Content): some clients take it for the blob.
 */
export function assertDescriptors(shape: Shape): void {
  if (!shape.has('schemaVersion') || shape.count('schemaVersion') !== 2) {
    throw invalid(
      `${shape.object}, schemaVersion`,
      '2',
      shape.has('schemaVersion') ? shape.count('schemaVersion') : null,
    );
  }
  assertMediaType(shape, 'artifactType');
  for (const name of ['config', 'subject']) {
    if (shape.has(name)) {
      assertDescriptor(shape.shape(name));
    }
  }
  for (const name of ['layers', 'manifests']) {
    if (shape.has(name)) {
      shape.shapes(name).forEach(assertDescriptor);
    }
  }
}

function assertDescriptor(descriptor: Shape): void {
  descriptor.string('mediaType');
  assertMediaType(descriptor, 'mediaType');
  assertMediaType(descriptor, 'artifactType');
  if (descriptor.has('data')) {
    assertData(descriptor);
  }
  if (descriptor.has('platform')) {
    const platform = descriptor.shape('platform');
    ['os', 'architecture', 'variant'].forEach((name) => assertPlatformPart(platform, name));
  }
}

/** They are stored and shown: no control characters, and no text without end. */
function assertPlatformPart(platform: Shape, name: string): void {
  const text = platform.optionalString(name) ?? '';
  if (!PLATFORM_PART.test(text)) {
    throw invalid(`${platform.object}, ${name}`, 'at most 128 characters that can be printed, of ASCII', text);
  }
}

function assertMediaType(shape: Shape, name: string): void {
  const type = shape.optionalString(name) ?? '';
  if (type !== '' && !MEDIA_TYPE.test(type)) {
    throw invalid(`${shape.object}, ${name}`, 'a media type', type);
  }
}

function assertData(descriptor: Shape): void {
  const text = descriptor.string('data');
  const data = Buffer.from(text, 'base64');
  const digest = descriptor.digest('digest');
  if (data.toString('base64') !== text) {
    throw invalid(`${descriptor.object}, data`, 'base64 with padding', text);
  }
  if (data.length !== descriptor.count('size') || digestOf(data, algorithmOf(digest)) !== digest) {
    throw new OciError('MANIFEST_INVALID', 'embedded content that is not what the descriptor says', {
      object: `${descriptor.object}, data`,
      expected: `${descriptor.count('size')} bytes of ${digest}`,
      found: quote(`${data.length} bytes of ${digestOf(data, algorithmOf(digest))}`),
    });
  }
}
