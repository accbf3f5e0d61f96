import chromium from '@sparticuz/chromium';

/** Process that `chromium.ts` starts: unpacks the binary and its libraries into the folder TMPDIR. */
chromium.setGraphicsMode = false;
await chromium.executablePath();
