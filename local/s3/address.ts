import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';

/** Target of a request, path-style: `/<bucket>/<key>?<query>`. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
  /** Path segments, each decoded separately. */
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

/** Parses the address of a request. Repeated query names are refused, because it is ambiguous which one was signed. */
export function addressOf(request: IncomingMessage): Address {
  const target = request.url ?? '/';
  const at = target.indexOf('?');
  const segments = (at < 0 ? target : target.slice(0, at)).slice(1).split('/').map(decode);
  const query = new Map<string, string>();
  for (const pair of at < 0 ? [] : target.slice(at + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (query.has(name)) throw new S3Error(400, 'InvalidArgument', `The query names ${name} twice`);
    query.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  const [bucket = '', ...key] = segments;
  return { bucket, key: key.join('/'), segments, query };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** Percent-encoding for signatures: everything but letters, digits and `-._~`. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
