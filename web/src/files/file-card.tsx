import { useState } from 'react';
import { Download, FileArchive, FileAudio, FileImage, FileText, FileVideo, type LucideIcon } from 'lucide-react';
import type { FileContent } from '../../../contract/file.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { useFileAddress, type FileAddress } from './file-address.ts';
import classes from './file-card.module.css';
import { kindOf, pictureSize, sizeOf } from './file-check.ts';
import { DownloadButton } from './file-download.tsx';
import { FileLightbox } from './file-lightbox.tsx';

/** A shared file: images, sound and video show in place, other files as a card with their name. */
export function FileCard({ file }: { file: FileContent }) {
  switch (kindOf(file.mediaType)) {
    case 'image':
      return <Picture file={file} />;
    case 'audio':
      return <MediaPlayer file={file} tag="audio" />;
    case 'video':
      return <MediaPlayer file={file} tag="video" />;
    case 'pdf':
    case 'other':
      return <Document file={file} />;
  }
}

/** An image; its room is reserved before it loads, so that nothing jumps. */
function Picture({ file }: { file: FileContent }) {
  const address = useFileAddress(file.id);
  const [opened, setOpened] = useState(false);
  const { width, height } = pictureSize(file);
  if (address.problem) return <UnavailableFile file={file} address={address} />;
  return (
    <>
      <button
        type="button"
        className={classes.picture}
        style={{ width, aspectRatio: `${width} / ${height}` }}
        aria-label={`Show ${file.name}`}
        onClick={() => setOpened(true)}
      >
        {address.url !== undefined && (
          <img src={address.url} alt={file.name} width={width} height={height} loading="lazy" decoding="async" onError={address.onFailed} />
        )}
      </button>
      <FileLightbox file={file} address={address} opened={opened} onClose={() => setOpened(false)} />
    </>
  );
}

function MediaPlayer({ file, tag: Player }: { file: FileContent; tag: 'audio' | 'video' }) {
  const address = useFileAddress(file.id);
  if (address.problem) return <UnavailableFile file={file} address={address} />;
  return (
    <div className={classes.player}>
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- what people send each other comes without captions */}
      <Player className={classes[Player]} src={address.url} controls preload="metadata" aria-label={file.name} onError={address.onFailed} />
      <FileLine file={file} />
    </div>
  );
}

const icons: readonly (readonly [RegExp, LucideIcon])[] = [
  [/^image\//, FileImage],
  [/^audio\//, FileAudio],
  [/^video\//, FileVideo],
  [/zip/, FileArchive],
];

function Document({ file }: { file: FileContent }) {
  return (
    <div className={classes.document}>
      <FileLine file={file} />
    </div>
  );
}

function UnavailableFile({ file, address: { problem, retry } }: { file: FileContent; address: FileAddress }) {
  return (
    <div className={classes.document}>
      <FileLine file={file} />
      <p className={classes.problem} role="alert">
        The file could not be loaded. {problem && sentenceOf(problem)}{' '}
        <button type="button" onClick={retry}>
          Try again
        </button>
      </p>
    </div>
  );
}

function FileLine({ file }: { file: FileContent }) {
  const Icon = icons.find(([pattern]) => pattern.test(file.mediaType))?.[1] ?? FileText;
  return (
    <p className={classes.line}>
      <Icon size={18} className={classes.icon} aria-hidden="true" />
      <span className={classes.words}>
        <bdi className={classes.name}>{file.name}</bdi>
        <span className={classes.size}>{sizeOf(file.sizeBytes)}</span>
      </span>
      <DownloadButton file={file} className={classes.download}>
        <Download size={16} />
      </DownloadButton>
    </p>
  );
}
