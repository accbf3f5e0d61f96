import { FileText, RotateCw, X } from 'lucide-react';
import classes from './composer-files.module.css';
import { sizeOf } from '../files/file-check.ts';
import type { UploadItem, Uploads } from '../files/file-uploads.ts';

/** The files of the message, with their upload progress or error. */
export function ComposerFiles({ files, uploads }: { files: readonly UploadItem[]; uploads: Uploads }) {
  return (
    <ul className={classes.files} aria-label="Files to send">
      {files.map((file) => (
        <li key={file.id} className={classes.file} data-status={file.status}>
          {file.previewUrl === undefined ? (
            <span className={classes.icon} aria-hidden="true">
              <FileText size={18} />
            </span>
          ) : (
            <img src={file.previewUrl} alt="" className={classes.icon} />
          )}
          <span className={classes.words}>
            <bdi className={classes.name}>{file.name}</bdi>
            <State file={file} />
          </span>
          {file.status === 'failed' && (
            <button type="button" aria-label={`Try ${file.name} again`} title="Try again" onClick={() => uploads.retry(file.id)}>
              <RotateCw size={14} />
            </button>
          )}
          <button type="button" aria-label={`Remove ${file.name}`} title="Remove" onClick={() => uploads.remove(file.id)}>
            <X size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function State({ file: { name, sizeBytes, status, progress, says } }: { file: UploadItem }) {
  if (says !== undefined) {
    return (
      <span className={classes.says} role="alert">
        {says}
      </span>
    );
  }
  if (status === 'uploading') return <progress className={classes.progress} aria-label={`Uploading ${name}`} value={progress} max={1} />;
  return <span className={classes.size}>{sizeOf(sizeBytes)}</span>;
}
