import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { pendingTag } from '../../contract/file.ts';
import { setting } from '../platform/config.ts';
import type { Clock } from '../platform/clock.ts';

/** The bucket of the files' contents. A signed address works for anybody who has it, until it expires. */
export interface Objects {
  /** Signs an upload of exactly this content type and length, which works once. The headers are part of the signature. */
  signUpload(object: { key: string; mediaType: string; sizeBytes: number }, seconds: number): Promise<SignedUpload>;
  /** Signs a download that carries its own content type and disposition. */
  signDownload(object: { key: string; mediaType: string; disposition: string }, seconds: number): Promise<SignedAddress>;
  /** Removes the `pending` tag of an uploaded object and returns its length; undefined when there is no object. Safe to repeat. */
  settle(key: string): Promise<{ sizeBytes: number } | undefined>;
  /** Deletes an object, so that its signed addresses stop answering. Safe to repeat. */
  remove(key: string): Promise<void>;
}

export interface SignedAddress {
  readonly url: string;
  readonly expiresAt: Date;
}
export interface SignedUpload extends SignedAddress {
  readonly headers: Readonly<Record<string, string>>;
}

export function openObjects({ clock }: { readonly clock: Clock }): Objects {
  // By default the SDK signs a checksum into the address: for an upload, that of an empty body.
  const checksums = { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' } as const;
  return createObjects(new S3Client({ maxAttempts: 3, ...checksums }), setting('filesBucket'), clock);
}

export function createObjects(client: S3Client, bucket: string, clock: Clock): Objects {
  const timed = (seconds: number) => {
    const signingDate = clock.now();
    return { options: { expiresIn: seconds, signingDate }, expiresAt: new Date(signingDate.getTime() + seconds * 1000) };
  };
  return {
    async signUpload({ key, mediaType, sizeBytes }, seconds) {
      const headers = {
        'content-type': mediaType,
        // Allows one upload: a checked and posted object cannot be replaced while the address is valid.
        'if-none-match': '*',
        'x-amz-tagging': `${pendingTag.name}=${pendingTag.value}`,
      };
      const { options, expiresAt } = timed(seconds);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentType: mediaType,
        ContentLength: sizeBytes,
        IfNoneMatch: headers['if-none-match'],
        Tagging: headers['x-amz-tagging'],
      });
      const signed = new Set(['host', 'content-length', ...Object.keys(headers)]);
      // S3 reads tags from the header only.
      const url = await getSignedUrl(client, command, {
        ...options,
        signableHeaders: signed,
        unhoistableHeaders: new Set(['x-amz-tagging']),
      });
      return { url, headers, expiresAt };
    },

    async signDownload({ key, mediaType, disposition }, seconds) {
      const { options, expiresAt } = timed(seconds);
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ResponseContentType: mediaType,
        ResponseContentDisposition: disposition,
        ResponseCacheControl: `private, max-age=${seconds}`,
      });
      return { url: await getSignedUrl(client, command, options), expiresAt };
    },

    async settle(key) {
      try {
        // The tag goes first: an object without it is never expired, so the length that is read next stays true.
        await client.send(new DeleteObjectTaggingCommand({ Bucket: bucket, Key: key }));
        const { ContentLength = 0 } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { sizeBytes: ContentLength };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

const isMissing = (error: unknown): boolean => error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
