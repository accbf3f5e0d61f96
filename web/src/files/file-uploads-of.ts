import type { Streambed } from '../../../client/http/http.ts';
import { Uploads, type Pixels } from './file-uploads.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** By stream, for as long as the page is open: going elsewhere for a moment does not stop an upload. */
const ofConnection = new WeakMap<Streambed, Map<string, Uploads>>();

/** The files that wait beside the composer of a stream. */
export function useUploads(streamId: string): Uploads {
  const { streambed, workspaceId } = useWorkspace();
  const streams = ofConnection.get(streambed) ?? new Map<string, Uploads>();
  ofConnection.set(streambed, streams);
  let uploads = streams.get(streamId);
  if (!uploads) {
    const { files } = streambed.workspace(workspaceId);
    uploads = new Uploads({
      upload: (content, options) => files.upload(streamId, content, options),
      measure: pixelsOf,
      preview: { make: (content) => URL.createObjectURL(content), drop: (url) => URL.revokeObjectURL(url) },
    });
    streams.set(streamId, uploads);
  }
  return uploads;
}

/** How large a picture is; undefined for what cannot be drawn. */
async function pixelsOf(content: File): Promise<Pixels | undefined> {
  try {
    const bitmap = await createImageBitmap(content);
    const { width, height } = bitmap;
    bitmap.close();
    return width > 0 && height > 0 && width <= 65_535 && height <= 65_535 ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}
