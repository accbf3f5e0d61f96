import type { Streambed } from '../../../client/http/http.ts';
import { Uploads, type Pixels } from './file-uploads.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** Uploads by stream, for as long as the page is open: leaving the stream does not stop them. */
const ofConnection = new WeakMap<Streambed, Map<string, Uploads>>();

/** The uploads of a stream's composer. */
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

/** The size of an image in pixels; undefined for files that cannot be drawn. */
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
