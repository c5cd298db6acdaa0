import { isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import { Failure } from '../failure.ts';
import { type AnswerMembers, answerOf } from './answer.ts';
import { type ApiTarget, askApi } from './api-client.ts';

/** An image of the server that is asked. */
export interface ServerImage {
  readonly repository: string;
  /** A digest or a tag. */
  readonly reference: string;
}

/** `team/app:1.2`, `team/app@sha256:…`, with the host of the server before it or not; `latest` without a tag. Throws `USAGE`. */
export function parseServerImage(text: string, origin: string): ServerImage {
  const { host } = new URL(origin);
  const name = text.startsWith(`${host}/`) ? text.slice(host.length + 1) : text;
  const at = name.indexOf('@');
  const left = at === -1 ? name : name.slice(0, at);
  const colon = left.indexOf(':');
  const repository = colon === -1 ? left : left.slice(0, colon);
  const reference = at === -1 ? (colon === -1 ? 'latest' : left.slice(colon + 1)) : name.slice(at + 1);
  const isReference = at === -1 ? /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(reference) : isDigest(reference);
  if (!isRepositoryName(repository) || !isReference) {
    throw new Failure('USAGE', 'not an image of a server', {
      object: 'IMAGE',
      expected: 'REPOSITORY:TAG or REPOSITORY@DIGEST',
      found: quote(text),
    });
  }
  return { repository, reference };
}

/** Where the API has what it says of an image. */
export function pathOfImage({ repository, reference }: ServerImage): string {
  return `/repositories/${repository}/manifests/${reference}`;
}

/** The same image by its digest, whatever its tag means a moment later. */
export async function resolveServerImage(target: ApiTarget, image: ServerImage): Promise<ServerImage> {
  if (isDigest(image.reference)) {
    return image;
  }
  const report: AnswerMembers = answerOf(await askApi(target, 'GET', pathOfImage(image)), target.origin);
  return { ...image, reference: report.text('digest') };
}
