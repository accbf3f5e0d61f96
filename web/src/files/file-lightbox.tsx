import { Download } from 'lucide-react';
import type { FileContent } from '../../../contract/file.ts';
import type { FileAddress } from './file-address.ts';
import classes from './file-card.module.css';
import { sizeOf } from './file-check.ts';
import { DownloadButton } from './file-download.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface Props {
  readonly file: FileContent;
  readonly address: FileAddress;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** An image in the size of the window; Escape or a click beside it closes it. */
export function FileLightbox({ file, address, opened, onClose }: Props) {
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      size="auto"
      title={
        <span className={classes.caption}>
          <bdi>{file.name}</bdi> <small>{sizeOf(file.sizeBytes)}</small>
          <DownloadButton file={file} className={classes.download}>
            <Download size={16} />
          </DownloadButton>
        </span>
      }
    >
      <img className={classes.large} src={address.url} alt={file.name} onError={address.onFailed} />
    </Dialog>
  );
}
