import type { ReactNode } from 'react';
import { isShown, type FileContent } from '../../../contract/file.ts';
import { useFileAddresses } from './file-address.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** Downloads a file. Addresses expire, so it is read at the click. */
export function DownloadButton({ file, className, children }: { file: FileContent; className: string | undefined; children: ReactNode }) {
  const { tell } = useWorkspace();
  const addresses = useFileAddresses();
  const download = (): void => {
    addresses.get(file.id).then(
      (url) => {
        const link = document.createElement('a');
        link.href = url;
        link.download = file.name;
        // Files that the browser shows open in another tab; the browser saves the others, and this page stays.
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
