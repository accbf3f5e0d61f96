import type { ReactNode } from 'react';
import { isShown, type FileContent } from '../../../contract/file.ts';
import { useFileAddresses } from './file-address.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** Addresses run out: one that works is asked for when it is needed. */
export function DownloadButton({ file, className, children }: { file: FileContent; className: string | undefined; children: ReactNode }) {
  const { tell } = useWorkspace();
  const addresses = useFileAddresses();
  const download = (): void => {
    addresses.get(file.id).then(
      (url) => {
        const link = document.createElement('a');
        link.href = url;
        link.download = file.name;
        // What the browser shows must not take the place of this page; everything else is saved, and leaves it where it is.
        if (isShown(file.mediaType)) link.target = '_blank';
        link.rel = 'noopener noreferrer';
        link.click();
      },
      (error: unknown) => tell(noticeOf(error)),
    );
  };
  return (
    <button type="button" className={className} aria-label={`Download ${file.name}`} title="Download" onClick={download}>
      {children}
    </button>
  );
}
