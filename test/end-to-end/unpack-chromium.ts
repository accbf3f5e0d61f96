import chromium from '@sparticuz/chromium';

/** Started as a process of its own by `chromium.ts`: unpacks the binary and its libraries into the folder TMPDIR. */
chromium.setGraphicsMode = false;
await chromium.executablePath();
