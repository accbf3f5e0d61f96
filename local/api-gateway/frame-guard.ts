/**
 * Parses the frame headers of a client's byte stream and reports each frame's length. API Gateway limits frames, but the WebSocket
 * library knows only a limit on messages.
 */
export function frameGuard(onFrame: (payloadBytes: number) => void): (chunk: Buffer) => void {
  /** Bytes of the current frame still to come, mask included. */
  let rest = 0;
  /** Received part of an incomplete header. */
  let head: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (rest > 0) {
        const skipped = Math.min(rest, chunk.length - at);
        rest -= skipped;
        at += skipped;
        continue;
      }
      const bytes = head.length === 0 ? chunk.subarray(at) : Buffer.concat([head, chunk.subarray(at)]);
      const frame = readHeader(bytes);
      if (!frame) {
        head = Buffer.from(bytes);
        return;
      }
      at += frame.headerBytes - head.length;
      head = Buffer.alloc(0);
      rest = frame.maskBytes + frame.payloadBytes;
      onFrame(frame.payloadBytes);
    }
  };
}

function readHeader(bytes: Buffer): { headerBytes: number; maskBytes: number; payloadBytes: number } | undefined {
  if (bytes.length < 2) return undefined;
  const second = bytes[1] as number;
  const maskBytes = second & 0x80 ? 4 : 0;
  const length = second & 0x7f;
  if (length < 126) return { headerBytes: 2, maskBytes, payloadBytes: length };
  const headerBytes = length === 126 ? 4 : 10;
  if (bytes.length < headerBytes) return undefined;
  return { headerBytes, maskBytes, payloadBytes: length === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) };
}
